"""One local AWS for all end-to-end tests, brought up and taken down by the commands themselves.

With ``--account`` it is an account instead, to which everything has been applied already (dev/account_test). Then only
tests marked ``on_account`` run; they do and check the same in both places.
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
from changegate_cli.local.environment import isolate, isolated
from changegate_cli.local.installation import TEMPLATE, Installation
from changegate_cli.local.instance import LocalAws, client_environment
from changegate_cli.local.terraform import LocalTerraform
from changegate_cli.watch.display import open_display

if TYPE_CHECKING:
    from collections.abc import Iterator

    from changegate_cli.local.provisioned import ProvisionedAws
    from changegate_cli.watch.result import PushResult


# Links to this checkout. `examples` is copied, because tests change it; `.local` is the tests' own.
LINKED = (".tools", ".venvs", "build", "modules", "asl", "environments", ".terraform.lock.hcl")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--account``, which only ``make e2e`` uses."""
    parser.addoption("--account", type=Path, help="file with the region and Terraform's outputs of an account")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of this folder, and run those last that end the shared instance."""
    here = [item for item in items if item.path.is_relative_to(__file__.rpartition(os.sep)[0])]
    for item in here:
        item.add_marker(pytest.mark.e2e)
        item.add_marker(pytest.mark.local_aws)
        item.add_marker(pytest.mark.terraform)
    items.sort(key=lambda item: item in here and item.path.name == "test_teardown.py")


def make_checkout(root: Path) -> Checkout:
    """Create a checkout in ``root`` that is this one, but with its own instances and examples."""
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
    """The account that the tests run on; None if they run on this machine."""
    file: Path | None = request.config.getoption("--account")
    if file is None:
        return None
    content: dict[str, Any] = json.loads(file.read_text())
    return content


@pytest.fixture(scope="session")
def checkout(account: dict[str, Any] | None, tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """The checkout of the tests; they may change its examples."""
    if account is None:
        isolate()
    return make_checkout(tmp_path_factory.mktemp("checkout"))


@dataclass(frozen=True)
class Commands:
    """The command ``changegate``, with ``changegate local`` for one checkout."""

    checkout: Checkout

    @property
    def executable(self) -> str:
        """The installed command."""
        return str(Checkout.of_this_package().root / ".venv" / "bin" / "changegate")

    def line(self, action: str) -> list[str]:
        """Return the command line of ``changegate local`` with ``action``."""
        return [self.executable, "local", action, "--checkout", str(self.checkout.root)]

    def run(self, action: str) -> subprocess.CompletedProcess[str]:
        """Run ``changegate local`` with ``action`` to its end."""
        return subprocess.run(
            self.line(action), env=isolated(os.environ), capture_output=True, text=True, check=False, timeout=900
        )

    def watch(self, run: Installation[ProvisionedAws], *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run ``changegate watch`` on the pipeline of ``run`` to its end."""
        environment = dict(os.environ)
        if isinstance(run.aws, LocalAws):
            environment = {**isolated(environment), **client_environment(run.aws.endpoint_url)}
        return subprocess.run(
            [self.executable, "watch", run.pipeline["name"], *arguments],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=900,
        )


@pytest.fixture(scope="session")
def commands(checkout: Checkout) -> Commands:
    """The command, as a user has it."""
    return Commands(checkout)


@pytest.fixture(scope="session")
def up(checkout: Checkout, commands: Commands) -> Iterator[subprocess.CompletedProcess[str]]:
    """Start the shared instance, which makes the first push; the output of the command."""
    answer = commands.run("up")
    assert answer.returncode == 0, f"{answer.stdout}\n{answer.stderr}"
    yield answer
    found = registry.running(checkout.instances / DEFAULT)
    if found is not None:
        found[0].stop()


@pytest.fixture(scope="session")
def local_run(checkout: Checkout, up: object) -> Installation:
    """The installation in the shared instance, with the stack created."""
    found = registry.running(checkout.instances / DEFAULT)
    assert found is not None
    aws, record = found
    assert record.outputs is not None
    return Installation(aws, record.outputs)


class Copy(io.StringIO):
    """Passes on what it gets, and keeps it."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__()
        self._stream = stream

    def write(self, text: str) -> int:
        self._stream.write(text)
        self._stream.flush()
        return super().write(text)


@dataclass(frozen=True)
class FirstPush:
    """An installation after the first push, and what the push displayed."""

    run: Installation[ProvisionedAws]
    shown: str


@pytest.fixture(scope="session")
def first_push(
    account: dict[str, Any] | None,
    checkout: Checkout,
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
) -> FirstPush:
    """The account after the first push; on this machine the shared instance, where ``up`` has made it."""
    if account is None:
        local: Installation[ProvisionedAws] = request.getfixturevalue("local_run")
        return FirstPush(local, request.getfixturevalue("up").stdout)
    run: Installation[ProvisionedAws] = Installation(
        AwsAccount(tmp_path_factory.mktemp("account"), account["region"]), account["outputs"]
    )
    time.sleep(run.aws.pace.settle_seconds)
    run.watcher.await_rest()
    shown = Copy(sys.stdout)
    report = make_push(run, checkout, open_display(shown), PUSHES[0])
    assert report.problems == ()
    return FirstPush(run, shown.getvalue())


@pytest.fixture(scope="session")
def run(first_push: FirstPush) -> Installation[ProvisionedAws]:
    """The installation, with the stack created."""
    return first_push.run


@pytest.fixture(scope="session")
def terraform(checkout: Checkout, local_run: Installation) -> LocalTerraform:
    """The Terraform of the shared instance."""
    return LocalTerraform(checkout, local_run.aws.home / "terraform", local_run.aws.endpoint_url)


@dataclass(frozen=True)
class Pusher:
    """Makes pushes from its own folder."""

    run: Installation[ProvisionedAws]
    content: Path

    @property
    def template(self) -> Path:
        """The template in the folder."""
        return self.content / TEMPLATE

    def push(self, message: str) -> PushResult:
        """Push the folder and follow it to its end."""
        # So that there is always something to commit.
        (self.content / "CHANGES").write_text(message)
        return self.run.push(open_display(), self.content, message)

    def pipeline_message(self) -> str:
        """Return the pipeline's message about the failed action."""
        state = self.run.aws.client("codepipeline").get_pipeline_state(name=self.run.pipeline["name"])
        stages = {stage["stageName"]: stage for stage in state["stageStates"]}
        (action,) = stages[self.run.stage]["actionStates"]
        assert action["latestExecution"]["status"] == "Failed"
        message: str = action["latestExecution"]["errorDetails"]["message"]
        return message


@pytest.fixture
def pusher(run: Installation[ProvisionedAws], checkout: Checkout, tmp_path: Path) -> Pusher:
    """Pushes that start from the deployed template."""
    content = tmp_path / "content"
    shutil.copytree(checkout.sample_app, content)
    template = run.aws.client("cloudformation").get_template(StackName=run.stack_name, TemplateStage="Original")
    (content / TEMPLATE).write_text(str(template["TemplateBody"]))
    return Pusher(run, content)
