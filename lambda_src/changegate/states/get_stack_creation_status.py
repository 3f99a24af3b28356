"""State *Get Stack Creation Status*: the progress of the stack's creation, and why it failed."""

from __future__ import annotations

from changegate.clients import cloudformation
from changegate.contract.progress import report
from changegate.contract.task import TaskInput, TaskOutput, task
from changegate.stacks.operations import CREATE_STACK, operation_status


@task
def handler(task_input: TaskInput) -> TaskOutput:
    """Add ``stackCreationStatus`` (``in_progress``, ``complete`` or ``failed``), ``stackStatus`` and ``wait``.

    :raises NeedsOperatorError: when the stack no longer exists.
    :raises UnknownStackStatusError: when the stack's status is not in the API model.
    """
    operation = operation_status(
        cloudformation(task_input.deployment.target),
        task_input.params["stackId"],
        task_input.client_token(CREATE_STACK),
        recreates=task_input.deployment.recreate_failed_stack,
    )
    creation = report(task_input, operation)
    return TaskOutput({"stackCreationStatus": creation.progress, **creation.added}, creation.failure)
