"""State *Get Stack Deletion Status*: the progress of a failed stack's deletion, and why it failed."""

from __future__ import annotations

from changegate.clients import cloudformation
from changegate.contract.progress import report
from changegate.contract.task import TaskInput, TaskOutput, task
from changegate.stacks.operations import DELETE_STACK, deletion_status


@task
def handler(task_input: TaskInput) -> TaskOutput:
    """Add ``stackDeletionStatus`` (``in_progress``, ``complete`` or ``failed``), ``stackStatus`` and ``wait``.

    :raises UnknownStackStatusError: when the stack's status is not in the API model.
    """
    operation = deletion_status(
        cloudformation(task_input.deployment.target),
        task_input.params["stackId"],
        task_input.client_token(DELETE_STACK),
    )
    deletion = report(task_input, operation)
    return TaskOutput({"stackDeletionStatus": deletion.progress, **deletion.added}, deletion.failure)
