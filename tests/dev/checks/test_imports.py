"""The import rules: a copy of the sources in which one is broken fails the command of make lint."""

from __future__ import annotations

import re
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.support.checkout import ROOT

if TYPE_CHECKING:
    from pathlib import Path

SOURCES = ("cli/changegate_cli", "dev", "lambda_src/changegate", "local/src/localstack_pipelines")

# A module that belongs to no layer.
UNPLACED = "changegate.unplaced"

# A module, what it must not import, and the contract that the import breaks.
BROKEN = [
    ("lambda_src/changegate/safety/judge.py", "changegate.states.create_stack", "layers"),
    ("lambda_src/changegate/revision/archive.py", "changegate.stacks.stack", "layers"),
    ("lambda_src/changegate/pipeline/trigger.py", "changegate.states.create_stack", "layers"),
    ("lambda_src/changegate/errors.py", "changegate.safety", "layers"),
    ("lambda_src/changegate/unplaced.py", "json", "layers"),
    ("lambda_src/changegate/states/create_stack.py", "changegate.states.delete_change_set", "states"),
    ("lambda_src/changegate/safety/judge.py", "boto3", "safety"),
    ("lambda_src/changegate/stacks/stack.py", "changegate.clients", "clients"),
    ("lambda_src/changegate/states/create_stack.py", "mypy_boto3_codepipeline", "codepipeline"),
    ("lambda_src/changegate/pipeline/trigger.py", "mypy_boto3_cloudformation", "cloudformation"),
    ("lambda_src/changegate/errors.py", "changegate_cli.main", "functions"),
    ("lambda_src/changegate/errors.py", "dev.console", "functions"),
    ("cli/changegate_cli/main.py", "changegate.contract.task", "command"),
    ("cli/changegate_cli/main.py", "dev.console", "workshop"),
    ("cli/changegate_cli/main.py", "tests", "workshop"),
    ("cli/changegate_cli/main.py", "psutil", "local"),
    ("cli/changegate_cli/main.py", "localstack", "localstack"),
    ("local/src/localstack_pipelines/server/exit.py", "changegate.errors", "plug-ins"),
]


@pytest.fixture(scope="module")
def command() -> str:
    """Return the command of make lint."""
    planned = subprocess.run(["make", "--dry-run", "lint"], cwd=ROOT, capture_output=True, text=True, check=True)
    [found] = re.findall(r"^.*lint-imports.*$", planned.stdout, re.MULTILINE)
    return str(found)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Copy the sources and the rules."""
    for source in SOURCES:
        shutil.copytree(ROOT / source, tmp_path / source, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / ".venv").symlink_to(ROOT / ".venv")
    return tmp_path


def lint(command: str, folder: Path, contract: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", "-c", f"{command} --contract {contract}"], cwd=folder, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(("module", "imported", "contract"), BROKEN, ids=lambda value: str(value).rpartition("/")[2])
def test_a_broken_rule_fails(command: str, copy: Path, module: str, imported: str, contract: str) -> None:
    with (copy / module).open("a") as file:
        file.write(f"\nimport {imported}\n")

    done = lint(command, copy, contract)

    assert done.returncode == 1
    assert "1 broken" in done.stdout
    name = re.sub(r"^(lambda_src|cli|local/src)/|\.py$", "", module).replace("/", ".")
    assert (f"{name} -> {imported}" in done.stdout) != (name == UNPLACED)
    assert UNPLACED in done.stdout or name != UNPLACED


def test_every_contract_is_tried() -> None:
    contracts = re.findall(r'^id = "([a-z-]+)"$', (ROOT / "pyproject.toml").read_text("utf-8"), re.MULTILINE)
    assert set(contracts) == {contract for _, _, contract in BROKEN}
