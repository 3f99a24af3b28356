"""Write the table of the fields of ``taskParams`` into ``docs/concepts.md``, from the module that defines them.

``python -m dev.generate.task_params_table`` writes it; ``--check`` exits 1 when it is not current.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from changegate.contract.task_params import FIELDS
from dev.checkout import ROOT
from dev.generate.module_reference import write_or_check

if TYPE_CHECKING:
    from collections.abc import Sequence

PAGE = ROOT / "docs/concepts.md"


def table() -> str:
    """Return the table in Markdown."""
    rows = [
        f"| `{name}` | {of.field.meaning} | {_names(of.field.set_by)} | {_names(of.field.read_by)} |"
        for name, of in FIELDS.items()
    ]
    return "\n".join(["| field | meaning | set by | read by |", "| --- | --- | --- | --- |", *rows])


def _names(modules: tuple[str, ...]) -> str:
    return ", ".join(f"`{module.removeprefix('states.')}`" for module in modules) or "people"


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the table, or check it."""
    return write_or_check({PAGE: table()}, arguments, __doc__ or "")


if __name__ == "__main__":
    sys.exit(main())
