"""Phrases to avoid, and their replacements: ``phrases.toml``."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

LIST = Path(__file__).with_name("phrases.toml")

# A phrase may continue on the next line, but not after an empty line.
_BLANKS = r"(?:[^\S\n]+|[^\S\n]*\n[^\S\n]*)"


@dataclass(frozen=True)
class Phrase:
    """One entry of the list.

    :ivar write: what to write instead.
    :ivar wrong: sentences that the pattern finds.
    :ivar right: sentences that the pattern does not find.
    """

    pattern: re.Pattern[str]
    write: str
    wrong: Sequence[str]
    right: Sequence[str]


def read(path: Path = LIST) -> list[Phrase]:
    """Return the entries of the list."""
    entries = tomllib.loads(path.read_text("utf-8"))["phrase"]
    return [Phrase(_compiled(entry.pop("pattern")), **entry) for entry in entries]


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern.replace(" ", _BLANKS), re.IGNORECASE)
