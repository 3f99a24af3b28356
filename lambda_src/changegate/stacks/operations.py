"""How an operation that we began on a stack stands, how long it is waited for, and why it failed where it did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from changegate.contract.progress import Progress
from changegate.contract.task import TaskOutput
from changegate.errors import NeedsOperatorError, RolledBackError
from changegate.stacks.explanations import explain
from changegate.stacks.stack import exists, find_stack
from changegate.stacks.statuses import Outcome, Phase, outcome_of, way_out

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient

    from changegate.contract.task import TaskInput
    from changegate.errors import ChangegateError
    from changegate.stacks.stack import Stack


@dataclass(frozen=True, slots=True)
class StackOperation:
    """How an operation of ours on a stack stands.

    ``failure`` is there where ``progress`` is failed; ``stack`` is ``None`` when it is gone, as a deletion wants it.
    """

    progress: Progress
    stack: Stack | None
    failure: ChangegateError | None = None


def operation_status(cloudformation: CloudFormationClient, task_input: TaskInput, operation: str) -> StackOperation:
    """Return how our operation on the stack that ``taskParams.stackId`` names stands.

    :param operation: the API operation that began it, CreateStack or ExecuteChangeSet.
    :raises NeedsOperatorError: when the stack is gone.
    :raises UnknownStackStatusError: when the stack's status is not of the API model.
    """
    stack_id = task_input.text("stackId")
    stack = find_stack(cloudformation, stack_id)
    if not exists(stack):
        raise NeedsOperatorError(f"Somebody deleted stack {stack_id} while it was deployed to; deploy again.")
    match outcome_of(stack.status):
        case Outcome.IN_PROGRESS:
            return StackOperation(Progress.IN_PROGRESS, stack)
        case Outcome.COMPLETE:
            return StackOperation(Progress.COMPLETE, stack)
        case outcome:
            failure = _failure(cloudformation, stack, outcome, task_input, operation)
            return StackOperation(Progress.FAILED, stack, failure)


def deletion_status(cloudformation: CloudFormationClient, task_input: TaskInput) -> StackOperation:
    """Return how our deletion of the stack that ``taskParams.stackId`` names stands.

    :raises UnknownStackStatusError: when the stack's status is not of the API model.
    """
    stack = find_stack(cloudformation, task_input.text("stackId"))
    if not exists(stack):
        return StackOperation(Progress.COMPLETE, stack)
    # Right after DeleteStack the stack may still show the status of the operation before.
    if stack.phase in {Phase.BUSY, Phase.FAILED_CREATION}:
        return StackOperation(Progress.IN_PROGRESS, stack)
    explanation = explain(cloudformation, stack.stack_id, task_input.client_token("DeleteStack"))
    failure = NeedsOperatorError(way_out(stack.name, stack.status, explanation))
    return StackOperation(Progress.FAILED, stack, failure)


def as_output(task_input: TaskInput, operation: StackOperation, field: str) -> TaskOutput:
    """Return ``field`` (a :class:`Progress`), ``stackStatus`` and, while it goes on, how long to wait.

    At the limit of its waiting the operation counts as failed; nobody stops it.
    """
    stack, failure = operation.stack, operation.failure
    status = "DELETE_COMPLETE" if stack is None else stack.status
    if operation.progress is not Progress.IN_PROGRESS:
        return TaskOutput({field: operation.progress.value, "stackStatus": status}, failure)
    wait = task_input.waiting.again(task_input.params)
    if wait is not None:
        return TaskOutput({field: Progress.IN_PROGRESS.value, "stackStatus": status, "wait": wait})
    overdue = NeedsOperatorError(
        f"Stack {task_input.stack_name} is still {status} after {task_input.waiting.limit} seconds of waiting. The "
        "operation goes on in CloudFormation: look at the stack's events, let it end or cancel it, then deploy again."
    )
    return TaskOutput({field: Progress.FAILED.value, "stackStatus": status}, overdue)


def _failure(
    cloudformation: CloudFormationClient, stack: Stack, outcome: Outcome, task_input: TaskInput, operation: str
) -> ChangegateError:
    explanation = explain(cloudformation, stack.stack_id, task_input.client_token(operation))
    because = explanation.because()
    if outcome is Outcome.ROLLED_BACK:
        return RolledBackError(
            f"CloudFormation rolled stack {stack.name} back{because}. The stack is as it was before; mend the "
            "template and deploy again."
        )
    if stack.phase is Phase.FAILED_CREATION and task_input.deployment.recreate_failed_stack:
        return RolledBackError(
            f"The creation of stack {stack.name} failed{because}. Mend the template and deploy again: the stack, in "
            f"{stack.status}, will be deleted and created again."
        )
    return NeedsOperatorError(way_out(stack.name, stack.status, explanation))
