"""Helpers that the tests of the bootstrap share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@dataclass(frozen=True)
class Mirror:
    """A folder served on loopback."""

    folder: Path
    url: str


class Recorder:
    """A checkout with a tool whose script appends its calls to ``log`` and fails while ``refuses`` exists."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder / "calls"
        self.refuses = folder / "refuses"

    def write_tool(self, path: Path, body: str) -> None:
        """Write the tool; ``body`` is a format string with ``log``."""
        write_script(path, f"{body.format(log=self.log)}\n[ ! -e '{self.refuses}' ]")

    def calls_during(self, action: Callable[[], object]) -> list[str]:
        """Run ``action``; return the calls of the tool."""
        self.log.write_text("", encoding="utf-8")
        action()
        return self.log.read_text(encoding="utf-8").splitlines()


def write_script(path: Path, body: str) -> Path:
    """Write an executable shell script and return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    path.chmod(0o755)
    return path
