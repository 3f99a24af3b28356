"""Passages in Python: comments, docstrings and strings that are sentences."""

from __future__ import annotations

import io
import re
import token
import tokenize
from typing import TYPE_CHECKING

from dev.checks.prose.passages import CODE, Gathering, Passage

if TYPE_CHECKING:
    from collections.abc import Iterator

_QUOTES = re.compile(r"(?P<prefix>[A-Za-z]*)(?P<quotes>'''|\"\"\"|'|\")(?P<text>.*)(?P=quotes)", re.DOTALL)
# An escaped line break ends a sentence.
_ESCAPED_BLANK = re.compile(r"\\[nt]")
# Between the parts of one string.
_SILENT = {token.NL, token.COMMENT}


def passages(content: str) -> Iterator[Passage]:
    """Yield the passages of a module."""
    comments = Gathering()
    strings = _Strings()
    for found in tokenize.generate_tokens(io.StringIO(content).readline):
        line, column = found.start
        if found.type == token.COMMENT:
            yield from comments.add(line, found.string.lstrip("#! "), column)
        if found.type not in _SILENT:
            yield from strings.add(found)
    yield from comments.end()


class _Strings:
    """Joins the parts of a string: adjacent literals, and the text between the expressions of an f-string."""

    def __init__(self) -> None:
        self._lines: list[tuple[int, str]] = []
        self._depth = 0

    def add(self, found: tokenize.TokenInfo) -> Iterator[Passage]:
        """Add the next token; yield the string that ends before it, if it is a sentence."""
        if found.type == token.FSTRING_START:
            self._depth += 1
        elif found.type == token.FSTRING_END:
            self._depth -= 1
        elif self._depth:
            # Strings within the expressions of an f-string are code.
            if self._depth == 1 and found.type == token.FSTRING_MIDDLE:
                self._append(found.start[0], found.string)
            elif self._depth == 1 and found.string == "{":
                self._append(found.start[0], CODE)
        elif found.type == token.STRING:
            quoted = _QUOTES.fullmatch(found.string)
            if quoted and "b" not in quoted["prefix"].lower():
                self._append(found.start[0], quoted["text"])
        elif self._lines:
            passage = Passage.of(self._lines)
            self._lines = []
            if passage.is_sentence:
                yield passage

    def _append(self, first: int, text: str) -> None:
        number = first
        for number, line in enumerate(_ESCAPED_BLANK.sub(f" {CODE} ", text).split("\n"), first):
            if self._lines and self._lines[-1][0] == number:
                line = self._lines.pop()[1] + line  # noqa: PLW2901  # the same line, continued
            self._lines.append((number, line))
