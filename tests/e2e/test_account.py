"""``make e2e`` from its beginning to its end, on an account that is a local AWS.

Only the process of the local AWS takes part: the AWS SDKs, Terraform and git find it as they would find AWS, by
credentials and by the endpoint in the environment. The tests that are marked ``on_account`` run in it.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from changegate_cli.local.checkout import Checkout
from changegate_cli.local.instance import ACCOUNT_ID
from tests.support.inventory import inventory
from tests.support.local_aws import environment_for, start_local_aws

if TYPE_CHECKING:
    from collections.abc import Iterator

    from changegate_cli.local.instance import LocalAws

TIMEOUT_SECONDS = 1200

COPIED = (
    *("Makefile", "pyproject.toml", ".terraform.lock.hcl"),
    *("asl", "dev", "environments", "examples", "modules", "tests"),
)
# What does not change, and what `make ready` and `make build` have made.
LINKED = (".tools", ".venv", ".venvs", "build", "cli", "lambda_src")

# Settings for a local AWS that lives for minutes; see environments/local.tfvars.
FAST = {
    "TF_VAR_expire_objects": "false",
    "TF_VAR_keep_lost_invocations": "false",
    "TF_VAR_waiting": json.dumps(
        {
            "minimum_seconds": 1,
            "maximum_seconds": 2,
            "busy_stack_seconds": 500,
            "change_set_seconds": 500,
            "stack_operation_seconds": 1300,
        }
    ),
}


@dataclass(frozen=True)
class Account:
    """A checkout with an environment in it, and the local AWS that is its account."""

    root: Path
    aws: LocalAws

    def make_e2e(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run ``make e2e`` as a person would; ``make ready`` and ``make build`` have been run."""
        command = [
            "make",
            "--no-print-directory",
            "-o",
            "tools",
            "-o",
            "ready",
            "-o",
            "build",
            "e2e",
            "ENV=e2e",
            *arguments,
        ]
        return subprocess.run(
            command,
            cwd=self.root,
            env={**environment_for(self.aws), **FAST},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=TIMEOUT_SECONDS,
        )


@pytest.fixture(scope="module")
def account_checkout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    """The checkout and the local AWS."""
    original = Checkout.of_this_package()
    root = tmp_path_factory.mktemp("account")
    for name in COPIED:
        source = original.root / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, root / name)
    for file in original.root.glob("*.tf"):
        shutil.copy(file, root)
    for name in LINKED:
        (root / name).symlink_to(original.root / name)
    example = (root / "environments" / "e2e.tfvars.example").read_text()
    (root / "environments" / "e2e.tfvars").write_text(example.replace("111122223333", ACCOUNT_ID))
    with start_local_aws(root / ".aws") as aws:
        yield Account(root, aws)


@pytest.fixture(scope="module")
def done(account_checkout: Account) -> subprocess.CompletedProcess[str]:
    """``make e2e`` to its end."""
    # Terraform waits for half a minute until a queue is what it was made, and then until its policy is.
    return account_checkout.make_e2e("CONFIRM=yes", "ARGS=-no-color -var=notifications=null")


def test_every_test_passes_on_the_account(
    done: subprocess.CompletedProcess[str], request: pytest.FixtureRequest
) -> None:
    assert done.returncode == 0, done.stdout + done.stderr
    expected = subprocess.run(
        [sys.executable, "-m", "pytest", str(Path(__file__).parent), "-m", "on_account", "--collect-only", "--quiet"],
        cwd=request.config.rootpath,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    names = re.findall(r"^tests/e2e/\S+::.*$", expected, re.MULTILINE)
    assert {name.partition("::")[0].rpartition("/")[2] for name in names} == {
        "test_by_hand.py",
        "test_misconfigured.py",
        "test_pushes.py",
    }
    assert re.search(rf"^=+ {len(names)} passed, \d+ deselected in .* =+$", done.stdout, re.MULTILINE), done.stdout


def test_it_cleans_up(account_checkout: Account, done: subprocess.CompletedProcess[str]) -> None:
    assert "The stack e2e-sample-app is deleted.\n" in done.stdout
    assert json.loads((account_checkout.root / ".state" / "e2e.tfstate").read_text())["resources"] == []
    # The local AWS lists deleted stacks; AWS does not.
    stacks = account_checkout.aws.client("cloudformation").describe_stacks()["Stacks"]
    assert {stack["StackStatus"] for stack in stacks} <= {"DELETE_COMPLETE"}
    assert inventory(account_checkout.aws) == []
