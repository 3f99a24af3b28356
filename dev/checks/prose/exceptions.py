"""Exceptions in a file: ``prose: allow "WORDS" because REASON``, in a comment."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dev.checks.prose.passages import Passage

# A mark in backticks is documentation.
_MARK = re.compile(r"(?<!`)prose:[ ]allow(?P<rest>[^\n]*)")
_REST = re.compile(r' "(?P<words>[^"]+)" because (?P<reason>\w+ .+)')


class MarkError(ValueError):
    """A mark has no words or no reason."""


@dataclass(frozen=True)
class Exemption:
    """Words that are allowed near a mark.

    :ivar line: the line of the mark.
    """

    line: int
    words: str

    def covers(self, words: str, line: int, passage: Passage) -> bool:
        """Return whether ``words`` on ``line`` are allowed: on the line of the mark, or in a passage at or below it."""
        first, last = passage.numbers[0], passage.numbers[-1]
        near = line == self.line or first <= self.line + 1 <= last + 1
        return near and " ".join(words.split()).casefold() == self.words.casefold()


def exemptions_in(content: str) -> Iterator[Exemption]:
    """Yield the exceptions of a file.

    :raises MarkError: when one has no words or no reason.
    """
    for number, line in enumerate(content.splitlines(), 1):
        for found in _MARK.finditer(line):
            rest = _REST.match(found["rest"])
            if rest is None:
                raise MarkError(f'{number}: write an exception as `prose: allow "WORDS" because REASON`')
            yield Exemption(number, rest["words"])


def without_marks(text: str) -> str:
    """Return the text of a passage without the marks in it."""
    return _MARK.sub("", text)
