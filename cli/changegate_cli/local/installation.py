"""Changegate as Terraform has installed it into an AWS, and pushes to its repository."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from changegate_cli.local.repository import Repository
from changegate_cli.local.terraform import LocalTerraform
from changegate_cli.watch.result import PushResult, result_of
from changegate_cli.watch.watcher import Watcher

if TYPE_CHECKING:
    from pathlib import Path

    from changegate_cli.local.checkout import Checkout
    from changegate_cli.local.instance import LocalAws
    from changegate_cli.local.provisioned import ProvisionedAws
    from changegate_cli.terraform import Progress
    from changegate_cli.watch.display import Display

# The template of the sample's deployment, in the repository.
TEMPLATE = "infra/template.yaml"


@dataclass(frozen=True)
class Installation[Aws: ProvisionedAws = LocalAws]:
    """An AWS to which the project's Terraform has been applied.

    :ivar aws: the AWS.
    :ivar outputs: Terraform's outputs.
    """

    aws: Aws
    outputs: dict[str, Any]

    @property
    def pipeline(self) -> dict[str, Any]:
        """The first pipeline, as the output ``pipelines`` has it."""
        pipelines: dict[str, dict[str, Any]] = self.outputs["pipelines"]
        return pipelines[min(pipelines)]

    @property
    def repository(self) -> Repository:
        """The clone that pushes are made from."""
        remote = self.aws.remote(self.pipeline)
        return Repository(self.aws.home / "repository", remote.url, environment=remote.environment)

    @property
    def watcher(self) -> Watcher:
        """Follows executions of the pipeline."""
        return Watcher(self.aws, self.pipeline["name"], self.outputs["state_machine_arn"])

    @property
    def stage(self) -> str:
        """The stage of the first deployment."""
        name: str = self.pipeline["deployments"][0]["stage"]
        return name

    @property
    def stack_name(self) -> str:
        """The stack of the first deployment."""
        name: str = self.pipeline["deployments"][0]["stack_name"]
        return name

    def push(self, display: Display, content: Path, message: str, template: Path | None = None) -> PushResult:
        """Push and follow the commit to the end of the pipeline.

        :param display: where to show it.
        :param content: folder with the files of the commit.
        :param message: of the commit.
        :param template: file that replaces the template in ``content``.
        :raises CommandError: when git fails, or the pipeline does not pick the commit up or end in time.
        """
        repository = self.repository
        repository.open()
        repository.replace_content(content)
        if template is not None:
            (repository.folder / TEMPLATE).write_bytes(template.read_bytes())
        watcher = self.watcher
        known = watcher.known_executions()
        commit_id = repository.push(message)
        display.say(f"pushed {commit_id[:7]} “{message}”")
        return result_of(display.follow(watcher.follow_commit(commit_id, known)))


def apply(checkout: Checkout, aws: LocalAws, display: Display) -> Installation:
    """Apply the project's Terraform to ``aws``.

    :raises LocalRunError: with Terraform's own words.
    """
    terraform = LocalTerraform(checkout, aws.home / "terraform", aws.endpoint_url)
    with display.step("Applying Terraform") as update:

        def progress(progress: Progress) -> None:
            if progress.total:
                update(f"{progress.done} of {progress.total} resources")

        terraform.prepare()
        terraform.init()
        terraform.apply(progress)
    return Installation(aws, terraform.outputs())
