"""State *Check Stack Existence*: whether there is a stack to update, and whether it can be deployed to."""

from __future__ import annotations

from changegate.clients import cloudformation
from changegate.errors import NeedsOperatorError
from changegate.stack_status import Phase, phase_of, way_out
from changegate.stacks import find_stack
from changegate.task import TaskInput, TaskOutput, task


@task
def handler(task_input: TaskInput) -> TaskOutput:
    """Add ``doesStackExist``, ``stackPhase`` (a :class:`Phase`) and, for a stack, ``stackId``, ``stackStatus``.

    :raises NeedsOperatorError: when the stack is in a status that a deployment cannot start from.
    :raises UnknownStackStatusError: when its status is not of the API model.
    """
    name = task_input.deployment.full_stack_name
    stack = find_stack(cloudformation(), name)
    phase = Phase.ABSENT if stack is None else phase_of(stack.status)
    if stack is None or phase is Phase.ABSENT:
        return TaskOutput({"doesStackExist": False, "stackPhase": Phase.ABSENT.value})
    if phase in {Phase.BROKEN, Phase.FAILED_CREATION}:
        raise NeedsOperatorError(f"{way_out(name, stack.status)} Nothing was changed.")
    return TaskOutput(
        {
            "doesStackExist": True,
            "stackPhase": phase.value,
            "stackId": stack.stack_id,
            "stackStatus": stack.status,
        }
    )
