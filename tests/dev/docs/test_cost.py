"""The guide to cost counts the transitions of the definition."""

from __future__ import annotations

import re
from typing import Any

import pytest

from dev.checkout import ROOT
from dev.generate import pictures

PAGE = (ROOT / "docs/guides/cost.md").read_text("utf-8")
STATES = pictures.states()

pytestmark = pytest.mark.terraform


def successors(state: dict[str, Any]) -> list[str]:
    return [state[key] for key in ("Next", "Default") if key in state] + [r["Next"] for r in state.get("Choices", [])]


def states_on_the_way(start: str, end: str) -> int:
    """Return the number of states on the shortest way, with both ends."""
    ways = [[start]]
    for way in ways:
        if way[-1] == end:
            return len(way)
        ways += [[*way, state] for state in successors(STATES[way[-1]]) if state not in way]
    raise AssertionError(f"there is no way from {start} to {end}")


def test_an_update_takes_the_transitions_that_the_page_says() -> None:
    before = states_on_the_way("Check Stack Existence", "Execute Change Set")
    number = before + states_on_the_way("Execute Change Set", "Deployment Succeeded") - 1
    look = states_on_the_way("Wait Change Set Execution", "Change Set Executed?")
    assert re.search(rf"retries included: {number} for an update .* {look} more for each further look", PAGE)
