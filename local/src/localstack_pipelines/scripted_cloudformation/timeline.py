"""Tracks the current entry of a timeline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence


class TimelineEntry(Protocol):
    """An entry of a timeline."""

    @property
    def looks(self) -> int:
        """How many looks return the entry."""
        ...


class Timeline[Entry: TimelineEntry]:
    """A list of entries and the position in it, which looks advance.

    :param entries: at least one; the last one stays current.
    """

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._entries = entries
        self._position = 0
        self._seen = 0

    @property
    def entry(self) -> Entry:
        """The current entry."""
        return self._entries[self._position]

    def look(self) -> list[Entry]:
        """Count one look and return the entries that it reaches, in order; the last of them is then current."""
        reached = []
        while self._position + 1 < len(self._entries) and self._seen >= self.entry.looks:
            self._position += 1
            self._seen = 0
            reached.append(self.entry)
        self._seen += 1
        return reached
