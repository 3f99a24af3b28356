"""The Terraform configuration: its form, its tests with a mocked provider, and what the pages say about it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.support.tasks import TASKS

ROOT = Path(__file__).resolve().parents[3]
SUITES = ROOT / "tests/terraform/plan"
ENVIRONMENTS = sorted((ROOT / "environments").glob("*.tfvars"))
RUN = re.compile(r'^run "(?P<name>[^"]+)"', re.MULTILINE)

# (file, run) of each run block, so that each is a test in the report.
RUNS = [
    (path.relative_to(ROOT).as_posix(), name)
    for path in sorted(SUITES.glob("*.tftest.hcl"))
    for name in RUN.findall(path.read_text(encoding="utf-8"))
]

pytestmark = pytest.mark.terraform


class Terraform:
    """Runs Terraform on the configuration as it is checked out, with a data folder of its own."""

    def __init__(self, data: Path) -> None:
        own = ROOT / ".tools/bin/terraform"
        self._program = str(own) if own.exists() else shutil.which("terraform") or "terraform"
        self._environment = {**os.environ, "TF_DATA_DIR": str(data), "TF_IN_AUTOMATION": "1"}
        settings = ROOT / ".tools/terraform.rc"
        if settings.exists():
            self._environment["TF_CLI_CONFIG_FILE"] = str(settings)

    def __call__(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self._program, *arguments],
            cwd=ROOT,
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=1700,
        )


@pytest.fixture(scope="session")
def terraform(tmp_path_factory: pytest.TempPathFactory) -> Terraform:
    """Terraform, initialised with the locked provider and the modules that the tests call."""
    program = Terraform(tmp_path_factory.mktemp("terraform"))
    done = program(
        "init",
        "-backend=false",
        "-input=false",
        "-lockfile=readonly",
        "-test-directory=tests/terraform/plan",
        "-no-color",
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return program


@pytest.fixture(scope="session")
def results(terraform: Terraform) -> dict[tuple[str, str], tuple[str, str]]:
    """Status and messages of every run block, of one ``terraform test``."""
    done = terraform("test", "-test-directory=tests/terraform/plan", "-json")
    events = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    messages: dict[tuple[str, str], list[str]] = {}
    statuses: dict[tuple[str, str], str] = {}
    for event in events:
        where = (event.get("@testfile", ""), event.get("@testrun", ""))
        if event["type"] == "diagnostic":
            messages.setdefault(where, []).append(json.dumps(event["diagnostic"], indent=1))
        elif event["type"] == "test_run" and event["test_run"].get("progress", "complete") == "complete":
            statuses[where] = event["test_run"]["status"]
    assert statuses, done.stdout + done.stderr
    return {where: (status, "\n".join(messages.get(where, []))) for where, status in statuses.items()}


@pytest.mark.parametrize(("file", "run"), RUNS)
def test_run(results: dict[tuple[str, str], tuple[str, str]], file: str, run: str) -> None:
    status, message = results[file, run]
    assert status == "pass", message


MODULES = sorted(path.name for path in (ROOT / "modules").iterdir() if any(path.glob("*.tf")))
# A suite that is not of a module is of the whole configuration.
SUITES_OF = {
    "": [path for path in sorted(SUITES.glob("*.tftest.hcl")) if path.name.partition(".")[0] not in MODULES],
    **{name: [SUITES / f"{name}.tftest.hcl"] for name in MODULES},
}


@pytest.mark.parametrize("module", SUITES_OF)
def test_every_validation_is_proved(module: str) -> None:
    """Each variable with a validation block is expected to fail in some run."""
    directory = ROOT / "modules" / module if module else ROOT
    texts = [path.read_text(encoding="utf-8") for path in sorted(directory.glob("variables*.tf"))]
    variables = [block for text in texts for block in f"\n{text}".split('\nvariable "')[1:]]
    validated = {block.split('"', 1)[0] for block in variables if "\n  validation {" in block}
    suites = "\n".join(path.read_text(encoding="utf-8") for path in SUITES_OF[module])
    assert validated <= set(re.findall(r"\bvar\.(\w+)(?=,\n|\])", suites))


def test_is_valid(terraform: Terraform) -> None:
    done = terraform("validate", "-no-color")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", [*sorted(path.name for path in ROOT.glob("*.tf")), "modules", "environments", "tests"])
def test_is_formatted(terraform: Terraform, path: str) -> None:
    done = terraform("fmt", "-check", "-diff", "-recursive", "-no-color", path)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("environment", ENVIRONMENTS, ids=lambda path: path.stem)
def test_environment_can_be_planned(terraform: Terraform, environment: Path) -> None:
    done = terraform(
        "test", "-test-directory=tests/terraform/plan/environments", f"-var-file={environment}", "-no-color"
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed" in done.stdout


# The attributes that distinguish two resources of one type within an account and region.
NAMES = ("alarm_name", "bucket", "dashboard_name", "function_name", "key", "name", "repository_name", "alias")
# Parts of resources that have a name (a role, a bucket, a rule). Their own names need not be unique.
PARTS = {"aws_iam_role_policy", "aws_s3_object", "aws_lambda_function_event_invoke_config"}


def _names(terraform: Terraform, name: str) -> set[tuple[str, str, str]]:
    """Return type, attribute and value of each name, key and path in the plan of an environment named ``name``."""
    done = terraform(
        "test",
        "-test-directory=tests/terraform/plan/environments",
        f"-var-file={ROOT / 'environments/dev.tfvars'}",
        f"-var=name={name}",
        "-json",
        "-verbose",
    )
    assert done.returncode == 0, done.stdout + done.stderr
    events = [json.loads(line) for line in done.stdout.splitlines()]
    (plan,) = (event["test_plan"] for event in events if event["type"] == "test_plan")
    return {
        (change["type"], attribute, after[attribute])
        for change in plan["resource_changes"]
        if change["mode"] == "managed" and change["type"] not in PARTS
        for after in [change["change"]["after"]]
        for attribute in NAMES
        if after.get(attribute)
    }


def test_two_environments_of_one_account_share_no_name(terraform: Terraform) -> None:
    ours, theirs = _names(terraform, "changegate"), _names(terraform, "changegate-dev")

    assert len(ours) == len(theirs)
    assert {kind for kind, _, _ in ours} >= {
        "aws_cloudwatch_event_rule",
        "aws_cloudwatch_log_group",
        "aws_codecommit_repository",
        "aws_codepipeline",
        "aws_iam_role",
        "aws_lambda_function",
        "aws_s3_bucket",
        "aws_sfn_state_machine",
    }
    assert ours & theirs == set()


def test_lock_file_covers_every_platform() -> None:
    """The registry's ``zh:`` hashes cover every platform; the ``h1:`` hashes serve mirrors on the usual two."""
    lock = (ROOT / ".terraform.lock.hcl").read_text(encoding="utf-8")
    assert re.findall(r'provider "([^"]+)"', lock) == ["registry.terraform.io/hashicorp/aws"]
    assert 'version     = "5.100.0"' in lock
    assert len(set(re.findall(r'"zh:[0-9a-f]{64}"', lock))) == 15
    assert "h1:edXOJWE4ORX8Fm+dpVpICzMZJat4AX0VRCAy/xkcOc0=" in lock  # linux_amd64
    assert "h1:Ijt7pOlB7Tr7maGQIqtsLFbl7pSMIj06TVdkoSBcYOw=" in lock  # darwin_arm64


def test_no_other_provider_is_needed() -> None:
    """Local-only providers would make plans depend on the machine."""
    for path in [*ROOT.glob("*.tf"), *(ROOT / "modules").glob("*/*.tf")]:
        kinds = re.findall(r'^(?:resource|data) "([a-z0-9]+)_', path.read_text(encoding="utf-8"), re.MULTILINE)
        assert set(kinds) <= {"aws"}, path


def _policies_of_targets() -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the trust policy and the permissions on the page about targets."""
    page = (ROOT / "docs/targets.md").read_text(encoding="utf-8")
    trust, permissions = (json.loads(block) for block in re.findall(r"```json\n(.*?)```", page, re.DOTALL))
    return trust, permissions


def test_target_role_trusts_the_functions_of_all_tasks() -> None:
    (statement,) = _policies_of_targets()[0]["Statement"]
    assert statement["Condition"]["ArnEquals"]["aws:PrincipalArn"] == [
        f"arn:aws:iam::111122223333:role/changegate-{key.replace('_', '-')}" for key in TASKS
    ], "The trust policy in docs/targets.md does not name the roles of all tasks."


def test_trust_policy_of_targets_fits() -> None:
    """A role's trust policy has at most 2,048 characters (IAM quotas), here with the longest name."""
    trust = json.dumps(_policies_of_targets()[0], separators=(",", ":"))
    assert len(trust.replace("role/changegate-", f"role/{'n' * 32}-")) <= 2048


def test_target_role_may_do_what_functions_do() -> None:
    """The page has each action of CloudFormation that a function may call, and no other."""
    allowed = set(re.findall(r'"(cloudformation:[A-Z]\w+)"', (ROOT / "modules/iam/functions.tf").read_text("utf-8")))
    page = (ROOT / "docs/targets.md").read_text(encoding="utf-8")
    shown = set(re.findall(r"cloudformation:[A-Z]\w+", page)) - {"cloudformation:RoleArn"}
    assert shown == allowed - {"cloudformation:RoleArn"}
