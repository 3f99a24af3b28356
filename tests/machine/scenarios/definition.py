"""The rendered definition, in which nothing is changed but time, and what there is to cover in it."""

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
"""Limits that are reached within some ten looks; each another, so that it shows which was reached."""

LIMITS = {task["wait"]["state"]: task["wait"]["limit"] for task in TASKS.values() if "wait" in task}
"""Which limit counts for which Wait state."""

RETRY_SECONDS = 1
"""The shortest interval that the States Language knows; the definition's own are longer, and grow."""

# Longer than any scenario takes on the slowest machine: what ends a scenario is its own doing.
EXECUTION_SECONDS = 900


@dataclass(frozen=True)
class Definition:
    """A definition that runs through without waiting, and the waiting that it only counts."""

    text: str
    waiting: dict[str, int]

    def limit(self, wait_state: str) -> int:
        """Return how many seconds may be waited in a state in all."""
        return self.waiting[LIMITS[wait_state]]


def without_time(waiting: dict[str, int], functions: dict[str, str]) -> Definition:
    """Return the definition with waits of no time and retries of next to none.

    :param waiting: the variable of the template.
    :param functions: the ARNs of the functions by key.
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
    """Return every Catch of the definition: the state that has it and where it leads."""
    content: dict[str, Any] = states(render())
    return {(name, rule["Next"]) for name, state in content.items() for rule in state.get("Catch", [])}
