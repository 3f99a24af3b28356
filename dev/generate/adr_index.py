"""Write the index of the decisions, ``docs/adr/README.md``.

``python -m dev.generate.adr_index`` writes it; ``--check`` exits 1 when it is not current.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from dev.checkout import ROOT
from dev.generate.module_reference import write_or_check

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

FOLDER = ROOT / "docs/adr"


def index(folder: Path) -> str:
    """Return the table of the decisions in a folder, by number."""
    rows = ["| | decision |", "| --- | --- |"]
    for path in sorted(folder.glob("[0-9]*.md")):
        number, _, title = path.read_text("utf-8").partition("\n")[0].removeprefix("# ").partition(" ")
        rows.append(f"| [{number}]({path.name}) | {title} |")
    return "\n".join(rows)


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the index, or check it."""
    return write_or_check({FOLDER / "README.md": index(FOLDER)}, arguments, __doc__ or "")


if __name__ == "__main__":
    sys.exit(main())
