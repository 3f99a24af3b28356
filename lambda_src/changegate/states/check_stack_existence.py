"""State *Check Stack Existence*: whether there is a stack to update, and whether it can be deployed to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from changegate.clients import cloudformation
from changegate.contract.task import TaskInput, TaskOutput, task
from changegate.errors import NeedsOperatorError, RejectedError
from changegate.stacks.explanations import explain
from changegate.stacks.stack import exists, find_stack, has_resources
from changegate.stacks.statuses import Phase, way_out

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient

    from changegate.contract.task_params import TaskParams, WaitParams
    from changegate.stacks.stack import Stack

# Blue/green: the refused change set is not the successor's.
_OF_THE_ROUND_BEFORE: Final = frozenset({"changeSetId", "changeSetName", "changeSetEmpty"})


@task
def handler(task_input: TaskInput) -> TaskOutput:
    """Add ``doesStackExist``, ``deployedStackName``, ``stackPhase``; for a stack ``stackId`` and ``stackStatus``.

    For a busy stack, also add ``wait``, the time until the next look.

    :raises NeedsOperatorError: when the stack is in a status that a deployment cannot start from.
    :raises RejectedError: when another operation on the stack does not end within the limit.
    :raises UnknownStackStatusError: when its status is not in the API model.
    """
    client = cloudformation(task_input.deployment.target)
    name = task_input.stack_name
    stack = find_stack(client, name)
    if not exists(stack):
        absent: TaskParams = {"doesStackExist": False, "deployedStackName": name, "stackPhase": Phase.ABSENT}
        return TaskOutput(absent, forgotten=_OF_THE_ROUND_BEFORE)
    found: TaskParams = {
        "doesStackExist": True,
        "deployedStackName": name,
        "stackPhase": stack.phase,
        "stackId": stack.stack_id,
        "stackStatus": stack.status,
    }
    if stack.phase is Phase.BUSY:
        return TaskOutput({**found, "wait": _wait(task_input, stack)})
    _check(client, task_input, stack)
    return TaskOutput(found, forgotten=_OF_THE_ROUND_BEFORE)


def _wait(task_input: TaskInput, stack: Stack) -> WaitParams:
    wait = task_input.waiting.again(task_input.params)
    if wait is None:
        raise RejectedError(
            f"Stack {stack.name} is still {stack.status} after {task_input.waiting.limit} seconds of waiting: another "
            "operation is in progress. This deployment changed nothing; deploy again when it has ended."
        )
    return wait


def _check(client: CloudFormationClient, task_input: TaskInput, stack: Stack) -> None:
    can_recreate = stack.phase is Phase.FAILED_CREATION and task_input.deployment.recreate_failed_stack
    if stack.phase in {Phase.BROKEN, Phase.FAILED_CREATION} and not can_recreate:
        explanation = explain(client, stack.stack_id, None)
        raise NeedsOperatorError(f"{way_out(stack.name, stack.status, explanation)} This deployment changed nothing.")
    if stack.phase is Phase.IN_REVIEW and has_resources(client, stack):
        raise NeedsOperatorError(
            f"Stack {stack.name} is in {stack.status}, yet it has resources. Look at it, and delete it or execute its "
            "change set, then deploy again. This deployment changed nothing."
        )
