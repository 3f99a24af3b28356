"""How texts of services are put into messages. Pure."""

from __future__ import annotations

from typing import Final

MAX_QUOTE: Final = 1200
"""Characters of a service's own sentence in a message of ours: two, and what to do, fit CodePipeline's 5,000."""


def shorten(text: str, limit: int = MAX_QUOTE) -> str:
    """Return ``text``, cut to ``limit`` characters with an ellipsis where it is longer."""
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def quote(text: str) -> str:
    """Return a service's sentence as part of ours: without its full stop, and not longer than ``MAX_QUOTE``."""
    return shorten(text.strip().rstrip(". "))
