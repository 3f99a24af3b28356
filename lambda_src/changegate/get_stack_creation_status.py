"""State *Get Stack Creation Status*: how the creation of the stack stands, and why it failed."""

from __future__ import annotations

from changegate.clients import cloudformation
from changegate.stacks import operation_status
from changegate.task import TaskInput, TaskOutput, task


@task
def handler(task_input: TaskInput) -> TaskOutput:
    """Add ``stackCreationStatus`` (``in_progress``, ``complete`` or ``failed``) and ``stackStatus``.

    :raises UnknownStackStatusError: when the stack's status is not of the API model.
    """
    stack, progress, failure = operation_status(cloudformation(), task_input.text("stackId"), task_input.client_token)
    return TaskOutput({"stackCreationStatus": progress.value, "stackStatus": stack.status}, failure)
