"""Writes the table of the fields of ``taskParams`` into ``docs/concepts.md``, between its markers.

``python -m dev.generate.task_params_table`` writes it; ``--check`` exits 1 if it is not current.
"""

from __future__ import annotations

import sys
from pathlib import Path

from changegate.contract.task_params import FIELDS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "concepts.md"
BEGIN, END = "<!-- fields:begin -->", "<!-- fields:end -->"


def table() -> str:
    """Return the table in Markdown."""
    rows = [
        f"| `{name}` | {of.field.meaning} | {_names(of.field.set_by)} | {_names(of.field.read_by)} |"
        for name, of in FIELDS.items()
    ]
    return "\n".join(["| field | meaning | set by | read by |", "| --- | --- | --- | --- |", *rows])


def written(page: str) -> str:
    """Return the page with the current table between its markers."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{table()}\n\n{END}{after}"


def _names(modules: tuple[str, ...]) -> str:
    return ", ".join(f"`{module.removeprefix('states.')}`" for module in modules) or "people"


def main(arguments: list[str]) -> int:
    """Write the table, or check it."""
    page = PAGE.read_text(encoding="utf-8")
    if arguments == ["--check"]:
        return int(page != written(page))
    PAGE.write_text(written(page), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
