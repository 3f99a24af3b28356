"""State *Get Change Set Execution Status*: the progress of the stack's update, and why it failed."""

from __future__ import annotations

from changegate.clients import cloudformation
from changegate.contract.progress import report
from changegate.contract.task import TaskInput, TaskOutput, task
from changegate.errors import RejectedError, RolledBackError
from changegate.stacks.change_sets import find_execution_status
from changegate.stacks.operations import EXECUTE_CHANGE_SET, Progress, StackOperation, operation_status
from changegate.stacks.refusals import CHANGED_NOTHING


@task
def handler(task_input: TaskInput) -> TaskOutput:
    """Add ``changeSetExecutionStatus`` (``in_progress``, ``complete`` or ``failed``), ``stackStatus`` and ``wait``.

    :raises NeedsOperatorError: when the stack no longer exists.
    :raises UnknownStackStatusError: when the stack's status is not in the API model.
    """
    client = cloudformation(task_input.deployment.target)
    execution = find_execution_status(client, task_input.params["changeSetId"])
    operation = operation_status(
        client,
        task_input.params["stackId"],
        task_input.client_token(EXECUTE_CHANGE_SET),
        recreates=task_input.deployment.recreate_failed_stack,
    )
    update = report(task_input, execution_status(operation, execution))
    return TaskOutput({"changeSetExecutionStatus": update.progress, **update.added}, update.failure)


def execution_status(operation: StackOperation, execution: str | None) -> StackOperation:
    """Return the progress of the change set's execution.

    The stack's status counts only after the change set's own execution: before it has begun, or if it never could
    begin, the stack still has the status of the operation before.

    :param operation: the operation by the stack's status.
    :param execution: the change set's ExecutionStatus, ``None`` if it no longer exists, as after its execution.
    """
    status = operation.status
    if execution in {"AVAILABLE", "EXECUTE_IN_PROGRESS"}:
        return StackOperation(Progress.IN_PROGRESS, status)
    if execution in {"UNAVAILABLE", "OBSOLETE"}:
        failure = RejectedError(f"The change set became {execution} before it was executed. {CHANGED_NOTHING}")
        return StackOperation(Progress.FAILED, status, failure)
    if execution == "EXECUTE_FAILED" and operation.progress is Progress.COMPLETE:
        return StackOperation(
            Progress.FAILED,
            status,
            RolledBackError(
                "CloudFormation could not execute the change set (EXECUTE_FAILED); the stack is as it was before. Look "
                "at its events, then deploy again."
            ),
        )
    return operation
