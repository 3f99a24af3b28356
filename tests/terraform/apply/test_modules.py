"""Each module, applied by the real provider to a local AWS: ``suites/<module>.tftest.hcl``.

``terraform test`` destroys what it has created. Two kinds of runs are known by their names: a plan ``again...`` follows
an apply of the same configuration and must be empty; a plan ``plans_..._in_place`` must change something, and delete or
replace nothing.
"""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from changegate_cli.terraform import Difference, Terraform, read_differences, read_events
from tests.support.checkout import ROOT
from tests.support.inventory import Thing, inventory
from tests.support.local_aws import environment_for, start_local_aws

FOLDER = Path("tests/terraform/apply/suites")
MODULES = sorted(path.name for path in (ROOT / "modules").iterdir() if any(path.glob("*.tf")))
SUITES = sorted(path.name.partition(".")[0] for path in (ROOT / FOLDER).glob("*.tftest.hcl"))
RUNS = [
    (suite, run)
    for suite in SUITES
    for run in re.findall(r'^run "([^"]+)"', (ROOT / FOLDER / f"{suite}.tftest.hcl").read_text("utf-8"), re.MULTILINE)
]
AGAIN = [(suite, run) for suite, run in RUNS if run.startswith("again")]
IN_PLACE = [(suite, run) for suite, run in RUNS if run.startswith("plans_")]

# These wait for S3 and SQS for a minute or more, so they start first.
SLOW = ("bucket", "dead_letter_queue")
# Terraform and the provider need about 300 MB each.
AT_A_TIME = 4

pytestmark = [pytest.mark.local_aws, pytest.mark.terraform]

# LocalStack does not return a state machine's tracing (tests/e2e/test_plan.py).
NOT_TOLD = Difference("aws_sfn_state_machine.this", ("update",), frozenset({"tracing_configuration"}))


@dataclass
class Suite:
    """The result of a suite."""

    output: str = ""
    exit_code: int = -1
    statuses: dict[str, str] = field(default_factory=dict)
    plans: dict[str, tuple[Difference, ...]] = field(default_factory=dict)
    messages: dict[str, list[str]] = field(default_factory=dict)

    def read(self, event: dict[str, Any]) -> None:
        """Take in one event of Terraform's machine-readable UI."""
        run = event.get("@testrun", "")
        if event["type"] == "diagnostic":
            self.messages.setdefault(run, []).append(json.dumps(event["diagnostic"], indent=1))
        elif event["type"] == "test_plan":
            self.plans[run] = tuple(read_differences(event["test_plan"]))
        elif event["type"] == "test_run" and event["test_run"].get("progress") == "complete":
            self.statuses[run] = event["test_run"]["status"]


@dataclass(frozen=True)
class Results:
    """The results of all suites, and what was left when they had ended."""

    suites: dict[str, Suite]
    left: list[Thing]


@pytest.fixture(scope="session")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """Run every suite on one local AWS, several at a time."""
    data = tmp_path_factory.mktemp("terraform")
    with start_local_aws(tmp_path_factory.mktemp("aws")) as aws:
        terraform = Terraform.of(ROOT, environment_for(aws), data=data)
        done = terraform.run(
            "init", "-backend=false", "-input=false", "-lockfile=readonly", f"-test-directory={FOLDER}", "-no-color"
        )
        assert done.returncode == 0, done.stdout + done.stderr
        ordered = sorted(SUITES, key=lambda suite: suite not in SLOW)
        with ThreadPoolExecutor(AT_A_TIME) as pool:
            suites = dict(zip(ordered, pool.map(lambda suite: _run(suite, terraform), ordered), strict=True))
        return Results(suites, inventory(aws))


def _run(suite: str, terraform: Terraform) -> Suite:
    file = FOLDER / f"{suite}.tftest.hcl"
    done = terraform.run(
        "test", f"-test-directory={FOLDER}", f"-filter={file}", "-json", "-verbose", timeout_seconds=900
    )
    result = Suite(done.stdout + done.stderr, done.returncode)
    for event in read_events(done.stdout):
        result.read(event)
    return result


def test_every_module_has_a_suite() -> None:
    assert SUITES == MODULES


@pytest.mark.parametrize("suite", SUITES)
def test_every_suite_applies_and_plans_what_it_can(suite: str) -> None:
    runs = [run for name, run in RUNS if name == suite]
    assert [run for run in runs if run.startswith("makes_")]
    assert [run for run in runs if run.startswith("again")]
    assert [run for run in runs if run.startswith("plans_") and run.endswith("_in_place")]


@pytest.mark.parametrize(("suite", "run"), RUNS)
def test_run(results: Results, suite: str, run: str) -> None:
    found = results.suites[suite]
    assert found.statuses.get(run) == "pass", "\n".join(found.messages.get(run, [found.output]))


@pytest.mark.parametrize(("suite", "run"), AGAIN)
def test_a_second_plan_is_empty(results: Results, suite: str, run: str) -> None:
    assert set(results.suites[suite].plans[run]) <= {NOT_TOLD}


@pytest.mark.parametrize(("suite", "run"), IN_PLACE)
def test_a_change_is_made_in_place(results: Results, suite: str, run: str) -> None:
    actions = {difference.actions for difference in results.suites[suite].plans[run]}
    assert ("update",) in actions
    assert actions <= {("update",), ("create",)}


@pytest.mark.parametrize("suite", SUITES)
def test_the_suite_could_destroy_what_it_made(results: Results, suite: str) -> None:
    found = results.suites[suite]
    assert found.exit_code == 0, "\n".join(found.messages.get("", [found.output]))


def test_nothing_is_left(results: Results) -> None:
    assert results.left == []
