"""Puts the words of AWS services into messages. Pure."""

from __future__ import annotations

from typing import Final

MAX_QUOTE: Final = 1200
"""Characters quoted from a service: two quotes and an instruction fit the 5,000 of a CodePipeline failure message."""


def shorten(text: str, limit: int = MAX_QUOTE) -> str:
    """Return ``text``, cut to ``limit`` characters with an ellipsis if it is longer."""
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def quote(text: str) -> str:
    """Return a service's sentence for use inside another: without its full stop, at most ``MAX_QUOTE`` long."""
    return shorten(text.strip().rstrip(". "))
