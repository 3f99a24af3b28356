"""What each status of a stack means to a deployment. Pure.

The values are those of ``StackStatus`` in the CloudFormation API model. Any other status raises: it is never "probably
fine".
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from changegate.stacks.explanations import Explanation


class Phase(StrEnum):
    """The situations that the statuses of a stack come down to."""

    ABSENT = "absent"
    """There is no such stack, or it was deleted."""
    READY = "ready"
    """The last operation succeeded or was rolled back: the stack can be updated."""
    BUSY = "busy"
    """An operation is in progress: wait, then look again."""
    IN_REVIEW = "in_review"
    """A change set of type CREATE was created and never executed: there is a name, but no resource."""
    FAILED_CREATION = "failed_creation"
    """The creation failed: the stack can only be deleted."""
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

# How an operation may end. UPDATE_ROLLBACK_COMPLETE is a stable stack, but not a success.
_SUCCESSES: Final = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE"})
_ROLLED_BACK: Final = frozenset({"UPDATE_ROLLBACK_COMPLETE", "IMPORT_ROLLBACK_COMPLETE"})


class OperationOutcome(StrEnum):
    """How an operation on a stack stands, by the status of the stack."""

    IN_PROGRESS = "in_progress"
    COMPLETE = "complete"
    ROLLED_BACK = "rolled_back"
    NEEDS_OPERATOR = "needs_operator"


class UnknownStackStatusError(ValueError):
    """CloudFormation reported a status that was not in its API model when this was written."""


def phase_of(status: str) -> Phase:
    """Return what ``status`` means to a deployment that is about to begin.

    :raises UnknownStackStatusError: for a value that is not in the API model.
    """
    try:
        return PHASES[status]
    except KeyError:
        raise UnknownStackStatusError(f"CloudFormation reported the unknown stack status {status!r}.") from None


def outcome_of(status: str) -> OperationOutcome:
    """Return how an operation of the deployment stands when the stack is in ``status``.

    :raises UnknownStackStatusError: for a value that is not in the API model.
    """
    if phase_of(status) is Phase.BUSY:
        return OperationOutcome.IN_PROGRESS
    if status in _SUCCESSES:
        return OperationOutcome.COMPLETE
    if status in _ROLLED_BACK:
        return OperationOutcome.ROLLED_BACK
    return OperationOutcome.NEEDS_OPERATOR


# way_out fills in the braces.
_WAYS_OUT: Final = {
    "ROLLBACK_COMPLETE": "Its creation failed and was rolled back, so it has no resources. Fix the template, run `aws "
    "cloudformation delete-stack --stack-name {stack}`, then deploy again; with recreateFailedStack, a deployment "
    "deletes it.",
    "CREATE_FAILED": "Its creation failed and was not rolled back. Fix the template, run `aws cloudformation "
    "delete-stack --stack-name {stack}`, which deletes what was created, then deploy again; with recreateFailedStack, "
    "a deployment deletes it.",
    "ROLLBACK_FAILED": "Its creation failed and could not be rolled back. Fix what is in the way and run `aws "
    "cloudformation delete-stack --stack-name {stack}`; if that fails too, add `--retain-resources {retain}` for what "
    "cannot be deleted. Then deploy again.",
    "DELETE_FAILED": "It could not be deleted. Fix what is in the way and run `aws cloudformation delete-stack "
    "--stack-name {stack}`, with `--retain-resources {retain}` for what cannot be deleted. Then deploy again.",
    "UPDATE_FAILED": "Its last update failed and was not rolled back. Run `aws cloudformation rollback-stack "
    "--stack-name {stack}`, then deploy again.",
    "UPDATE_ROLLBACK_FAILED": "Its last update could not be rolled back. Fix what is in the way and run `aws "
    "cloudformation continue-update-rollback --stack-name {stack}`, with `--resources-to-skip {skip}` for what cannot "
    "be rolled back. Then deploy again.",
    "IMPORT_ROLLBACK_FAILED": "Its last import could not be rolled back. Fix what is in the way and run `aws "
    "cloudformation continue-update-rollback --stack-name {stack}`, then deploy again.",
    "DELETE_COMPLETE": "It was deleted. Deploy again to create it.",
}


def way_out(stack_name: str, status: str, explanation: Explanation) -> str:
    """Return why a stack cannot be deployed to, and what to do about it.

    Sources: "Troubleshooting CloudFormation" in the CloudFormation User Guide; DeleteStack, RollbackStack and
    ContinueUpdateRollback in the API reference.
    """
    way = _WAYS_OUT.get(status, "Look at its events, then deploy again.").format(
        stack=stack_name,
        retain=explanation.resource or "LOGICAL_ID",
        skip=explanation.resource_to_skip or "LOGICAL_ID",
    )
    return f"Stack {stack_name} is in {status}{explanation.because()}. {way}"
