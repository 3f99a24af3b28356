"""One local AWS for all end-to-end tests, brought up and taken down by the commands themselves."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from changegate_local import registry
from changegate_local.checkout import Checkout
from changegate_local.commands import DEFAULT
from changegate_local.display import open_display
from changegate_local.environment import isolate, isolated
from changegate_local.run import TEMPLATE, Run, terraform_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from changegate_local.outcome import Result
    from changegate_local.terraform import Terraform

# Taken from the checkout as it is. `examples` is copied: tests change it. `.local` is the tests' own.
LINKED = (".tools", ".venvs", "build", "modules", "asl", "environments", ".terraform.lock.hcl")


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
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """The checkout that the tests run; they may change its examples."""
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
def run(checkout: Checkout, up: object) -> Run:
    """The shared instance with everything applied and the stack created."""
    found = registry.running(checkout.instances / DEFAULT)
    assert found is not None
    aws, record = found
    assert record.outputs is not None
    return Run(aws, record.outputs)


@pytest.fixture(scope="session")
def terraform(checkout: Checkout, run: Run) -> Terraform:
    """The Terraform of the shared instance."""
    return terraform_of(checkout, run.aws)


@dataclass(frozen=True)
class Pusher:
    """Makes pushes to the shared instance from a folder of its own."""

    run: Run
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
        (action,) = next(stage for stage in state["stageStates"] if stage["stageName"] == "Prod")["actionStates"]
        assert action["latestExecution"]["status"] == "Failed"
        message: str = action["latestExecution"]["errorDetails"]["message"]
        return message


@pytest.fixture
def pusher(run: Run, checkout: Checkout, tmp_path: Path) -> Pusher:
    """Pushes, starting from the template that is deployed."""
    content = tmp_path / "content"
    shutil.copytree(checkout.sample_app, content)
    template = run.aws.client("cloudformation").get_template(StackName=run.stack_name, TemplateStage="Original")
    (content / TEMPLATE).write_text(str(template["TemplateBody"]))
    return Pusher(run, content)
