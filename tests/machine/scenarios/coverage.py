"""Measures which states and Catches of the definition the scenarios cover."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.machine.scenarios.definition import all_catches, all_states

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.machine.scenarios.play import Ended


@dataclass(frozen=True)
class Coverage:
    """The number of scenarios that entered each state and took each Catch; 0 if none did."""

    states: dict[str, int]
    catches: dict[tuple[str, str], int]
    errors: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    """The errors that each Catch caught."""

    @property
    def missing(self) -> list[str]:
        """The states and Catches that no scenario covers."""
        return [
            *(name for name, count in self.states.items() if not count),
            *(f"Catch {name} -> {leads_to}" for (name, leads_to), count in self.catches.items() if not count),
        ]

    def table(self) -> list[str]:
        """Return the table as lines."""
        width = max(map(len, self.states))
        lines = [f"{'state':<{width}}  scenarios  its Catch: scenarios, errors"]
        for name, count in self.states.items():
            caught = [
                f"{times or 'MISSING'} -> {leads_to}: {', '.join(sorted(self.errors.get(key, ())))}"
                for key, times in self.catches.items()
                if key[0] == name
                for leads_to in key[1:]
            ]
            lines.append(f"{name:<{width}}  {count or 'MISSING':>9}  {'; '.join(caught)}".rstrip())
        return lines


def measure(played: Iterable[Ended]) -> Coverage:
    """Count the states and Catches in the histories of the executions."""
    states = Counter[str]()
    catches = Counter[tuple[str, str]]()
    errors: dict[tuple[str, str], set[str]] = {}
    for ended in played:
        for execution in ended.executions:
            states.update(set(execution.history.entered))
            caught = execution.history.caught
            catches.update({(state, leads_to) for state, leads_to, _ in caught})
            for state, leads_to, error in caught:
                errors.setdefault((state, leads_to), set()).add(error)
    return Coverage(
        states={name: states[name] for name in sorted(all_states())},
        catches={key: catches[key] for key in sorted(all_catches())},
        errors=errors,
    )
