"""Says in one word what a deployment did, from its events."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from changegate_cli.local.events import DeploymentEnded, ExecutionEnded, StateEntered

if TYPE_CHECKING:
    from collections.abc import Sequence

    from changegate_cli.local.events import Event

REJECTED_ERROR = "Changegate.Rejected"


class Outcome(StrEnum):
    """What a push did to the stack."""

    CREATED = "Created"
    UPDATED = "Updated"
    UNCHANGED = "Unchanged"
    REJECTED = "Rejected"
    FAILED = "Failed"


@dataclass(frozen=True)
class Result:
    """How a push ended.

    :ivar outcome: what it did to the stacks; the gravest of all stages.
    :ivar pipeline: status of the pipeline's execution, empty when there was none.
    :ivar error: name of the state machine's error, empty when there is none.
    :ivar reason: why it failed or was rejected, empty otherwise.
    """

    outcome: Outcome
    pipeline: str
    error: str
    reason: str

    @property
    def is_green(self) -> bool:
        """Tell whether everything succeeded."""
        return self.outcome not in {Outcome.REJECTED, Outcome.FAILED}


def result_of(events: Sequence[Event]) -> Result:
    """Return how the push ended that ``events`` tell of; they may come without a pipeline's."""
    pipeline = next((event for event in reversed(events) if isinstance(event, ExecutionEnded)), None)
    deployments = [event for event in events if isinstance(event, DeploymentEnded)]
    error = next((event.error for event in deployments if event.error), "")
    cause = next((event.cause for event in deployments if event.cause), "")
    status = pipeline.status if pipeline else ""
    reason = (pipeline.message if pipeline else "") or cause
    return Result(_outcome(events, status, deployments, error), status, error, reason)


def _outcome(events: Sequence[Event], pipeline: str, deployments: list[DeploymentEnded], error: str) -> Outcome:
    if error == REJECTED_ERROR:
        return Outcome.REJECTED
    if pipeline not in {"", "Succeeded"} or not deployments:
        return Outcome.FAILED
    if any(deployment.status != "SUCCEEDED" for deployment in deployments):
        return Outcome.FAILED
    states = {event.state for event in events if isinstance(event, StateEntered)}
    if "Create Stack" in states:
        return Outcome.CREATED
    return Outcome.UPDATED if "Execute Change Set" in states else Outcome.UNCHANGED
