"""State *Get Change Set Creation Status*: whether the change set can be inspected, is empty, or failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from changegate.clients import cloudformation
from changegate.contract.progress import Progress
from changegate.contract.task import TaskInput, TaskOutput, task
from changegate.errors import ChangegateError, MisconfiguredError, RejectedError
from changegate.stacks.change_sets import Description, answers
from changegate.stacks.requests import CHANGED_NOTHING
from changegate.wording import quote

if TYPE_CHECKING:
    from collections.abc import Sequence

# ChangeSetStatus values of the API model; the deleting ones mean that somebody else removes our change set.
_IN_PROGRESS = frozenset({"CREATE_PENDING", "CREATE_IN_PROGRESS"})
_DELETING = frozenset({"DELETE_PENDING", "DELETE_IN_PROGRESS", "DELETE_COMPLETE", "DELETE_FAILED"})


@task
def handler(task_input: TaskInput) -> TaskOutput:
    """Add ``changeSetCreationStatus`` (``in_progress``, ``complete``, ``failed``), ``changeSetEmpty`` and ``wait``.

    CloudFormation reports an empty change set as FAILED; for a deployment it is a success with nothing to do. The
    change sets of nested stacks count too: the root is complete when all of them are, and fails with the first.

    :raises RejectedError: when a change set is gone.
    :raises ValueError: when a status is not of the API model.
    """
    client = cloudformation(task_input.deployment.target)
    described = [Description.of(answer) for answer in answers(client, task_input.text("changeSetId"))]
    if described[0].is_empty:
        return TaskOutput({"changeSetCreationStatus": Progress.FAILED.value, "changeSetEmpty": True})
    progress, failure = creation(described)
    if progress is not Progress.IN_PROGRESS:
        return TaskOutput({"changeSetCreationStatus": progress.value, "changeSetEmpty": False}, failure)
    wait = task_input.waiting.again(task_input.params)
    if wait is not None:
        return TaskOutput({"changeSetCreationStatus": progress.value, "changeSetEmpty": False, "wait": wait})
    return TaskOutput(
        {"changeSetCreationStatus": Progress.FAILED.value, "changeSetEmpty": False},
        RejectedError(
            f"The change set of stack {task_input.stack_name} is still {described[0].status} after "
            f"{task_input.waiting.limit} seconds of waiting. {CHANGED_NOTHING}"
        ),
    )


def creation(described: Sequence[Description]) -> tuple[Progress, ChangegateError | None]:
    """Return how the creation of the change sets stands, the root's first, and why it failed where it did.

    :raises ValueError: when a status is not of the API model.
    """
    open_ones = [change_set for change_set in described if not (change_set.is_complete or change_set.is_empty)]
    for change_set in open_ones:
        nested = "" if change_set is described[0] else f" of nested stack {change_set.stack_name}"
        if change_set.status == "FAILED":
            return Progress.FAILED, MisconfiguredError(
                f"CloudFormation could not create the change set{nested}: {quote(change_set.status_reason)}."
            )
        if change_set.status in _DELETING:
            return Progress.FAILED, RejectedError(f"Somebody else deleted the change set{nested}. {CHANGED_NOTHING}")
        if change_set.status not in _IN_PROGRESS:
            raise ValueError(f"CloudFormation reported the unknown change set status {change_set.status!r}.")
    return (Progress.IN_PROGRESS if open_ones else Progress.COMPLETE), None
