"""Passages in Terraform's language: comments, and strings that are sentences, such as descriptions and messages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import tree_sitter_hcl
from tree_sitter import Language, Parser

from dev.checks.prose.passages import CODE, Gathering, Passage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

_PARSER = Parser(Language(tree_sitter_hcl.language()))
_STRINGS = {"heredoc_template", "quoted_template", "string_lit"}
_COMMENT = re.compile(r"\s*(?:#+|//+|/\*+|\*+/?)\s?")


def passages(content: str) -> Iterator[Passage]:
    """Yield the passages of a file."""
    comments = Gathering()
    for node in _nodes(_PARSER.parse(content.encode()).root_node):
        if node.type == "comment":
            for number, line in enumerate(_text(node).split("\n"), node.start_point.row + 1):
                yield from comments.add(number, _COMMENT.sub("", line, count=1), node.start_point.column)
        elif node.type in _STRINGS:
            passage = _string(node)
            if passage.is_sentence:
                yield passage
    yield from comments.end()


def _nodes(node: Node) -> Iterator[Node]:
    yield node
    for child in node.children:
        yield from _nodes(child)


def _string(node: Node) -> Passage:
    lines: dict[int, str] = {node.start_point.row + 1: ""}
    column = node.end_point.column
    for child in node.children:
        text = {"template_literal": _text(child), "template_interpolation": CODE}.get(child.type, "")
        # The blanks around an interpolation belong to no node.
        gap = " " if child.start_point.column != column else ""
        for number, line in enumerate(text.split("\n"), child.start_point.row + 1):
            lines[number] = f"{lines[number]}{gap}{line}" if number in lines else line
        column = child.end_point.column
    return Passage.of(lines.items())


def _text(node: Node) -> str:
    return (node.text or b"").decode()
