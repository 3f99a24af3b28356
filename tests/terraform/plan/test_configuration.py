"""The Terraform configuration: its form, its own tests against a mocked provider, and what ties it to the code."""

from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING, Any

import pytest

from changegate_cli.terraform import Terraform
from tests.support.checkout import ROOT
from tests.support.tasks import TASKS

if TYPE_CHECKING:
    from pathlib import Path

SUITES = ROOT / "tests/terraform/plan"
EXAMPLES = sorted((ROOT / "examples/environments").glob("*.tfvars"))
ENVIRONMENTS = [*sorted((ROOT / "environments").glob("*.tfvars")), *EXAMPLES]
RUN = re.compile(r'^run "(?P<name>[^"]+)"', re.MULTILINE)

# (file, run) of every run block, so that each is a separate test in the report.
RUNS = [
    (path.relative_to(ROOT).as_posix(), name)
    for path in sorted(SUITES.glob("*.tftest.hcl"))
    for name in RUN.findall(path.read_text(encoding="utf-8"))
]

pytestmark = pytest.mark.terraform


@pytest.fixture(scope="session")
def terraform(tmp_path_factory: pytest.TempPathFactory) -> Terraform:
    """Terraform, initialised with the locked provider and the modules that the tests call."""
    program = Terraform.of(ROOT, os.environ, data=tmp_path_factory.mktemp("terraform"))
    done = program.run(
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
    done = terraform.run("test", "-test-directory=tests/terraform/plan", "-json")
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
# A module's suites begin with its name. Those of the composition are all others.
SUITES_OF: dict[str, list[Path]] = {name: [] for name in ["", *MODULES]}
for suite in sorted(SUITES.glob("*.tftest.hcl")):
    SUITES_OF[next((name for name in MODULES if re.match(rf"{name}[_.]", suite.name)), "")].append(suite)


@pytest.mark.parametrize("module", SUITES_OF)
def test_every_validation_is_proved(module: str) -> None:
    """A variable with a validation block is expected to fail somewhere."""
    directory = ROOT / "modules" / module if module else ROOT
    texts = [path.read_text(encoding="utf-8") for path in sorted(directory.glob("variables*.tf"))]
    variables = [block for text in texts for block in f"\n{text}".split('\nvariable "')[1:]]
    validated = {block.split('"', 1)[0] for block in variables if "\n  validation {" in block}
    suites = "\n".join(path.read_text(encoding="utf-8") for path in SUITES_OF[module])
    assert validated <= set(re.findall(r"\bvar\.(\w+)(?=,\n|\])", suites))


def _type_of(text: str, attribute: str) -> list[str]:
    """Return the lines of the type that follows ``attribute =``, without indentation."""
    first, *lines = text[re.search(rf"^ *{attribute} *= ", text, re.MULTILINE).end() :].split("\n")  # type: ignore[union-attr]
    depth, found = 0, []
    for line in [first, *lines]:
        depth += line.count("(") + line.count("{") - line.count(")") - line.count("}")
        found.append(" ".join(line.split()))
        if depth == 0:
            return found
    raise AssertionError(f"the type of {attribute} does not end")


@pytest.mark.parametrize(
    ("attribute", "variable", "path"),
    [("source", "pipeline_source", "variables_source.tf"), ("stages", "stages", "variables_stages.tf")],
)
def test_the_root_takes_what_its_module_takes(attribute: str, variable: str, path: str) -> None:
    """Terraform has no names for types, so the module repeats those of ``pipelines``."""
    root = (ROOT / "variables_pipelines.tf").read_text("utf-8")
    block = (ROOT / "modules/pipeline" / path).read_text("utf-8").split(f'variable "{variable}" {{\n')[1]
    theirs = _type_of(block, "type")
    assert len(theirs) > 10
    assert _type_of(root, attribute) == theirs


def test_is_valid(terraform: Terraform) -> None:
    done = terraform.run("validate", "-no-color")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", [*sorted(path.name for path in ROOT.glob("*.tf")), "modules", "environments", "tests"])
def test_is_formatted(terraform: Terraform, path: str) -> None:
    done = terraform.run("fmt", "-check", "-diff", "-recursive", "-no-color", path)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("environment", ENVIRONMENTS, ids=lambda path: path.stem)
def test_environment_can_be_planned(terraform: Terraform, environment: Path) -> None:
    done = terraform.run(
        "test", "-test-directory=tests/terraform/plan/environments", f"-var-file={environment}", "-no-color"
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed" in done.stdout


def test_the_examples_are_as_short_as_they_say() -> None:
    page = (ROOT / "examples/environments/README.md").read_text(encoding="utf-8")
    said = {name: int(lines) for name, lines in re.findall(r"^\| \[`([^`]+)`\].*\| (\d+) \|$", page, re.MULTILINE)}
    assert said == {path.name: len(path.read_text(encoding="utf-8").splitlines()) for path in EXAMPLES}
    assert said["one-stack.tfvars"] == 10


def test_the_readme_begins_with_the_shortest_example() -> None:
    example = (ROOT / "examples/environments/one-stack.tfvars").read_text(encoding="utf-8")
    assert example in (ROOT / "README.md").read_text(encoding="utf-8")


# By what AWS tells two things of one type apart, within an account and region.
NAMES = ("alarm_name", "bucket", "dashboard_name", "function_name", "key", "name", "repository_name", "alias")
# A part of something that has a name: of a role, a bucket, a rule. Its own need not be unique.
PARTS = {"aws_iam_role_policy", "aws_s3_object", "aws_lambda_function_event_invoke_config"}


def _names(terraform: Terraform, name: str) -> set[tuple[str, str, str]]:
    """Type, attribute and value of every name, key and path that a plan under ``name`` gives to something of AWS."""
    done = terraform.run(
        "test",
        "-test-directory=tests/terraform/plan/environments",
        f"-var-file={ROOT / 'environments/local.tfvars'}",
        '-var=pipelines={main={source={codecommit={}},stages=[{name="Prod",deployments=['
        '{environment_name="prod",stack_name="sample-app",template_path="app.yaml"}]}]}}',
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
    """The registry's ``zh:`` hashes cover every platform; the ``h1:`` ones serve mirrors on the usual two."""
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
    """The trust policy and the permissions that the page on targets shows."""
    page = (ROOT / "docs/guides/accounts-and-regions.md").read_text(encoding="utf-8")
    trust, permissions = (json.loads(block) for block in re.findall(r"```json\n(.*?)```", page, re.DOTALL))
    return trust, permissions


def test_target_role_trusts_the_functions_of_all_tasks() -> None:
    (statement,) = _policies_of_targets()[0]["Statement"]
    assert statement["Condition"]["ArnEquals"]["aws:PrincipalArn"] == [
        f"arn:aws:iam::111122223333:role/changegate-{key.replace('_', '-')}" for key in TASKS
    ], "The trust policy in docs/guides/accounts-and-regions.md does not name the roles of all tasks."


def test_trust_policy_of_targets_fits() -> None:
    """A role's trust policy has 2,048 characters (IAM quotas); here the name is the longest there is."""
    trust = json.dumps(_policies_of_targets()[0], separators=(",", ":"))
    assert len(trust.replace("role/changegate-", f"role/{'n' * 32}-")) <= 2048


def test_target_role_may_do_what_functions_do() -> None:
    """Every action of CloudFormation that some function may call is on the page, and no other."""
    text = (ROOT / "modules/iam/stacks.tf").read_text(encoding="utf-8")
    table = text.partition("stack_actions = {")[2].partition("\n  }\n")[0]
    allowed = {f"cloudformation:{action}" for action in re.findall(r'"([A-Z]\w+)"', table)}
    page = (ROOT / "docs/guides/accounts-and-regions.md").read_text(encoding="utf-8")
    shown = set(re.findall(r"cloudformation:[A-Z]\w+", page)) - {"cloudformation:RoleArn"}
    assert shown == allowed


def test_validations_are_tested_on_every_file_of_variables() -> None:
    """Runs that only refuse variables have the variables alone: links, and what the validations refer to."""
    folder = SUITES / "variables"
    links = {path.name: path.resolve() for path in folder.iterdir() if path.is_symlink()}
    assert links == {path.name: path for path in [*ROOT.glob("variables*.tf"), ROOT / "versions.tf"]}
