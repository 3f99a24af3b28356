"""Passages: the prose in a file, with line numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

CODE = "\ufffc"
"""Replaces code, which is not prose."""

_CODE_SPAN = re.compile(r"(`+)[^`]+\1")
# Shorter strings are names, keys and values.
_SENTENCE = re.compile(rf"[A-Za-z']+,?\s+(?:[a-z']+|{CODE}),?\s+[A-Za-z']+")


@dataclass(frozen=True)
class Passage:
    """A paragraph, a comment, a docstring or a string.

    :ivar text: the prose; every line ends with a newline.
    :ivar numbers: the number of each line of ``text`` in the file.
    """

    text: str
    numbers: tuple[int, ...]

    @classmethod
    def of(cls, lines: Iterable[tuple[int, str]]) -> Self:
        """Return the passage of ``lines``: pairs of number and text."""
        numbers, texts = zip(*lines, strict=True)
        return cls("".join(f"{text}\n" for text in texts), tuple(numbers))

    def line_at(self, position: int) -> int:
        """Return the number of the line of the character at ``position``."""
        return self.numbers[self.text.count("\n", 0, position)]

    def without_code(self) -> Passage:
        """Return the passage with :data:`CODE` for each code span."""
        return Passage(_CODE_SPAN.sub(lambda found: CODE + "\n" * found[0].count("\n"), self.text), self.numbers)

    @property
    def is_sentence(self) -> bool:
        """Whether the passage has three words in a row."""
        return _SENTENCE.search(self.text) is not None


class Gathering:
    """Joins adjacent lines into one passage."""

    def __init__(self) -> None:
        self._lines: list[tuple[int, str]] = []
        self._column: int | None = None

    def add(self, number: int, text: str, column: int) -> Iterator[Passage]:
        """Add a line; first yield the gathered passage if the line does not continue it."""
        if self._lines and (number != self._lines[-1][0] + 1 or column != self._column):
            yield from self.end()
        self._column = column
        self._lines.append((number, text))

    def end(self) -> Iterator[Passage]:
        """Yield the gathered passage, if any."""
        if self._lines:
            yield Passage.of(self._lines)
        self._lines = []
