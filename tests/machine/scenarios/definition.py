"""The rendered definition without waits and delays, and the states and Catches to cover in it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from tests.machine.definition.definition import render, states
from tests.support.tasks import TASKS

REALISTIC_WAITING = {
    "minimum_seconds": 5,
    "maximum_seconds": 60,
    "busy_stack_seconds": 3600,
    "change_set_seconds": 1800,
    "stack_operation_seconds": 14400,
}
"""The defaults of the Terraform variable ``waiting``."""

SHORT_WAITING = {
    "minimum_seconds": 5,
    "maximum_seconds": 60,
    "busy_stack_seconds": 120,
    "change_set_seconds": 90,
    "stack_operation_seconds": 150,
}
"""Limits that are reached within about ten status checks; all different, to show which one was reached."""

LIMITS = {task["wait"]["state"]: task["wait"]["limit"] for task in TASKS.values() if "wait" in task}
"""The limit of each Wait state."""

RETRY_SECONDS = 1
"""The shortest interval that the States Language allows; those of the definition are longer and grow."""

# Longer than any scenario takes on the slowest machine, so that none ends by this timeout.
EXECUTION_SECONDS = 900


@dataclass(frozen=True)
class Definition:
    """A definition that does not wait, and the waiting limits that it counts against."""

    text: str
    waiting: dict[str, int]

    def limit(self, wait_state: str) -> int:
        """Return how many seconds a Wait state can wait in total."""
        return self.waiting[LIMITS[wait_state]]


def without_time(waiting: dict[str, int], functions: dict[str, str]) -> Definition:
    """Return the definition with waits of 0 seconds and retries after 1 second.

    :param waiting: the variable of the template.
    :param functions: the ARNs of the functions, by key.
    """
    assert set(functions) == set(TASKS)
    definition = json.loads(render(waiting=waiting, functions=functions, execution_timeout_seconds=EXECUTION_SECONDS))
    for name, state in definition["States"].items():
        if state["Type"] == "Wait":
            assert state.pop("SecondsPath") == "$.taskParams.wait.seconds", name
            state["Seconds"] = 0
        for rule in state.get("Retry", []):
            rule |= {"IntervalSeconds": RETRY_SECONDS, "BackoffRate": 1.0}
            rule.pop("MaxDelaySeconds", None)
    return Definition(json.dumps(definition), dict(waiting))


def all_states() -> set[str]:
    """Return the names of the definition's states."""
    return set(states(render()))


def all_catches() -> set[tuple[str, str]]:
    """Return every Catch of the definition: its state and its target."""
    content: dict[str, Any] = states(render())
    return {(name, rule["Next"]) for name, state in content.items() for rule in state.get("Catch", [])}
