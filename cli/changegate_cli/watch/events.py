"""The events of an execution: what happens from the commit to the stack.

``stage`` of an event about a deployment is the name of the stage, or ``<stage>/<action>`` if the stage has several
deployments. No name of a stage contains a slash.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class ExecutionStarted:
    """The pipeline's execution ``execution_id`` has started."""

    at: datetime
    execution_id: str


@dataclass(frozen=True, slots=True)
class StageStarted:
    """The first action of a stage has started."""

    at: datetime
    stage: str


@dataclass(frozen=True, slots=True)
class StageEnded:
    """All actions of a stage have ended.

    :ivar status: Succeeded, Failed or Abandoned, as an action's status.
    :ivar message: the action's error or summary.
    """

    at: datetime
    stage: str
    status: str
    message: str = ""


@dataclass(frozen=True, slots=True)
class StateEntered:
    """The state machine has entered a state."""

    at: datetime
    stage: str
    state: str


@dataclass(frozen=True, slots=True)
class AttemptFailed:
    """A task has failed once; the state machine may retry it."""

    at: datetime
    stage: str
    error: str
    cause: str


@dataclass(frozen=True, slots=True)
class VerdictReached:
    """The change set has been inspected.

    :ivar action: ``changeSetAction`` of the contract.
    :ivar findings: the findings of the verdict, each as a sentence.
    """

    at: datetime
    stage: str
    action: str
    findings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StackChanged:
    """CloudFormation has reported a stack event; ``resource`` is a logical id, or the stack's name for the stack."""

    at: datetime
    stage: str
    resource: str
    resource_type: str
    status: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class DeploymentEnded:
    """The state machine's execution has ended.

    :ivar status: SUCCEEDED, FAILED, TIMED_OUT or ABORTED.
    :ivar error: name of the error; empty when there is none.
    :ivar cause: message of the error.
    """

    at: datetime
    stage: str
    status: str
    error: str = ""
    cause: str = ""


@dataclass(frozen=True, slots=True)
class ExecutionEnded:
    """The pipeline's execution has ended.

    :ivar status: Succeeded, Failed, Stopped, Superseded or Cancelled.
    :ivar message: the failed action's error; empty when there is none.
    """

    at: datetime
    status: str
    message: str = ""


type Event = (
    ExecutionStarted
    | StageStarted
    | StageEnded
    | StateEntered
    | AttemptFailed
    | VerdictReached
    | StackChanged
    | DeploymentEnded
    | ExecutionEnded
)


def describe(event: Event) -> str:
    """Return one line about ``event``, without its time, and with its stage where others run beside it."""
    line = _describe(event)
    place = "" if isinstance(event, ExecutionStarted | ExecutionEnded) else event.stage
    return f"{place}: {line}" if "/" in place else line


def _describe(event: Event) -> str:  # noqa: PLR0911  # one case for each kind of event
    match event:
        case ExecutionStarted(execution_id=execution_id):
            return f"pipeline execution {execution_id} has started"
        case StageStarted(stage=stage):
            return f"stage {stage} has started"
        case StageEnded(stage=stage, status=status, message=message):
            return f"stage {stage}: {status}" + (f": {message}" if message else "")
        case StateEntered(state=state):
            return f"state {state}"
        case AttemptFailed(error=error, cause=cause):
            return f"a task has failed: {error}: {cause}"
        case VerdictReached(action=action, findings=findings):
            return f"verdict {action}" + "".join(f"; {finding}" for finding in findings)
        case StackChanged(resource=resource, resource_type=kind, status=status, reason=reason):
            return f"stack {resource} ({kind}) {status}" + (f": {reason}" if reason else "")
        case DeploymentEnded(status=status, error=error, cause=cause):
            return f"state machine {status}" + (f": {error}: {cause}" if error else "")
        case ExecutionEnded(status=status):
            return f"pipeline {status}"
