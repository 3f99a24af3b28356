"""The steps under "Add a state", applied to a copy of the tree: together they add a state, and each is needed.

The steps are read from the document: the code blocks are what is applied, and the quotes are what must be reported when
a step is left out.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

import pytest

from tests.support.checkout import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

HEADING: Final = "## Add a state\n"
STEP: Final = re.compile(r"^### (\d+\. .*?)\n(.*?)(?=^###? |\Z)", re.MULTILINE | re.DOTALL)
BLOCK: Final = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PATH: Final = re.compile(r"`([\w.-]+(?:/[\w.-]+)+)`")
FAILURE: Final = re.compile(r"^Without [^\n]*?`(make [\w-]+)` fails:\n\n((?:> [^\n]*\n?)+)", re.MULTILINE)

KEPT: Final = ("asl", "cli", "dev", "docs", "environments", "lambda_src", "modules", "tests")
"""The folders that the checks below read."""

SUITES: Final = {
    "environments": PurePosixPath("tests/terraform/plan/environments"),
    "rights": PurePosixPath("tests/terraform/plan/rights"),
}

pytestmark = pytest.mark.terraform


@dataclass(frozen=True)
class Change:
    """A code block of the document: a new file, or a diff without line numbers."""

    file: str
    is_diff: bool
    text: str

    def applied_to(self, content: str | None) -> str:
        """Return the new content of the file."""
        if not self.is_diff:
            assert content is None, f"{self.file} exists"
            return self.text
        assert content is not None, f"{self.file} does not exist"
        lines = self.text.splitlines(keepends=True)
        before = "".join(line[1:] for line in lines if line[0] in " -")
        after = "".join(line[1:] for line in lines if line[0] in " +")
        # What is unchanged in front of an added line must not be looked for twice.
        assert f"\n{content}".count(f"\n{before}") == 1, f"{self.file} must have these lines once:\n{before}"
        return f"\n{content}".replace(f"\n{before}", f"\n{after}")[1:]


@dataclass(frozen=True)
class Step:
    """A step, and what is reported without it."""

    title: str
    changes: tuple[Change, ...]
    command: str
    message: str


def read_steps() -> list[Step]:
    """Return the steps in CONTRIBUTING.md."""
    page = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    section = re.split(r"^## ", page.partition(HEADING)[2], flags=re.MULTILINE)[0]
    return [_step(title, body) for title, body in STEP.findall(section)]


def _step(title: str, body: str) -> Step:
    changes = []
    for block in BLOCK.finditer(body):
        # A block is of the file that was named last before it.
        file = PATH.findall(body[: block.start()])[-1]
        changes.append(Change(file, block[1] == "diff", block[2]))
    ((command, quote),) = FAILURE.findall(body)
    return Step(title, tuple(changes), command, " ".join(line.removeprefix("> ") for line in quote.splitlines()))


STEPS: Final = read_steps()


class Tree:
    """A copy of the tree in which steps can be applied and undone."""

    def __init__(self, folder: Path, data: Path) -> None:
        self.folder = folder
        self._data = data
        for name in KEPT:
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "releases"))
        for path in [*ROOT.glob("*.tf"), ROOT / ".terraform.lock.hcl", ROOT / "pyproject.toml"]:
            shutil.copy(path, folder)
        (folder / ".tools").symlink_to(ROOT / ".tools")
        self._keep_the_run_of_rights()
        for name in SUITES:
            self._terraform(name, "init", "-backend=false", "-input=false", "-lockfile=readonly", check=True)

    def become(self, changes: Iterable[Change]) -> None:
        """Undo what was changed before, and apply ``changes``."""
        for change in (change for step in STEPS for change in step.changes):
            path, original = self.folder / change.file, ROOT / change.file
            if original.exists():
                shutil.copy(original, path)
            else:
                path.unlink(missing_ok=True)
        for change in changes:
            path = self.folder / change.file
            path.write_text(change.applied_to(path.read_text("utf-8") if path.exists() else None), "utf-8")

    def plan(self) -> str:
        """Plan an environment. Return what is reported, which is nothing when the plan succeeds."""
        return self._terraform("environments", "test", "-var-file=environments/local.tfvars")

    def test_state_machine(self) -> str:
        """Run the tests of the list and the definition, and those of the state."""
        tests = (change.file for step in STEPS for change in step.changes if change.file.startswith("tests/unit/"))
        return "".join(
            self._pytest(path) for path in ("tests/machine/definition", *tests) if (self.folder / path).exists()
        )

    def test_terraform(self) -> str:
        """Run the tests of the page on targets and, if they pass, the one of the functions' rights."""
        page = "tests/terraform/plan/test_configuration.py"
        reported = self._pytest(
            f"{page}::test_target_role_trusts_the_functions_of_all_tasks",
            f"{page}::test_target_role_may_do_what_functions_do",
            f"{page}::test_trust_policy_of_targets_fits",
        )
        if not reported:
            self._keep_the_run_of_rights()
            reported = self._terraform("rights", "test")
        return reported

    def _keep_the_run_of_rights(self) -> None:
        """Copy the first run of the suite. The others take minutes, and do not name each function."""
        suite = self.folder / "tests/terraform/plan/iam.tftest.hcl"
        head, first, *_ = re.split(r'^(?=run ")', suite.read_text("utf-8"), flags=re.MULTILINE)
        target = self.folder / SUITES["rights"] / suite.name
        target.parent.mkdir(exist_ok=True)
        target.write_text(head + first, "utf-8")

    def _terraform(self, suites: str, command: str, *arguments: str, check: bool = False) -> str:
        done = self._run(
            [str(ROOT / ".tools/bin/terraform"), command, f"-test-directory={SUITES[suites]}", "-json", *arguments],
            TF_DATA_DIR=str(self._data / suites),
            TF_CLI_CONFIG_FILE=str(ROOT / ".tools/terraform.rc"),
        )
        assert done.returncode == 0 or not check, done.stdout + done.stderr
        events = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
        found = [event["diagnostic"] for event in events if event["type"] == "diagnostic"]
        errors = [f"{each['summary']}: {each['detail']}\n" for each in found if each["severity"] == "error"]
        assert (done.returncode == 0) == (not errors), done.stdout + done.stderr
        return "".join(errors)

    def _pytest(self, *arguments: str) -> str:
        done = self._run(
            [
                sys.executable,
                "-m",
                "pytest",
                "-q",
                "-p",
                "no:cacheprovider",
                "--continue-on-collection-errors",
                *arguments,
            ],
            PYTHONPATH=os.pathsep.join(str(self.folder / name) for name in ("lambda_src", "cli")),
            PYTHONDONTWRITEBYTECODE="1",
        )
        return "" if done.returncode == 0 else done.stdout + done.stderr

    def _run(self, command: list[str], **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=self.folder,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )


COMMANDS: Final[dict[str, Callable[[Tree], str]]] = {
    "make plan": Tree.plan,
    "make test-definition": Tree.test_state_machine,
    "make test-plan": Tree.test_terraform,
}


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Tree:
    """Return a copy of the tree."""
    return Tree(tmp_path_factory.mktemp("tree"), tmp_path_factory.mktemp("data"))


def test_the_steps_are_read() -> None:
    assert [step.title for step in STEPS] == [
        "1. The list",
        "2. The module",
        "3. The rights",
        "4. The definition",
        "5. The tests",
        "6. The expected rights",
        "7. The trust of other accounts",
    ]
    assert all(step.changes for step in STEPS)
    assert {step.command for step in STEPS} == set(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_all_steps_add_a_state(tree: Tree, command: str) -> None:
    tree.become(change for step in STEPS for change in step.changes)
    assert COMMANDS[command](tree) == ""


@pytest.mark.parametrize("left_out", STEPS, ids=lambda step: step.title)
def test_each_step_is_needed_and_its_absence_is_reported(tree: Tree, left_out: Step) -> None:
    tree.become(change for step in STEPS if step is not left_out for change in step.changes)
    assert left_out.message in COMMANDS[left_out.command](tree)


UNFIT: Final = {
    "a variable without a value": (
        Change(
            "asl/tasks.json",
            is_diff=True,
            text="""\
-  "set_stack_policy": { "environment": [] }
+  "set_stack_policy": { "environment": ["NEW"] }
""",
        ),
        "asl/tasks.json lists environment variables without a value in functions.tf: NEW.",
    ),
    "a value that no function lists": (
        Change(
            "functions.tf",
            is_diff=True,
            text="""\
     VERDICT_BUCKET          = local.bucket_name
+    OLD                     = local.bucket_name
""",
        ),
        "functions.tf has values for environment variables that no function lists: OLD.",
    ),
    "a state without a task": (
        Change(
            "asl/deploy.json.tftpl",
            is_diff=True,
            text="""\
+    "Delete Everything": { "Type": "Task" },
     "Wait Stack Operation": {
""",
        ),
        "asl/tasks.json has no task for these Task states of the definition: Delete Everything.",
    ),
    "a wait in another state": (
        Change(
            "asl/tasks.json",
            is_diff=True,
            text="""\
-  "set_stack_policy": { "environment": [] }
+  "set_stack_policy": { "environment": [], "wait": { "state": "Stack Created?", "limit": "change_set_seconds" } }
""",
        ),
        "A task of asl/tasks.json must wait in a Wait state of the definition. These do not: Set Stack Policy",
    ),
}


@pytest.mark.parametrize(("change", "message"), UNFIT.values(), ids=UNFIT)
def test_what_does_not_fit_the_list_fails_the_plan(tree: Tree, change: Change, message: str) -> None:
    tree.become([])
    original = (ROOT / change.file).read_text("utf-8")
    (tree.folder / change.file).write_text(change.applied_to(original), "utf-8")
    try:
        assert message in tree.plan()
    finally:
        (tree.folder / change.file).write_text(original, "utf-8")
