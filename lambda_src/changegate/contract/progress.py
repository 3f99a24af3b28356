"""What a task adds to ``taskParams`` about an operation on a stack, within the limit of its wait."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from changegate.errors import NeedsOperatorError
from changegate.stacks.operations import Progress

if TYPE_CHECKING:
    from changegate.contract.task import TaskInput
    from changegate.contract.task_params import TaskParams
    from changegate.errors import ChangegateError
    from changegate.stacks.operations import StackOperation


@dataclass(frozen=True, slots=True)
class ProgressReport:
    """The progress of an operation, the fields to add for it, and why it failed, if it has."""

    progress: Progress
    added: TaskParams
    failure: ChangegateError | None = None


def report(task_input: TaskInput, operation: StackOperation) -> ProgressReport:
    """Return the operation's progress with ``stackStatus`` and, while it is in progress, ``wait``.

    At the limit of its wait, the operation counts as failed; nothing stops it.
    """
    status = operation.status
    if operation.progress is not Progress.IN_PROGRESS:
        return ProgressReport(operation.progress, {"stackStatus": status}, operation.failure)
    wait = task_input.waiting.again(task_input.params)
    if wait is not None:
        return ProgressReport(Progress.IN_PROGRESS, {"stackStatus": status, "wait": wait})
    overdue = NeedsOperatorError(
        f"Stack {task_input.stack_name} is still {status} after {task_input.waiting.limit} seconds of waiting. The "
        "operation continues in CloudFormation: look at the stack's events, let it end or cancel it, then deploy again."
    )
    return ProgressReport(Progress.FAILED, {"stackStatus": status}, overdue)
