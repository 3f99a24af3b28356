"""One local AWS for all end-to-end tests, brought up and taken down by the commands themselves.

With ``--account`` it is an account instead, to which everything has been applied already (dev/account_test), and
only tests marked ``on_account`` are to be run: what they do and check is the same in both places.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import pytest

from changegate_cli.local import registry
from changegate_cli.local.account import AwsAccount
from changegate_cli.local.checkout import Checkout
from changegate_cli.local.commands import DEFAULT
from changegate_cli.local.demo import PUSHES, make_push
from changegate_cli.local.display import open_display
from changegate_cli.local.environment import isolate, isolated
from changegate_cli.local.run import TEMPLATE, Run, terraform_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from changegate_cli.local.outcome import Result
    from changegate_cli.local.place import Place
    from changegate_cli.local.terraform import Terraform

# Taken from the checkout as it is. `examples` is copied: tests change it. `.local` is the tests' own.
LINKED = (".tools", ".venvs", "build", "modules", "asl", "environments", ".terraform.lock.hcl")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the tests be told of an account; only ``make e2e`` does."""
    parser.addoption("--account", type=Path, help="file that says where on an account everything is applied")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of this folder, and run those last that take the shared instance apart."""
    here = [item for item in items if item.path.is_relative_to(__file__.rpartition(os.sep)[0])]
    for item in here:
        item.add_marker(pytest.mark.e2e)
        item.add_marker(pytest.mark.local_aws)
        item.add_marker(pytest.mark.terraform)
    items.sort(key=lambda item: item in here and item.path.name == "test_teardown.py")


def make_checkout(root: Path) -> Checkout:
    """Make a checkout in ``root`` that is this one, but with instances and examples of its own."""
    original = Checkout.of_this_package()
    original.require_built()
    for name in LINKED:
        (root / name).symlink_to(original.root / name)
    for file in original.root.glob("*.tf"):
        (root / file.name).symlink_to(file)
    shutil.copytree(original.root / "examples", root / "examples")
    return Checkout(root)


@pytest.fixture(scope="session")
def account(request: pytest.FixtureRequest) -> dict[str, Any] | None:
    """What is said of the account that the tests run on; None where they run on this machine."""
    file: Path | None = request.config.getoption("--account")
    if file is None:
        return None
    said: dict[str, Any] = json.loads(file.read_text())
    return said


@pytest.fixture(scope="session")
def checkout(account: dict[str, Any] | None, tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """The checkout that the tests run; they may change its examples."""
    if account is None:
        isolate()
    return make_checkout(tmp_path_factory.mktemp("checkout"))


@dataclass(frozen=True)
class Commands:
    """The command ``changegate-local``, for one checkout."""

    checkout: Checkout

    def line(self, command: str) -> list[str]:
        """Return what to start."""
        executable = Checkout.of_this_package().root / ".venv" / "bin" / "changegate-local"
        return [str(executable), "--checkout", str(self.checkout.root), command]

    def run(self, command: str) -> subprocess.CompletedProcess[str]:
        """Run one command to its end."""
        return subprocess.run(
            self.line(command), env=isolated(os.environ), capture_output=True, text=True, check=False, timeout=900
        )


@pytest.fixture(scope="session")
def commands(checkout: Checkout) -> Commands:
    """The command line, as a person has it."""
    return Commands(checkout)


@pytest.fixture(scope="session")
def up(checkout: Checkout, commands: Commands) -> Iterator[subprocess.CompletedProcess[str]]:
    """Bring the shared instance up, which makes the first push; what the command said."""
    answer = commands.run("up")
    assert answer.returncode == 0, f"{answer.stdout}\n{answer.stderr}"
    yield answer
    found = registry.running(checkout.instances / DEFAULT)
    if found is not None:
        found[0].stop()


@pytest.fixture(scope="session")
def local_run(checkout: Checkout, up: object) -> Run:
    """The shared instance with everything applied and the stack created."""
    found = registry.running(checkout.instances / DEFAULT)
    assert found is not None
    aws, record = found
    assert record.outputs is not None
    return Run(aws, record.outputs)


class Copy(io.StringIO):
    """Keeps what it passes on."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__()
        self._stream = stream

    def write(self, text: str) -> int:
        self._stream.write(text)
        self._stream.flush()
        return super().write(text)


@dataclass(frozen=True)
class Begun:
    """Where everything is applied and the first push is made; what was shown of that."""

    run: Run[Place]
    shown: str


@pytest.fixture(scope="session")
def begun(
    account: dict[str, Any] | None,
    checkout: Checkout,
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
) -> Begun:
    """The account after the first push; on this machine the shared instance, to which ``up`` has made it."""
    if account is None:
        local: Run[Place] = request.getfixturevalue("local_run")
        return Begun(local, request.getfixturevalue("up").stdout)
    run: Run[Place] = Run(AwsAccount(tmp_path_factory.mktemp("account"), account["region"]), account["outputs"])
    time.sleep(run.aws.pace.settle_seconds)
    run.watch.await_rest()
    shown = Copy(sys.stdout)
    report = make_push(run, checkout, open_display(shown), PUSHES[0])
    assert report.problems == ()
    return Begun(run, shown.getvalue())


@pytest.fixture(scope="session")
def run(begun: Begun) -> Run[Place]:
    """Where everything is applied and the stack created."""
    return begun.run


@pytest.fixture(scope="session")
def terraform(checkout: Checkout, local_run: Run) -> Terraform:
    """The Terraform of the shared instance."""
    return terraform_of(checkout, local_run.aws)


@dataclass(frozen=True)
class Pusher:
    """Makes pushes from a folder of its own."""

    run: Run[Place]
    content: Path

    @property
    def template(self) -> Path:
        """The template in the folder."""
        return self.content / TEMPLATE

    def push(self, message: str) -> Result:
        """Push the folder and follow it to its end."""
        # A word that makes it a commit, whatever was pushed before.
        (self.content / "CHANGES").write_text(message)
        return self.run.push(open_display(), self.content, message)

    def pipeline_message(self) -> str:
        """Return what the pipeline says of the failed action."""
        state = self.run.aws.client("codepipeline").get_pipeline_state(name=self.run.outputs["pipeline_name"])
        stages = {stage["stageName"]: stage for stage in state["stageStates"]}
        (action,) = stages[self.run.stage]["actionStates"]
        assert action["latestExecution"]["status"] == "Failed"
        message: str = action["latestExecution"]["errorDetails"]["message"]
        return message


@pytest.fixture
def pusher(run: Run[Place], checkout: Checkout, tmp_path: Path) -> Pusher:
    """Pushes, starting from the template that is deployed."""
    content = tmp_path / "content"
    shutil.copytree(checkout.sample_app, content)
    template = run.aws.client("cloudformation").get_template(StackName=run.stack_name, TemplateStage="Original")
    (content / TEMPLATE).write_text(str(template["TemplateBody"]))
    return Pusher(run, content)
