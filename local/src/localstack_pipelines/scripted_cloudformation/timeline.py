"""How far a timeline has been played."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence


class Step(Protocol):
    """An entry: how many looks see it."""

    @property
    def looks(self) -> int:
        """How many looks see it."""
        ...


class Timeline[Entry: Step]:
    """A list of entries of which one holds; looks move it on.

    :param entries: at least one; the last one holds for ever.
    """

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._entries = entries
        self._position = 0
        self._seen = 0

    @property
    def entry(self) -> Entry:
        """The entry that holds."""
        return self._entries[self._position]

    def look(self) -> list[Entry]:
        """Look once, and return the entries that are reached by it, in their order; the last of them holds."""
        reached = []
        while self._position + 1 < len(self._entries) and self._seen >= self.entry.looks:
            self._position += 1
            self._seen = 0
            reached.append(self.entry)
        self._seen += 1
        return reached
