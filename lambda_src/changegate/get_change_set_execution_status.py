"""State *Get Change Set Execution Status*: how the update of the stack stands, and why it failed."""

from __future__ import annotations

from changegate.change_sets import find_execution_status
from changegate.clients import cloudformation
from changegate.stacks import Progress, operation_status
from changegate.task import TaskInput, TaskOutput, task


@task
def handler(task_input: TaskInput) -> TaskOutput:
    """Add ``changeSetExecutionStatus`` (``in_progress``, ``complete`` or ``failed``) and ``stackStatus``.

    The stack counts only once the change set's own execution is over: right after ExecuteChangeSet the stack may
    still show the status of the operation before.

    :raises UnknownStackStatusError: when the stack's status is not of the API model.
    """
    execution = find_execution_status(cloudformation(), task_input.text("changeSetId"))
    stack, progress, failure = operation_status(cloudformation(), task_input.text("stackId"), task_input.client_token)
    if execution in {"AVAILABLE", "EXECUTE_IN_PROGRESS"}:
        progress, failure = Progress.IN_PROGRESS, None
    return TaskOutput({"changeSetExecutionStatus": progress.value, "stackStatus": stack.status}, failure)
