"""State *Get Stack Deletion Status*: how the deletion of a failed stack stands, and why it failed."""

from __future__ import annotations

from changegate.clients import cloudformation
from changegate.contract.task import TaskInput, TaskOutput, task
from changegate.stacks.operations import as_output, deletion_status


@task
def handler(task_input: TaskInput) -> TaskOutput:
    """Add ``stackDeletionStatus`` (``in_progress``, ``complete`` or ``failed``), ``stackStatus`` and ``wait``.

    :raises UnknownStackStatusError: when the stack's status is not of the API model.
    """
    client = cloudformation(task_input.deployment.target)
    return as_output(task_input, deletion_status(client, task_input), "stackDeletionStatus")
