"""Passages in languages that Pygments knows: comments, and strings that are sentences."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pygments.lexers import get_lexer_by_name
from pygments.token import Comment, Literal

from dev.checks.prose.passages import Gathering, Passage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# With the marks of the Makefile's help.
_MARK = re.compile(r"\s*(?:#+@?|//+)\s?")
_QUOTES = re.compile(r"^[\"']|[\"']$")


def reader(language: str) -> Callable[[str], Iterator[Passage]]:
    """Return the reader of ``language``, by Pygments' name for it."""

    def passages(content: str) -> Iterator[Passage]:
        comments = Gathering()
        string: list[tuple[int, str]] = []
        number = 1
        for position, kind, text in get_lexer_by_name(language).get_tokens_unprocessed(content):
            if kind in Comment and kind is not Comment.Hashbang:
                column = position - content.rfind("\n", 0, position)
                yield from comments.add(number, _MARK.sub("", text, count=1).rstrip("\n"), column)
            if kind in Literal:
                string.extend(enumerate(_QUOTES.sub("", text).split("\n"), number))
            elif string:
                yield from _sentences(string)
                string = []
            number += text.count("\n")
        yield from comments.end()
        yield from _sentences(string)

    return passages


def _sentences(string: list[tuple[int, str]]) -> Iterator[Passage]:
    lines: dict[int, str] = {}
    for number, text in string:
        lines[number] = lines.get(number, "") + text
    if lines and (passage := Passage.of(lines.items())).is_sentence:
        yield passage
