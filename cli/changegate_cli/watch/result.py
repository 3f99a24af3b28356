"""Summarises a push in one word, from the events of its execution."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from changegate_cli.watch.events import DeploymentEnded, ExecutionEnded, StateEntered

if TYPE_CHECKING:
    from collections.abc import Sequence

    from changegate_cli.watch.events import Event

REJECTED_ERROR = "Changegate.Rejected"


class PushOutcome(StrEnum):
    """What a push did to the stacks."""

    CREATED = "Created"
    UPDATED = "Updated"
    UNCHANGED = "Unchanged"
    REJECTED = "Rejected"
    FAILED = "Failed"


@dataclass(frozen=True)
class PushResult:
    """How a push ended.

    :ivar outcome: what it did to the stacks; the worst of all stages.
    :ivar pipeline: status of the pipeline's execution; empty when there was none.
    :ivar error: name of the state machine's error; empty when there is none.
    :ivar reason: why it failed or was rejected; empty otherwise.
    """

    outcome: PushOutcome
    pipeline: str
    error: str
    reason: str

    @property
    def is_green(self) -> bool:
        """Return whether everything succeeded."""
        return self.outcome not in {PushOutcome.REJECTED, PushOutcome.FAILED}


def result_of(events: Sequence[Event]) -> PushResult:
    """Return the result of the push that ``events`` are about; the pipeline's own may be missing."""
    pipeline = next((event for event in reversed(events) if isinstance(event, ExecutionEnded)), None)
    deployments = [event for event in events if isinstance(event, DeploymentEnded)]
    error = next((event.error for event in deployments if event.error), "")
    cause = next((event.cause for event in deployments if event.cause), "")
    status = pipeline.status if pipeline else ""
    reason = (pipeline.message if pipeline else "") or cause
    return PushResult(_outcome(events, status, deployments, error), status, error, reason)


def _outcome(events: Sequence[Event], pipeline: str, deployments: list[DeploymentEnded], error: str) -> PushOutcome:
    if error == REJECTED_ERROR:
        return PushOutcome.REJECTED
    if pipeline not in {"", "Succeeded"} or not deployments:
        return PushOutcome.FAILED
    if any(deployment.status != "SUCCEEDED" for deployment in deployments):
        return PushOutcome.FAILED
    states = {event.state for event in events if isinstance(event, StateEntered)}
    if "Create Stack" in states:
        return PushOutcome.CREATED
    return PushOutcome.UPDATED if "Execute Change Set" in states else PushOutcome.UNCHANGED
