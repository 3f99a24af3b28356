"""What each status of a stack means to a deployment. Pure.

The values are those of ``StackStatus`` in the CloudFormation API model; a status that is not among them raises,
because it is never "probably fine".
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Phase(StrEnum):
    """The handful of situations that the statuses of a stack come down to."""

    ABSENT = "absent"
    """There is no such stack, or it was deleted."""
    READY = "ready"
    """The last operation ended well, or was undone cleanly: the stack can be updated."""
    BUSY = "busy"
    """An operation is going on: wait, then look again."""
    IN_REVIEW = "in_review"
    """A change set of type CREATE was made and never executed: there is a name, but no resource."""
    FAILED_CREATION = "failed_creation"
    """The creation failed: such a stack can only be deleted."""
    BROKEN = "broken"
    """An operation failed half way: a person must act."""


PHASES: Final = {
    "CREATE_COMPLETE": Phase.READY,
    "UPDATE_COMPLETE": Phase.READY,
    "UPDATE_ROLLBACK_COMPLETE": Phase.READY,
    "IMPORT_COMPLETE": Phase.READY,
    "IMPORT_ROLLBACK_COMPLETE": Phase.READY,
    "CREATE_IN_PROGRESS": Phase.BUSY,
    "ROLLBACK_IN_PROGRESS": Phase.BUSY,
    "DELETE_IN_PROGRESS": Phase.BUSY,
    "UPDATE_IN_PROGRESS": Phase.BUSY,
    "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS": Phase.BUSY,
    "UPDATE_ROLLBACK_IN_PROGRESS": Phase.BUSY,
    "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS": Phase.BUSY,
    "IMPORT_IN_PROGRESS": Phase.BUSY,
    "IMPORT_ROLLBACK_IN_PROGRESS": Phase.BUSY,
    "REVIEW_IN_PROGRESS": Phase.IN_REVIEW,
    "ROLLBACK_COMPLETE": Phase.FAILED_CREATION,
    "CREATE_FAILED": Phase.FAILED_CREATION,
    "ROLLBACK_FAILED": Phase.BROKEN,
    "DELETE_FAILED": Phase.BROKEN,
    "UPDATE_FAILED": Phase.BROKEN,
    "UPDATE_ROLLBACK_FAILED": Phase.BROKEN,
    "IMPORT_ROLLBACK_FAILED": Phase.BROKEN,
    "DELETE_COMPLETE": Phase.ABSENT,
}

# How an operation that we started may end. UPDATE_ROLLBACK_COMPLETE is a stable stack, but not a success.
_SUCCESSES: Final = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE"})
_ROLLED_BACK: Final = frozenset({"UPDATE_ROLLBACK_COMPLETE", "IMPORT_ROLLBACK_COMPLETE"})


class Outcome(StrEnum):
    """How an operation on a stack stands, by the status of the stack."""

    IN_PROGRESS = "in_progress"
    COMPLETE = "complete"
    ROLLED_BACK = "rolled_back"
    NEEDS_OPERATOR = "needs_operator"


class UnknownStackStatusError(ValueError):
    """CloudFormation reported a status that its API model did not have when this was written."""


def phase_of(status: str) -> Phase:
    """Return what ``status`` means to a deployment that is about to begin.

    :raises UnknownStackStatusError: for a value that is not of the API model.
    """
    try:
        return PHASES[status]
    except KeyError:
        raise UnknownStackStatusError(f"CloudFormation reported the unknown stack status {status!r}.") from None


def outcome_of(status: str) -> Outcome:
    """Return how an operation of ours stands when the stack is in ``status``.

    :raises UnknownStackStatusError: for a value that is not of the API model.
    """
    if phase_of(status) is Phase.BUSY:
        return Outcome.IN_PROGRESS
    if status in _SUCCESSES:
        return Outcome.COMPLETE
    if status in _ROLLED_BACK:
        return Outcome.ROLLED_BACK
    return Outcome.NEEDS_OPERATOR


_WAYS_OUT: Final = {
    "ROLLBACK_COMPLETE": "its creation failed and was undone: delete the stack, mend the template and deploy again",
    "CREATE_FAILED": "its creation failed: delete the stack, mend the template and deploy again",
    "ROLLBACK_FAILED": "its creation failed and could not be undone: delete the stack, retaining what cannot be "
    "deleted, and deploy again",
    "DELETE_FAILED": "it could not be deleted: delete it again, retaining what cannot be deleted, and deploy again",
    "UPDATE_FAILED": "its last update failed and was not undone: roll the stack back (RollbackStack) or mend it, "
    "then deploy again",
    "UPDATE_ROLLBACK_FAILED": "its last update could not be undone: run ContinueUpdateRollback, skipping what cannot "
    "be rolled back, then deploy again",
    "IMPORT_ROLLBACK_FAILED": "its last import could not be undone: run ContinueUpdateRollback, then deploy again",
}


def way_out(stack_name: str, status: str) -> str:
    """Return one sentence on what a person does about a stack that cannot be deployed to.

    The ways are those of "Troubleshooting CloudFormation" and the descriptions of the stack statuses in the
    CloudFormation User Guide.
    """
    return f"Stack {stack_name} is in {status}: {_WAYS_OUT.get(status, 'look at its events, then deploy again')}."
