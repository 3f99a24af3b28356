"""The pages of the documentation, their links, headings and code blocks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt

from dev.checkout import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from markdown_it.token import Token

__all__ = ["ROOT", "Page", "files", "pages"]

# What is not the project's own text: what the Makefile makes, and releases as they were.
_SKIPPED = {"build", "dist", "node_modules", "__pycache__"}


@dataclass(frozen=True)
class Page:
    """A Markdown file."""

    path: Path

    @property
    def name(self) -> str:
        """The page's path in the checkout."""
        return self.path.relative_to(ROOT).as_posix()

    @cached_property
    def text(self) -> str:
        """What the file has."""
        return self.path.read_text("utf-8")

    @cached_property
    def tokens(self) -> list[Token]:
        """The page, parsed as GitHub does."""
        return MarkdownIt("gfm-like", {"linkify": False}).parse(self.text)

    def links(self) -> Iterator[str]:
        """Yield the targets of links and pictures."""
        for token in self.tokens:
            if token.type == "html_block":
                yield from re.findall(r'(?:src|href)="([^"]*)"', token.content)
            for child in token.children or []:
                target = child.attrGet({"link_open": "href", "image": "src"}.get(child.type, ""))
                if target is not None:
                    yield str(target)

    def anchors(self) -> set[str]:
        """Return the names that GitHub gives to the headings."""
        found: set[str] = set()
        for opening, content in zip(self.tokens, self.tokens[1:], strict=False):
            if opening.type == "heading_open":
                text = "".join(child.content for child in content.children or [])
                slug = re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")
                number = next(number for number in range(99) if (f"{slug}-{number}" if number else slug) not in found)
                found.add(f"{slug}-{number}" if number else slug)
        return found

    def blocks(self, language: str) -> list[str]:
        """Return the code blocks of a language."""
        return [token.content for token in self.tokens if token.type == "fence" and token.info == language]


def files() -> Iterator[Path]:
    """Yield every file of the project, without what the Makefile makes."""
    for folder, folders, names in ROOT.walk():
        folders[:] = [
            name for name in folders if name not in _SKIPPED and (not name.startswith(".") or name == ".github")
        ]
        yield from (folder / name for name in names)


def pages() -> list[Page]:
    """Return every Markdown file of the project, in the order of their paths."""
    return [Page(path) for path in sorted(files()) if path.suffix == ".md"]
