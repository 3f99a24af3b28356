"""The life of an environment: the last release is applied, upgraded to this checkout, and destroyed.

The tests run in order, each on the result of the previous one. Everything goes through ``make``, as for a user, and the
state is in S3.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import tarfile
import zipfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from changegate_cli.local.checkout import Checkout
from changegate_cli.local.terraform import Difference, read_differences
from dev.generate.release_archive import RELEASES, releases
from tests.support.inventory import Thing, inventory
from tests.support.local_aws import environment_for, start_local_aws

if TYPE_CHECKING:
    from collections.abc import Iterator

    from changegate_cli.local.instance import LocalAws

ROOT = Path(__file__).resolve().parents[3]
LATEST = releases((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))[0]

ENVIRONMENT = "upgrade"
STATE_BUCKET = "upgrade-terraform-state"
STATE_KEY = "changegate/upgrade.tfstate"

# An environment for work. Other variables have their defaults.
VARIABLES = """
region = "eu-west-1"
name   = "upgrade"
tags   = { Team = "delivery" }

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
force_destroy     = true
"""

# These may be replaced: they are settings of a resource that stays, and hold nothing.
SETTINGS = {
    "aws_cloudwatch_event_target",
    "aws_iam_role_policy",
    "aws_iam_role_policy_attachment",
    "aws_lambda_function_event_invoke_config",
}

# LocalStack does not return a state machine's tracing (tests/e2e/test_plan.py).
NOT_TOLD = Difference(
    "module.state_machine.aws_sfn_state_machine.this", ("update",), frozenset({"tracing_configuration"})
)

pytestmark = [pytest.mark.local_aws, pytest.mark.terraform]


@dataclass
class World:
    """A checkout with one environment, on its own local AWS."""

    aws: LocalAws
    checkout: Path
    before: list[Thing] = field(default_factory=list)

    def make(self, action: str, *arguments: str) -> None:
        """Run a target for the environment, which must succeed."""
        # The targets need nothing more: the tools are those of the tested checkout.
        command = ["make", "-o", "ready", "-o", "build", action, f"ENV={ENVIRONMENT}", f"ARGS={' '.join(arguments)}"]
        done = self._run(command, self.checkout)
        assert done.returncode == 0, done.stdout + done.stderr

    def plan(self) -> dict[str, Any]:
        """Return what an apply would do, as ``terraform show -json`` has it."""
        file = self.checkout / "upgrade.tfplan"
        self.make("plan", "-no-color", f"-out={file}")
        folder = self.checkout / f".state/{ENVIRONMENT}.s3"
        terraform = str(self.checkout / ".tools/bin/terraform")
        done = self._run([terraform, "show", "-json", str(file)], folder, TF_DATA_DIR=f"{folder}.terraform")
        assert done.returncode == 0, done.stderr
        plan: dict[str, Any] = json.loads(done.stdout)
        return plan

    def take(self, source: Path) -> None:
        """Replace the configuration with the one in the folder ``source``."""
        for path in self.checkout.glob("*.tf"):
            path.unlink()
        for path in source.glob("*.tf"):
            shutil.copy(path, self.checkout)
        shutil.copy(source / ".terraform.lock.hcl", self.checkout)
        for name in ("modules", "asl"):
            shutil.rmtree(self.checkout / name, ignore_errors=True)
            shutil.copytree(source / name, self.checkout / name)

    def state(self) -> dict[str, Any]:
        """Return the state."""
        state: dict[str, Any] = json.load(self.aws.client("s3").get_object(Bucket=STATE_BUCKET, Key=STATE_KEY)["Body"])
        return state

    def things(self) -> list[Thing]:
        """Return everything that exists, without the bucket and the key of the state."""
        return [thing for thing in inventory(self.aws) if thing not in self.before]

    def _run(self, command: list[str], folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=folder,
            env={**environment_for(self.aws), **variables},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=900,
        )


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Return a checkout in which nothing is provisioned, and an account with a bucket for the state only."""
    original = Checkout.of_this_package()
    original.require_built()
    checkout = tmp_path_factory.mktemp("checkout")
    for name in ("Makefile", ".tools"):
        (checkout / name).symlink_to(original.root / name)
    # Its modules find the checkout by their own place.
    shutil.copytree(original.root / "dev", checkout / "dev")
    (checkout / "environments").mkdir()
    (checkout / f"environments/{ENVIRONMENT}.tfvars").write_text(VARIABLES, encoding="utf-8")

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
    """Apply the last release. Return everything that then exists."""
    folder = tmp_path_factory.mktemp("release")
    with tarfile.open(RELEASES / f"{LATEST}.tar.gz") as archive:
        archive.extractall(folder, filter="data")
    world.take(folder)
    # Its functions do not run. What matters is that the upgrade changes them.
    (world.checkout / "build").mkdir()
    with zipfile.ZipFile(world.checkout / "build/changegate.zip", "w") as code:
        code.writestr("changegate/__init__.py", "")
    world.make("apply", "-auto-approve", "-no-color")
    return world.things()


@pytest.fixture(scope="module")
def upgrade(world: World, released: list[Thing]) -> dict[str, Any]:
    """Return the plan of the upgrade."""
    world.take(ROOT)
    (world.checkout / "build/changegate.zip").unlink()
    (world.checkout / "build/changegate.zip").symlink_to(Checkout.of_this_package().lambda_zip)
    return world.plan()


@pytest.fixture(scope="module")
def upgraded(world: World, upgrade: dict[str, Any]) -> list[Thing]:
    """Apply the upgrade. Return everything that then exists."""
    world.make("apply", "-auto-approve", "-no-color")
    return world.things()


@pytest.fixture(scope="module")
def destroyed(world: World, upgraded: list[Thing]) -> list[Thing]:
    """Destroy the environment. Return everything that then exists."""
    world.make("destroy", "-auto-approve", "-no-color")
    return world.things()


def test_the_release_has_one_of_everything(released: list[Thing]) -> None:
    """Otherwise the tests below would show little."""
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
    # Created and removed at least once; nothing holds it now.
    assert lock["Versions"]
    assert [marker["IsLatest"] for marker in lock["DeleteMarkers"]].count(True) == 1


def test_the_upgrade_deletes_and_replaces_nothing_that_matters(upgrade: dict[str, Any]) -> None:
    lost = {
        difference.address: difference.actions
        for difference in read_differences(upgrade)
        if "delete" in difference.actions
    }
    kinds = {change["address"]: change["type"] for change in upgrade["resource_changes"]}
    assert {address: actions for address, actions in lost.items() if kinds[address] not in SETTINGS} == {}


def test_the_upgrade_reaches_the_functions(upgrade: dict[str, Any]) -> None:
    """There is something to do."""
    updated = [difference.address for difference in read_differences(upgrade) if difference.actions == ("update",)]
    assert 'module.function["trigger"].aws_lambda_function.this' in updated


def test_everything_is_still_what_it_was(world: World, released: list[Thing], upgraded: list[Thing]) -> None:
    assert [thing for thing in released if thing not in upgraded] == []


def test_nothing_is_left_to_do(world: World, upgraded: list[Thing]) -> None:
    assert set(read_differences(world.plan())) <= {NOT_TOLD}


def test_destroy_leaves_nothing(world: World, destroyed: list[Thing]) -> None:
    assert destroyed == []
    assert world.state()["resources"] == []


def test_the_key_can_still_be_called_back(world: World, released: list[Thing], destroyed: list[Thing]) -> None:
    (key,) = (thing.name for thing in released if thing.kind == "key")
    assert world.aws.client("kms").describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "PendingDeletion"
