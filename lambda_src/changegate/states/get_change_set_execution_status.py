"""State *Get Change Set Execution Status*: how the update of the stack stands, and why it failed."""

from __future__ import annotations

from changegate.clients import cloudformation
from changegate.contract.progress import Progress
from changegate.contract.task import TaskInput, TaskOutput, task
from changegate.errors import RejectedError, RolledBackError
from changegate.stacks.change_sets import find_execution_status
from changegate.stacks.operations import StackOperation, as_output, operation_status
from changegate.stacks.requests import CHANGED_NOTHING


@task
def handler(task_input: TaskInput) -> TaskOutput:
    """Add ``changeSetExecutionStatus`` (``in_progress``, ``complete`` or ``failed``), ``stackStatus`` and ``wait``.

    :raises NeedsOperatorError: when the stack is gone.
    :raises UnknownStackStatusError: when the stack's status is not of the API model.
    """
    client = cloudformation(task_input.deployment.target)
    execution = find_execution_status(client, task_input.text("changeSetId"))
    operation = execution_status(operation_status(client, task_input, "ExecuteChangeSet"), execution)
    return as_output(task_input, operation, "changeSetExecutionStatus")


def execution_status(operation: StackOperation, execution: str | None) -> StackOperation:
    """Return how the execution of the change set stands.

    The stack counts only once the change set's own execution is over: before it has begun, or where it never could
    begin, the stack still shows the status of the operation before.

    :param operation: what the stack's status says.
    :param execution: the change set's ExecutionStatus, ``None`` when it is gone, as it is after its execution.
    """
    stack = operation.stack
    if execution in {"AVAILABLE", "EXECUTE_IN_PROGRESS"}:
        return StackOperation(Progress.IN_PROGRESS, stack)
    if execution in {"UNAVAILABLE", "OBSOLETE"}:
        failure = RejectedError(f"The change set became {execution} before it was executed. {CHANGED_NOTHING}")
        return StackOperation(Progress.FAILED, stack, failure)
    if execution == "EXECUTE_FAILED" and operation.progress is Progress.COMPLETE:
        return StackOperation(
            Progress.FAILED,
            stack,
            RolledBackError(
                "CloudFormation could not execute the change set (EXECUTE_FAILED); the stack is as it was before. Look "
                "at its events, then deploy again."
            ),
        )
    return operation
