"""The configuration as a module: without a provider and a backend, as often as one likes."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from changegate_cli.terraform import Terraform
from dev.checks.policies.plans import Plan, plans_in
from tests.dev.docs.pages import pages
from tests.support.checkout import ROOT

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.terraform

# The configuration that users read, outside the checkout as theirs is.
EXAMPLE, REGISTRATION, PIPELINE = next(page for page in pages() if page.name == "docs/guides/module.md").blocks("hcl")
ZIP = ROOT / "tests/terraform/plan/fixtures/functions.txt"
HERE = {
    r'"git::[^"]+/changegate.git\?[^"]+"': f'"{ROOT}"',
    r'"git::[^"]+//modules/pipeline\?[^"]+"': f'"{ROOT}/modules/pipeline"',
    r"data\.terraform_remote_state\.platform\.outputs\.engine": 'module.changegate["orders"].engine',
    r'"changegate\.zip"': f'"{ZIP}"',
    r'"[0-9a-f]{64}"': f'"{hashlib.sha256(ZIP.read_bytes()).hexdigest()}"',
}
SUITE = f"""
mock_provider "aws" {{
  source = "{ROOT}/tests/terraform/plan/mocks"
}}

run "plans" {{
  command = plan
}}
"""
# AWS accepts one resource of these with a name, in an account or in a region.
NAMED = {
    "aws_cloudwatch_event_rule": "name",
    "aws_cloudwatch_log_group": "name",
    "aws_codecommit_repository": "repository_name",
    "aws_codepipeline": "name",
    "aws_iam_role": "name",
    "aws_kms_alias": "name",
    "aws_lambda_function": "function_name",
    "aws_s3_bucket": "bucket",
    "aws_sfn_state_machine": "name",
    "aws_sqs_queue": "name",
}


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    """Return the plan of a configuration outside the checkout that uses the module twice, and a pipeline of a team."""
    folder: Path = tmp_path_factory.mktemp("theirs")
    configuration = f"{EXAMPLE.rstrip().removesuffix('}')}\n{REGISTRATION}}}\n\n{PIPELINE}"
    for theirs, ours in HERE.items():
        configuration, replaced = re.subn(theirs, ours, configuration)
        assert replaced == 1
    (folder / "main.tf").write_text(configuration, "utf-8")
    (folder / "two.tftest.hcl").write_text(SUITE, "utf-8")
    shutil.copy(ROOT / ".terraform.lock.hcl", folder)
    terraform = Terraform.of(ROOT, os.environ, folder=folder)
    done = terraform.run("init", "-input=false", "-lockfile=readonly", "-no-color")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Warning" not in done.stdout
    done = terraform.run("test", "-json", "-verbose")
    assert done.returncode == 0, done.stdout[-5000:]
    [found] = plans_in(done.stdout)
    return found


def test_two_of_them_have_everything_twice_and_share_no_name(plan: Plan) -> None:
    made = [change for change in plan["resource_changes"] if change["mode"] == "managed"]
    modules = Counter(re.split(r"(?<=\])|\.aws", change["address"])[0] for change in made)
    assert modules.keys() == {'module.changegate["billing"]', 'module.changegate["orders"]', "module.pipeline"}
    assert modules['module.changegate["billing"]'] == modules['module.changegate["orders"]']

    names = Counter(
        (change["type"], change["change"]["after"][NAMED[change["type"]]]) for change in made if change["type"] in NAMED
    )
    assert {kind for kind, _ in names} == set(NAMED)
    assert [name for name, number in names.items() if number > 1] == []


def test_a_team_makes_a_pipeline_with_the_engine_of_another_configuration(plan: Plan) -> None:
    made = {change["address"]: change["change"]["after"] for change in plan["resource_changes"]}
    pipeline = made["module.pipeline.aws_codepipeline.this"]
    assert pipeline["name"] == "payments_orders"
    assert pipeline["artifact_store"][0]["location"] == "orders-111122223333-eu-west-1"
    [action] = pipeline["stage"][1]["action"]
    assert action["configuration"]["FunctionName"] == "orders-trigger"
    given = made['module.pipeline.aws_s3_object.state_machine_input["Prod/payments"]']
    assert (given["bucket"], given["key"]) == (
        "orders-111122223333-eu-west-1",
        "state_machine_input/payments/Prod/payments.json",
    )

    # What the engine must know for it: the artifacts that functions read and that expire, and the role they assume.
    engine = 'module.changegate["orders"].module'
    policy = made[f'{engine}.iam.aws_iam_role_policy.function["create_change_set"]']["policy"]
    assert "arn:aws:s3:::orders-111122223333-eu-west-1/payments_orders/*" in policy
    assert "arn:aws:iam::444455556666:role/changegate-target" in policy
    rules = made[f"{engine}.bucket.aws_s3_bucket_lifecycle_configuration.this[0]"]["rule"]
    assert "payments_orders/" in {rule["filter"][0]["prefix"] for rule in rules}


def test_the_module_finds_its_own_files(plan: Plan) -> None:
    """Its list of tasks and its definition, not files of the configuration that uses it."""
    functions = [change for change in plan["resource_changes"] if change["type"] == "aws_lambda_function"]
    handlers = {change["change"]["after"]["handler"] for change in functions}
    assert "changegate.states.create_stack.handler" in handlers
    assert len(functions) == 2 * len(handlers)
