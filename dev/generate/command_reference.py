"""Write the help of the command ``changegate`` and of every subcommand into ``docs/reference/command.md``.

``python -m dev.generate.command_reference`` writes it; ``--check`` exits 1 when it is not current.
"""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING
from unittest import mock

from changegate_cli import main as command
from dev.checkout import ROOT
from dev.generate.module_reference import write_or_check

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PAGE = ROOT / "docs/reference/command.md"
_WIDTH = "100"


def parsers(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    """Yield a parser, then those of its subcommands, depth first."""
    yield parser
    # argparse has no public way to its subparsers.
    for action in parser._actions:  # noqa: SLF001
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001
            # An alias is another name for the same parser.
            for subparser in dict.fromkeys(action.choices.values()):
                yield from parsers(subparser)


def reference(parser: argparse.ArgumentParser) -> str:
    """Return the help of a command and of its subcommands, a section each."""
    # argparse takes the width from COLUMNS, and colours what a terminal shows.
    with mock.patch.dict(os.environ, {"COLUMNS": _WIDTH, "NO_COLOR": "1"}):
        return "\n\n".join(f"## {one.prog}\n\n```\n{one.format_help().rstrip()}\n```" for one in parsers(parser))


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the page, or check it."""
    return write_or_check({PAGE: reference(command._parser())}, arguments, __doc__ or "")  # noqa: SLF001


if __name__ == "__main__":
    sys.exit(main())
