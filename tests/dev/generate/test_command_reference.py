"""The page on the command has the help of every subcommand, and is current."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from changegate_cli import main as command
from dev.generate import command_reference

if TYPE_CHECKING:
    import pytest


def parser() -> argparse.ArgumentParser:
    root = argparse.ArgumentParser(prog="tool", description="A tool.")
    commands = root.add_subparsers(metavar="COMMAND")
    commands.add_parser("one", aliases=["first"]).add_argument("--flag", action="store_true", help="a flag")
    two = commands.add_parser("two").add_subparsers(metavar="COMMAND")
    two.add_parser("deep", description="Deep down.")
    return root


def test_the_page_is_current(capsys: pytest.CaptureFixture[str]) -> None:
    assert command_reference.main(["--check"]) == 0, capsys.readouterr().err


def test_every_subcommand_has_a_section_once_in_order() -> None:
    headings = [line for line in command_reference.reference(parser()).splitlines() if line.startswith("## ")]
    assert headings == ["## tool", "## tool one", "## tool two", "## tool two deep"]


def test_the_help_does_not_depend_on_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = command_reference.reference(command._parser())
    for width, colour in (("40", "FORCE_COLOR"), ("200", "PYTHON_COLORS")):
        monkeypatch.setenv("COLUMNS", width)
        monkeypatch.setenv(colour, "1")
        assert command_reference.reference(command._parser()) == expected
    assert "\x1b" not in expected
