"""The operations that a deployment starts on a stack: their progress, and why they failed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from changegate.errors import NeedsOperatorError, RolledBackError
from changegate.stacks.explanations import explain
from changegate.stacks.stack import exists, find_stack
from changegate.stacks.statuses import OperationOutcome, Phase, outcome_of, way_out

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient

    from changegate.errors import ChangegateError
    from changegate.stacks.stack import Stack


# The API operations, which client tokens are made for.
CREATE_STACK: Final = "CreateStack"
DELETE_STACK: Final = "DeleteStack"
EXECUTE_CHANGE_SET: Final = "ExecuteChangeSet"


class Progress(StrEnum):
    """The values of ``stackCreationStatus``, ``changeSetCreationStatus`` and so on in ``taskParams``."""

    IN_PROGRESS = "in_progress"
    COMPLETE = "complete"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class StackOperation:
    """The progress of an operation on a stack.

    ``failure`` is set if ``progress`` is failed. ``status`` is the stack's, DELETE_COMPLETE if it no longer exists.
    """

    progress: Progress
    status: str
    failure: ChangegateError | None = None


def operation_status(
    cloudformation: CloudFormationClient, stack_id: str, client_token: str, *, recreates: bool
) -> StackOperation:
    """Return the progress of the creation or update with ``client_token``.

    :param recreates: whether the next deployment deletes a stack whose creation failed.
    :raises NeedsOperatorError: when the stack no longer exists.
    :raises UnknownStackStatusError: when the stack's status is not in the API model.
    """
    stack = find_stack(cloudformation, stack_id)
    if not exists(stack):
        raise NeedsOperatorError(f"Stack {stack_id} was deleted during its deployment; deploy again.")
    match outcome_of(stack.status):
        case OperationOutcome.IN_PROGRESS:
            return StackOperation(Progress.IN_PROGRESS, stack.status)
        case OperationOutcome.COMPLETE:
            return StackOperation(Progress.COMPLETE, stack.status)
        case outcome:
            failure = _failure(cloudformation, stack, outcome, client_token, recreates=recreates)
            return StackOperation(Progress.FAILED, stack.status, failure)


def deletion_status(cloudformation: CloudFormationClient, stack_id: str, client_token: str) -> StackOperation:
    """Return the progress of the deletion with ``client_token``.

    :raises UnknownStackStatusError: when the stack's status is not in the API model.
    """
    stack = find_stack(cloudformation, stack_id)
    if not exists(stack):
        return StackOperation(Progress.COMPLETE, "DELETE_COMPLETE")
    # Right after DeleteStack, the stack may still have the status of the operation before.
    if stack.phase in {Phase.BUSY, Phase.FAILED_CREATION}:
        return StackOperation(Progress.IN_PROGRESS, stack.status)
    explanation = explain(cloudformation, stack.stack_id, client_token)
    failure = NeedsOperatorError(way_out(stack.name, stack.status, explanation))
    return StackOperation(Progress.FAILED, stack.status, failure)


def _failure(
    cloudformation: CloudFormationClient, stack: Stack, outcome: OperationOutcome, client_token: str, *, recreates: bool
) -> ChangegateError:
    explanation = explain(cloudformation, stack.stack_id, client_token)
    because = explanation.because()
    if outcome is OperationOutcome.ROLLED_BACK:
        return RolledBackError(
            f"CloudFormation rolled back stack {stack.name}{because}. The stack is as it was before; fix the template "
            "and deploy again."
        )
    if stack.phase is Phase.FAILED_CREATION and recreates:
        return RolledBackError(
            f"The creation of stack {stack.name} failed{because}. Fix the template and deploy again: the next "
            f"deployment deletes the stack, which is in {stack.status}, and creates it again."
        )
    return NeedsOperatorError(way_out(stack.name, stack.status, explanation))
