"""The page about security is true: each resource and each test that it names exists."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs/security.md").read_text(encoding="utf-8")
ROW = r"^\| [^|]*\| [^|]+\| `(modules/\w+)`: `(\w+)\.(\w+)` \| `([\w/.]+)`: `(\w+)` \|$"
ROWS = re.findall(ROW, PAGE, re.MULTILINE)

pytestmark = pytest.mark.terraform


def test_every_row_is_read() -> None:
    table = PAGE.partition("## Controls")[2].partition("\n\n`make")[0]
    assert len(ROWS) == len(re.findall(r"^\|", table, re.MULTILINE)) - 2
    assert len(ROWS) > 20


@pytest.mark.parametrize(("module", "kind", "name", "suite", "run"), ROWS)
def test_row_names_a_resource_and_a_test(module: str, kind: str, name: str, suite: str, run: str) -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / module).glob("*.tf")))
    assert f'resource "{kind}" "{name}" {{' in code
    if suite.endswith(".py"):
        assert f"\ndef {run}(" in (ROOT / suite).read_text(encoding="utf-8")
    else:
        assert f'run "{run}" {{' in (ROOT / f"tests/terraform/plan/{suite}.tftest.hcl").read_text(encoding="utf-8")


def test_every_policy_is_json() -> None:
    policies = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)]
    assert [policy["Principal"] for policy in policies] == [
        {"Service": "logs.eu-west-1.amazonaws.com"},
        {"Service": "logging.s3.amazonaws.com"},
    ]
