"""The decisions are all of one form, and the index lists them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from dev.generate import adr_index

if TYPE_CHECKING:
    from pathlib import Path

DECISIONS = sorted(adr_index.FOLDER.glob("[0-9]*.md"))
PARTS = ("Decision", "Why", "Cost")


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_has_the_form(path: Path) -> None:
    title, _, body = path.read_text("utf-8").partition("\n\n")
    assert re.fullmatch(rf"# {path.name[:4]} \S.*[^.]", title)
    assert re.findall(r"^\*\*(\w+)\.\*\* \S", body, re.MULTILINE) == list(PARTS)
    assert body.startswith("**Decision.** ")
    assert not re.search(r"^#", body, re.MULTILINE)


def test_a_number_is_one_decision() -> None:
    numbers = [path.name[:4] for path in DECISIONS]
    assert len(set(numbers)) == len(numbers) > 20
    assert all(re.fullmatch(r"\d{4}-[a-z0-9-]+\.md", path.name) for path in DECISIONS)


def test_the_index_is_current(capsys: pytest.CaptureFixture[str]) -> None:
    assert adr_index.main(["--check"]) == 0, capsys.readouterr().err
