"""The result of a push, from its events."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from changegate_cli.watch.events import DeploymentEnded, ExecutionEnded, StateEntered
from changegate_cli.watch.result import PushOutcome, PushResult, result_of

if TYPE_CHECKING:
    from changegate_cli.watch.events import Event

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def entered(*names: str) -> list[Event]:
    return [StateEntered(NOW, "Prod", name) for name in names]


DONE: list[Event] = [DeploymentEnded(NOW, "Prod", "SUCCEEDED"), ExecutionEnded(NOW, "Succeeded")]


@pytest.mark.parametrize(
    ("states", "outcome"),
    [
        (("Check Stack Existence", "Create Stack"), PushOutcome.CREATED),
        (("Create Change Set", "Execute Change Set"), PushOutcome.UPDATED),
        (("Create Change Set", "Delete Change Set"), PushOutcome.UNCHANGED),
    ],
)
def test_green(states: tuple[str, ...], outcome: PushOutcome) -> None:
    result = result_of([*entered(*states), *DONE])
    assert result == PushResult(outcome, "Succeeded", "", "")
    assert result.is_green


def test_a_rejection_is_known_by_its_error() -> None:
    events = [
        *entered("Create Change Set", "Delete Change Set"),
        DeploymentEnded(NOW, "Prod", "FAILED", "Changegate.Rejected", "a queue would be replaced"),
        ExecutionEnded(NOW, "Failed", "Changegate.Rejected: a queue would be replaced"),
    ]
    result = result_of(events)
    assert result == PushResult(
        PushOutcome.REJECTED, "Failed", "Changegate.Rejected", "Changegate.Rejected: a queue would be replaced"
    )
    assert not result.is_green


@pytest.mark.parametrize(
    "events",
    [
        [ExecutionEnded(NOW, "Failed", "no such branch")],
        [DeploymentEnded(NOW, "Prod", "FAILED", "Changegate.RolledBack", "undone"), ExecutionEnded(NOW, "Failed")],
        [DeploymentEnded(NOW, "Prod", "ABORTED"), ExecutionEnded(NOW, "Failed")],
        # The second stage was never reached, or the pipeline was stopped.
        [DeploymentEnded(NOW, "Dev", "SUCCEEDED"), ExecutionEnded(NOW, "Stopped")],
        # A green pipeline that deployed nothing has not done its work.
        [ExecutionEnded(NOW, "Succeeded")],
        [],
    ],
)
def test_everything_else_is_a_failure(events: list[Event]) -> None:
    assert result_of(events).outcome is PushOutcome.FAILED


def test_without_a_pipeline_the_cause_is_the_reason() -> None:
    events: list[Event] = [DeploymentEnded(NOW, "", "FAILED", "Changegate.Misconfigured", "no template")]
    assert result_of(events) == PushResult(PushOutcome.FAILED, "", "Changegate.Misconfigured", "no template")
