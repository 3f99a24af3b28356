"""The corpus of hand-made change sets in ``tests/changesets``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from changegate.safety import NESTED_STACK_TYPE, Policy, assemble, judge
from changegate.safety.findings import show_path
from changegate_cli.inspect.command import SAFE, UNSAFE
from changegate_cli.main import main

from .build import TODAY
from .test_judge import TABLE

if TYPE_CHECKING:
    from collections.abc import Iterator

CORPUS = Path(__file__).parents[2] / "changesets"
FILES = sorted(CORPUS.glob("*/*.json"))


def content(file: Path) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return value


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_case(file: Path) -> None:
    case = content(file)
    judged = judge(assemble(case["answers"]), Policy(), TODAY)
    assert judged.safe is (file.parent.name == "allowed"), case["why"]
    assert {show_path(finding.path): finding.kind.value for finding in judged.findings} == case["findings"]


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_case_by_the_command_line(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    case = content(file)
    given = tmp_path / "answers.json"
    given.write_text(json.dumps(case["answers"]))
    assert main(["inspect", str(given)]) == (SAFE if file.parent.name == "allowed" else UNSAFE)
    printed = capsys.readouterr().out
    for path in case["findings"]:
        assert path.split("/")[-1] in printed


def changes() -> Iterator[dict[str, Any]]:
    for file in FILES:
        for answer in content(file)["answers"]:
            for change in answer["Changes"]:
                yield change["ResourceChange"]


def test_the_corpus_covers_the_whole_table() -> None:
    covered = {(one["Action"], one.get("Replacement"), one.get("PolicyAction")) for one in changes()}
    of_the_contract = {
        row[:3]
        for row in TABLE
        # Combinations beside the contract's rows, which the table of the unit tests adds.
        if row[:3]
        not in {
            ("Modify", "True", None),
            ("Modify", "Conditional", "ReplaceAndDelete"),
            ("Modify", None, "ReplaceAndDelete"),
            ("SyncWithActual", "True", None),
            ("SyncWithActual", "Conditional", None),
            ("Remove", None, "ReplaceAndDelete"),
            ("Remove", None, "ReplaceAndRetain"),
            ("Dynamic", "False", None),
            ("Modify", "False", "Retain"),
            ("Modify", "True", "Delete"),
        }
    }
    assert of_the_contract <= covered


def test_the_corpus_has_pages_and_three_levels_of_stacks() -> None:
    cases = [content(file)["answers"] for file in FILES]
    assert any("NextToken" in answer for answers in cases for answer in answers)
    assert any(len({answer["ChangeSetId"] for answer in answers}) == 3 for answers in cases)
    assert any(one.get("ResourceType") == NESTED_STACK_TYPE for one in changes())


def test_no_case_is_named_or_explained_twice() -> None:
    assert len({file.stem for file in FILES}) == len(FILES) > 60
    assert len({content(file)["why"] for file in FILES}) == len(FILES)
