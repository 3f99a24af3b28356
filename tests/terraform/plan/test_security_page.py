"""The page on security says what is true: every resource and every test that it names is there."""

from __future__ import annotations

import json
import re

import pytest

from tests.support.checkout import ROOT

PAGE = (ROOT / "docs/maintainers/security-evidence.md").read_text(encoding="utf-8")
GUIDE = (ROOT / "docs/guides/security.md").read_text(encoding="utf-8")
ROW = r"^\| [^|]*\| [^|]+\| `(modules/\w+)`: `(\w+)\.(\w+)` \| `([\w/.]+)`: `(\w+)` \|$"
ROWS = re.findall(ROW, PAGE, re.MULTILINE)

pytestmark = pytest.mark.terraform


def table_below(heading: str) -> str:
    return PAGE.partition(f"## {heading}\n")[2].partition("\n## ")[0]


def sentences() -> list[str]:
    """Return every sentence of the guide: of its paragraphs, lists and rows of tables."""
    text = re.sub(r"```.*?```", "", GUIDE.partition("\n## Sources")[0], flags=re.DOTALL)
    units: list[str] = []
    for block in re.split(r"\n\s*\n", text):
        lines = block.strip().splitlines()
        if lines and lines[0].startswith("|"):
            units += [line.strip("| ") for line in lines[2:]]
        elif lines and not lines[0].startswith("#"):
            units += [" ".join(item.removeprefix("- ").split()) for item in re.split(r"\n(?=- )", block.strip())]
    return [sentence for unit in units for sentence in re.split(r"(?<=\.)\s+(?=[A-Z`])", unit)]


SHOWN = re.findall(r"^\| (?!---|the sentence)(.+?) \| (.+) \|$", table_below("The guide"), re.MULTILINE)


def test_every_row_is_read() -> None:
    table = table_below("Controls")
    assert len(ROWS) == len(re.findall(r"^\|", table, re.MULTILINE)) - 2
    assert len(ROWS) > 20


@pytest.mark.parametrize(("module", "kind", "name", "suite", "run"), ROWS)
def test_row_names_a_resource_and_a_test(module: str, kind: str, name: str, suite: str, run: str) -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / module).glob("*.tf")))
    assert f'resource "{kind}" "{name}" {{' in code
    assert_there_is(suite, run)


def assert_there_is(suite: str, test: str) -> None:
    if suite.endswith(".py"):
        assert f"\ndef {test}(" in (ROOT / suite).read_text(encoding="utf-8")
    else:
        path = ROOT / (suite if suite.endswith(".hcl") else f"tests/terraform/plan/{suite}.tftest.hcl")
        assert f'run "{test}" {{' in path.read_text(encoding="utf-8")


def test_each_sentence_of_the_guide_names_what_shows_it() -> None:
    beginnings = [beginning for beginning, _ in SHOWN]
    assert [[b for b in beginnings if sentence.startswith(b)] for sentence in sentences()] == [[b] for b in beginnings]


@pytest.mark.parametrize(("beginning", "shown"), SHOWN, ids=[beginning for beginning, _ in SHOWN])
def test_what_shows_a_sentence_is_there(beginning: str, shown: str) -> None:
    sources = re.findall(r"^(\d+)\. ", GUIDE.partition("\n## Sources")[2], re.MULTILINE)
    for part in shown.split(", "):
        if part == "advice":
            continue
        if found := re.fullmatch(r"source (\d+)", part):
            assert found[1] in sources
            continue
        # A further test of the same suite has its suite before it, too.
        suite, test = re.fullmatch(r"`([\w/.]+)`: `(\w+)`", part).groups()  # type: ignore[union-attr]
        assert_there_is(suite, test)


def test_every_policy_is_json() -> None:
    policies = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", GUIDE, re.DOTALL)]
    assert [policy["Principal"] for policy in policies] == [
        {"Service": "logs.eu-west-1.amazonaws.com"},
        {"Service": "logging.s3.amazonaws.com"},
    ]
