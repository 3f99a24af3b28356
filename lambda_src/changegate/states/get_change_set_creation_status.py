"""State *Get Change Set Creation Status*: whether the change set can be inspected, is empty, or failed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from changegate.clients import cloudformation
from changegate.contract.task import TaskInput, TaskOutput, task
from changegate.errors import ChangegateError, MisconfiguredError, RejectedError
from changegate.stacks.change_sets import ChangeSetStatus, answers
from changegate.stacks.operations import Progress
from changegate.stacks.refusals import CHANGED_NOTHING
from changegate.wording import quote

if TYPE_CHECKING:
    from collections.abc import Sequence

# ChangeSetStatus values of the API model; the deleting ones mean that another operation deletes the change set.
_IN_PROGRESS: Final = frozenset({"CREATE_PENDING", "CREATE_IN_PROGRESS"})
_DELETING: Final = frozenset({"DELETE_PENDING", "DELETE_IN_PROGRESS", "DELETE_COMPLETE", "DELETE_FAILED"})


@task
def handler(task_input: TaskInput) -> TaskOutput:
    """Add ``changeSetCreationStatus`` (``in_progress``, ``complete``, ``failed``), ``changeSetEmpty`` and ``wait``.

    CloudFormation reports an empty change set as FAILED; for a deployment it is a success with nothing to do. The
    change sets of nested stacks count too: the root is complete when all of them are, and fails with the first.

    :raises RejectedError: when a change set no longer exists.
    :raises ValueError: when a status is not in the API model.
    """
    client = cloudformation(task_input.deployment.target)
    statuses = [ChangeSetStatus.of(answer) for answer in answers(client, task_input.params["changeSetId"])]
    if statuses[0].is_empty:
        return TaskOutput({"changeSetCreationStatus": Progress.FAILED, "changeSetEmpty": True})
    progress, failure = creation(statuses)
    if progress is not Progress.IN_PROGRESS:
        return TaskOutput({"changeSetCreationStatus": progress, "changeSetEmpty": False}, failure)
    wait = task_input.waiting.again(task_input.params)
    if wait is not None:
        return TaskOutput({"changeSetCreationStatus": progress, "changeSetEmpty": False, "wait": wait})
    return TaskOutput(
        {"changeSetCreationStatus": Progress.FAILED, "changeSetEmpty": False},
        RejectedError(
            f"The change set of stack {task_input.stack_name} is still {statuses[0].status} after "
            f"{task_input.waiting.limit} seconds of waiting. {CHANGED_NOTHING}"
        ),
    )


def creation(statuses: Sequence[ChangeSetStatus]) -> tuple[Progress, ChangegateError | None]:
    """Return the progress of the creation of change sets, the root's first, and why it failed, if it has.

    :raises ValueError: when a status is not in the API model.
    """
    incomplete = [change_set for change_set in statuses if not (change_set.is_complete or change_set.is_empty)]
    for change_set in incomplete:
        nested = "" if change_set is statuses[0] else f" of nested stack {change_set.stack_name}"
        if change_set.status == "FAILED":
            return Progress.FAILED, MisconfiguredError(
                f"CloudFormation could not create the change set{nested}: {quote(change_set.status_reason)}."
            )
        if change_set.status in _DELETING:
            return Progress.FAILED, RejectedError(
                f"Another operation deleted the change set{nested}. {CHANGED_NOTHING}"
            )
        if change_set.status not in _IN_PROGRESS:
            raise ValueError(f"CloudFormation reported the unknown change set status {change_set.status!r}.")
    return (Progress.IN_PROGRESS if incomplete else Progress.COMPLETE), None
