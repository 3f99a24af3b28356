"""Reads the history of an execution: the states entered, the errors caught, the time it would have waited."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Visit:
    """A state, from its entry to the next."""

    state: str
    entered_with: dict[str, Any]
    failures: list[str] = field(default_factory=list)
    """The errors of the task's attempts, in order."""
    succeeded: bool = False


@dataclass(frozen=True)
class History:
    """The states of an execution."""

    visits: list[Visit]

    @classmethod
    def of(cls, events: list[dict[str, Any]]) -> History:
        """Read the events of GetExecutionHistory, oldest first."""
        visits: list[Visit] = []
        for event in events:
            if entered := event.get("stateEnteredEventDetails"):
                visits.append(Visit(entered["name"], json.loads(entered.get("input", "{}"))))
            elif event["type"] == "TaskSucceeded":
                visits[-1].succeeded = True
            elif event["type"] in {"TaskFailed", "TaskTimedOut"}:
                details = event.get("taskFailedEventDetails") or event.get("taskTimedOutEventDetails") or {}
                visits[-1].failures.append(details.get("error", ""))
        return cls(visits)

    @property
    def entered(self) -> list[str]:
        """The names of the states, in order."""
        return [visit.state for visit in self.visits]

    @property
    def caught(self) -> list[tuple[str, str, str]]:
        """Every Catch taken: the state, its target and the error."""
        return [
            (visit.state, after.state, visit.failures[-1])
            for visit, after in zip(self.visits, self.visits[1:], strict=False)
            if visit.failures and not visit.succeeded
        ]

    @property
    def retried(self) -> list[tuple[str, str]]:
        """Every attempt that was retried: the state and the error."""
        return [
            (visit.state, error)
            for visit in self.visits
            for error in (visit.failures if visit.succeeded else visit.failures[:-1])
        ]

    @property
    def waits(self) -> list[tuple[str, dict[str, Any]]]:
        """Every wait: the Wait state and ``taskParams.wait`` of its input."""
        return [
            (visit.state, visit.entered_with["taskParams"]["wait"])
            for visit in self.visits
            if visit.state.startswith("Wait ")
        ]

    @property
    def waited_seconds(self) -> int:
        """How long the execution would have waited in total."""
        return sum(wait["seconds"] for _, wait in self.waits)
