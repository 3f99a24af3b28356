"""The life of an environment: the last release is applied, upgraded to this checkout, and destroyed.

The tests run in their order, each on what the one before it left. Everything goes through ``make``, as a person has
it, with the state in S3.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import tarfile
import zipfile
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from changegate_cli.local.checkout import Checkout
from changegate_cli.terraform import Difference, Terraform, read_differences
from dev.generate.release_archive import RELEASES, releases
from tests.support.checkout import ROOT
from tests.support.inventory import Thing, inventory
from tests.support.local_aws import environment_for, start_local_aws

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from changegate_cli.local.instance import LocalAws

LATEST = releases((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))[0]

ENVIRONMENT = "upgrade"
STATE_BUCKET = "upgrade-terraform-state"
STATE_KEY = "changegate/upgrade.tfstate"

# What an environment that is made for work has; what is not said here is as the variables' defaults have it.
VARIABLES = """
region = "eu-west-1"
name   = "upgrade"
tags   = { Team = "delivery" }

deployment_policy_json = <<-EOT
  {
    "Version": "2012-10-17",
    "Statement": [{ "Effect": "Allow", "Action": "sqs:*", "Resource": "arn:aws:sqs:*:*:prod-app-*" }]
  }
EOT

kms_key           = "create"
notifications     = { emails = ["team@example.com"] }
alarms_enabled    = true
dashboard_enabled = true
"""

# What the pipeline deploys, in the variables of 0.1.0 and in those of today.
PIPELINE_OF_0_1_0 = """
pipeline_source = { codecommit = { repository_name = "upgrade" } }

deployments = [
  {
    stage                 = "Prod"
    environment_name      = "prod"
    stack_name            = "app"
    template_path         = "infra/template.yaml"
    capabilities          = ["CAPABILITY_IAM"]
    recreate_failed_stack = true
  },
]
"""
PIPELINES = """
pipelines = {
  main = {
    source = { codecommit = { repository_name = "upgrade" } }
    stages = [
      {
        name = "Prod"
        deployments = [
          {
            environment_name      = "prod"
            stack_name            = "app"
            template_path         = "infra/template.yaml"
            capabilities          = ["CAPABILITY_IAM"]
            recreate_failed_stack = true
          },
        ]
      },
    ]
  }
}
"""

# An environment of 0.1.0 has one pipeline, with the name of the environment. These get the names of a pipeline among
# many: what they held is in the repository and in the stacks.
RENAMED = {
    'module.pipeline["main"].aws_codepipeline.this',
    'module.pipeline["main"].aws_cloudwatch_event_rule.revision[0]',
    "module.iam.aws_iam_role.pipeline",
    "module.iam.aws_iam_role.event_rule[0]",
    'aws_s3_object.state_machine_input["Prod"]',
}
GONE = {
    ("pipeline", "upgrade"),
    ("rule", "upgrade"),
    ("role", "upgrade-pipeline"),
    ("role", "upgrade-event-rule"),
}

# These may be replaced: they are settings of something that stays, and a replacement loses nothing.
SETTINGS = {
    "aws_cloudwatch_event_target",
    "aws_iam_role_policy",
    "aws_iam_role_policy_attachment",
    "aws_lambda_function_event_invoke_config",
}

# LocalStack does not return a state machine's tracing (tests/e2e/test_plan.py). It also keeps the text of a definition
# that is updated to an equal one, which read_differences does not count, and drops the tags with which an alarm is
# created.
NOT_TOLD = {
    Difference("module.state_machine.aws_sfn_state_machine.this", ("update",), frozenset({"tracing_configuration"})),
    Difference(
        'module.pipeline["main"].aws_cloudwatch_metric_alarm.source[0]',
        ("update",),
        frozenset({"tags_all"}),
    ),
}

pytestmark = [pytest.mark.local_aws, pytest.mark.terraform]


@dataclass
class World:
    """A checkout with one environment, on a separate local AWS."""

    aws: LocalAws
    checkout: Path
    before: list[Thing] = field(default_factory=list)

    def make(self, action: str, *arguments: str, **variables: str) -> str:
        """Run a target for the environment, see that it succeeds, and return what it printed."""
        done = self.try_to_make(action, *arguments, **variables)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def try_to_make(self, action: str, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run a target for the environment."""
        # What the targets need is here already: the tools are those of the checkout that is tested.
        there = ("-o", "tools", "-o", "ready", "-o", "build")
        command = ["make", *there, action, f"ENV={ENVIRONMENT}", f"ARGS={' '.join(arguments)}"]
        return subprocess.run(
            command,
            cwd=self.checkout,
            env={**environment_for(self.aws), **variables},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=900,
        )

    def plan(self) -> dict[str, Any]:
        """Return what an apply would do, as ``terraform show -json`` has it."""
        file = self.checkout / "upgrade.tfplan"
        self.make("plan", "-no-color", f"-out={file}")
        folder = self.checkout / f".state/{ENVIRONMENT}.s3"
        terraform = Terraform.of(self.checkout, environment_for(self.aws), folder=folder)
        done = terraform.run("show", "-json", file)
        assert done.returncode == 0, done.stderr
        plan: dict[str, Any] = json.loads(done.stdout)
        return plan

    def take(self, source: Path) -> None:
        """Let the configuration in the folder ``source`` take the place of the one that is here."""
        for path in self.checkout.glob("*.tf"):
            path.unlink()
        for path in source.glob("*.tf"):
            shutil.copy(path, self.checkout)
        shutil.copy(source / ".terraform.lock.hcl", self.checkout)
        for name in ("modules", "asl"):
            shutil.rmtree(self.checkout / name, ignore_errors=True)
            shutil.copytree(source / name, self.checkout / name)
        # 0.1.0 had the provider in its versions.tf.
        for path in source.glob("environments/root.tf"):
            shutil.copy(path, self.checkout / "environments")

    def describe(self, pipelines: str) -> None:
        """Write the variables of the environment."""
        (self.checkout / f"environments/{ENVIRONMENT}.tfvars").write_text(VARIABLES + pipelines, encoding="utf-8")

    def state(self) -> dict[str, Any]:
        """Return the state."""
        state: dict[str, Any] = json.load(self.aws.client("s3").get_object(Bucket=STATE_BUCKET, Key=STATE_KEY)["Body"])
        return state

    def things(self) -> list[Thing]:
        """Return everything there is but the bucket and the key of the state."""
        return [thing for thing in inventory(self.aws) if thing not in self.before]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Return a checkout in which nothing has been provisioned, and an account that has but a place for the state."""
    original = Checkout.of_this_package()
    original.require_built()
    checkout = tmp_path_factory.mktemp("checkout")
    for name in ("Makefile", ".tools", "cli"):
        (checkout / name).symlink_to(original.root / name)
    # Its modules find the checkout by their own path.
    shutil.copytree(original.root / "dev", checkout / "dev")
    (checkout / "environments").mkdir()

    with start_local_aws(tmp_path_factory.mktemp("aws")) as aws:
        s3 = aws.client("s3")
        s3.create_bucket(Bucket=STATE_BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        s3.put_bucket_versioning(Bucket=STATE_BUCKET, VersioningConfiguration={"Status": "Enabled"})
        key = aws.client("kms").create_key()["KeyMetadata"]["Arn"]
        (checkout / f"environments/{ENVIRONMENT}.s3.tfbackend").write_text(
            f'bucket = "{STATE_BUCKET}"\nregion = "eu-west-1"\nkey = "{STATE_KEY}"\nkms_key_id = "{key}"\n',
            encoding="utf-8",
        )
        yield World(aws, checkout, inventory(aws))


@pytest.fixture(scope="module")
def released(world: World, tmp_path_factory: pytest.TempPathFactory) -> list[Thing]:
    """Apply the last release; everything there is then."""
    folder = tmp_path_factory.mktemp("release")
    with tarfile.open(RELEASES / f"{LATEST}.tar.gz") as archive:
        archive.extractall(folder, filter="data")
    world.take(folder)
    world.describe(PIPELINE_OF_0_1_0)
    # Its functions are not run: that they are others is what matters.
    (world.checkout / "build").mkdir()
    with zipfile.ZipFile(world.checkout / "build/changegate.zip", "w") as code:
        code.writestr("changegate/__init__.py", "")
    world.make("apply", "-auto-approve", "-no-color")
    return world.things()


@pytest.fixture(scope="module")
def upgrade(world: World, released: list[Thing]) -> dict[str, Any]:
    """The plan of the upgrade."""
    world.take(ROOT)
    world.describe(PIPELINES)
    (world.checkout / "build/changegate.zip").unlink()
    (world.checkout / "build/changegate.zip").symlink_to(Checkout.of_this_package().lambda_zip)
    return world.plan()


@pytest.fixture(scope="module")
def upgraded(world: World, upgrade: dict[str, Any]) -> list[Thing]:
    """Apply the upgrade; everything there is then."""
    world.make("apply", "-auto-approve", "-no-color")
    return world.things()


@pytest.fixture(scope="module")
def interrupted(world: World, upgraded: list[Thing]) -> subprocess.CompletedProcess[str]:
    """Try to destroy the environment but its repository, while its bucket has an artifact."""
    world.aws.client("s3").put_object(Bucket=one(upgraded, "bucket"), Key="upgrade/artifact", Body=b"revision")
    return world.try_to_make("destroy", "-auto-approve", "-no-color", KEEP="repository")


@pytest.fixture(scope="module")
def destroyed(world: World, interrupted: subprocess.CompletedProcess[str], upgraded: list[Thing]) -> list[Thing]:
    """Empty the bucket and destroy the environment; everything there is then."""
    s3, bucket = world.aws.client("s3"), one(upgraded, "bucket")
    for version in s3.list_object_versions(Bucket=bucket)["Versions"]:
        s3.delete_object(Bucket=bucket, Key=version["Key"], VersionId=version["VersionId"])
    world.make("destroy", "-auto-approve", "-no-color")
    return world.things()


def one(things: list[Thing], kind: str) -> str:
    """Return the name of the one thing of a kind."""
    [name] = [thing.name for thing in things if thing.kind == kind]
    return name


def test_the_release_has_one_of_everything(released: list[Thing]) -> None:
    """Else what follows would say little."""
    assert Counter(thing.kind for thing in released).keys() >= {
        *("bucket", "repository", "log group", "role", "function", "state machine", "pipeline", "rule", "topic"),
        *("subscription", "queue", "alarm", "dashboard", "key", "alias"),
    }


def test_the_state_is_encrypted_and_was_locked(world: World, released: list[Thing]) -> None:
    s3 = world.aws.client("s3")
    state = s3.head_object(Bucket=STATE_BUCKET, Key=STATE_KEY)
    (key,) = (thing.name for thing in world.before if thing.kind == "key")
    assert (state["ServerSideEncryption"], state["SSEKMSKeyId"].rpartition("/")[2]) == ("aws:kms", key)

    lock = s3.list_object_versions(Bucket=STATE_BUCKET, Prefix=f"{STATE_KEY}.tflock")
    # Made and removed at least once; nothing holds it now.
    assert lock["Versions"]
    assert [marker["IsLatest"] for marker in lock["DeleteMarkers"]].count(True) == 1


def test_the_upgrade_deletes_and_replaces_nothing_that_matters(upgrade: dict[str, Any]) -> None:
    lost = {
        difference.address: difference.actions
        for difference in read_differences(upgrade)
        if "delete" in difference.actions
    }
    kinds = {change["address"]: change["type"] for change in upgrade["resource_changes"]}
    assert {address for address in lost if kinds[address] not in SETTINGS} == RENAMED


def test_the_upgrade_reaches_the_functions(upgrade: dict[str, Any]) -> None:
    """That there was something to do."""
    updated = [difference.address for difference in read_differences(upgrade) if difference.actions == ("update",)]
    assert 'module.function["trigger"].aws_lambda_function.this' in updated


def test_everything_is_still_what_it_was(world: World, released: list[Thing], upgraded: list[Thing]) -> None:
    assert {(thing.kind, thing.name) for thing in released if thing not in upgraded} == GONE


def test_the_definition_names_versions_that_exist(world: World, upgraded: list[Thing]) -> None:
    """An execution keeps its definition; with the versions in it, an upgrade does not change its functions."""
    [machine] = world.aws.client("stepfunctions").list_state_machines()["stateMachines"]
    definition = world.aws.client("stepfunctions").describe_state_machine(stateMachineArn=machine["stateMachineArn"])
    states = json.loads(definition["definition"])["States"].values()
    functions = [state["Parameters"]["FunctionName"] for state in states if state["Type"] == "Task"]
    assert len(functions) > 10
    for function in functions:
        name, version = function.split(":")[6:]
        found = world.aws.client("lambda").get_function(FunctionName=name, Qualifier=version)["Configuration"]
        assert found["Version"] == version
        assert version.isdecimal()


def test_nothing_is_left_to_do(world: World, upgraded: list[Thing]) -> None:
    assert set(read_differences(world.plan())) <= NOT_TOLD


def test_a_destroy_that_fails_has_said_why_and_leaves_the_key(
    world: World, interrupted: subprocess.CompletedProcess[str], released: list[Thing]
) -> None:
    """The objects can still be read: the bucket is destroyed before its key."""
    assert interrupted.returncode != 0
    assert f"the bucket {one(released, 'bucket')}, which must be empty by then" in interrupted.stdout
    assert "BucketNotEmpty" in interrupted.stderr
    key = world.aws.client("kms").describe_key(KeyId=one(released, "key"))["KeyMetadata"]
    assert key["KeyState"] == "Enabled"


def test_a_second_destroy_leaves_what_was_kept(world: World, released: list[Thing], destroyed: list[Thing]) -> None:
    assert destroyed == [thing for thing in released if thing.kind == "repository"]
    assert world.state()["resources"] == []


def test_the_key_can_still_be_called_back(world: World, released: list[Thing], destroyed: list[Thing]) -> None:
    key = world.aws.client("kms").describe_key(KeyId=one(released, "key"))["KeyMetadata"]
    assert key["KeyState"] == "PendingDeletion"
