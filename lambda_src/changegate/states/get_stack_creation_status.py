"""State *Get Stack Creation Status*: how the creation of the stack stands, and why it failed."""

from __future__ import annotations

from changegate.clients import cloudformation
from changegate.contract.task import TaskInput, TaskOutput, task
from changegate.stacks.operations import as_output, operation_status


@task
def handler(task_input: TaskInput) -> TaskOutput:
    """Add ``stackCreationStatus`` (``in_progress``, ``complete`` or ``failed``), ``stackStatus`` and ``wait``.

    :raises NeedsOperatorError: when the stack is gone.
    :raises UnknownStackStatusError: when the stack's status is not of the API model.
    """
    client = cloudformation(task_input.deployment.target)
    return as_output(task_input, operation_status(client, task_input, "CreateStack"), "stackCreationStatus")
