"""Passages in Markdown: paragraphs, headings, list items and cells, without code and HTML."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markdown_it import MarkdownIt

from dev.checks.prose.passages import CODE, Passage

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from markdown_it.token import Token

_PARSER = MarkdownIt("commonmark").enable("table")


def passages(content: str) -> Iterator[Passage]:
    """Yield the passages of a page."""
    source = content.splitlines()
    first = 0
    for token in _PARSER.parse(content):
        if token.map is not None:
            first = token.map[0]
        # A cell has no line number: the last token with one is its row.
        if token.type == "inline" and token.children:
            yield Passage.of(_lines(token.children, first, source))


def _lines(tokens: Sequence[Token], first: int, source: Sequence[str]) -> Iterator[tuple[int, str]]:
    index, text = first, ""
    for token in tokens:
        if token.type in {"softbreak", "hardbreak"}:
            yield index + 1, text
            index, text = index + 1, ""
        elif token.type == "code_inline":
            text += CODE
            # The parser replaces a line break within code by a blank.
            if token.content not in source[index]:
                yield index + 1, text
                index, text = index + 1, ""
        elif token.type == "text":
            text += token.content
        elif token.type == "image":
            text += " ".join(child.content for child in token.children or ())
    yield index + 1, text
