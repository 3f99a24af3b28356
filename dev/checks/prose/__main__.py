"""Lints prose: ``python -m dev.checks.prose FILE...``. Exits 1 with findings."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from dev.checks.prose import lint, phrases
from dev.checks.prose.readers import reader_for
from dev.console import main

if TYPE_CHECKING:
    from collections.abc import Sequence


def command(files: Sequence[str]) -> int:
    """Lint the files that have prose; return the exit code."""
    entries = phrases.read()
    found = 0
    for name in files:
        reader, path = reader_for(name), Path(name)
        if reader and path.is_file():
            for finding in lint.findings(name, path.read_text("utf-8"), reader, entries):
                print(finding)
                found += 1
    return 1 if found else 0


if __name__ == "__main__":
    main(command)
