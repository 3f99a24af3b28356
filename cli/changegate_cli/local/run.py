"""An AWS with everything applied to it, and pushes to its repository."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from changegate_cli.local.outcome import Result, result_of
from changegate_cli.local.repository import Repository
from changegate_cli.local.terraform import Progress, Terraform
from changegate_cli.local.watch import Watch

if TYPE_CHECKING:
    from pathlib import Path

    from changegate_cli.local.checkout import Checkout
    from changegate_cli.local.display import Display
    from changegate_cli.local.instance import LocalAws
    from changegate_cli.local.place import Place

# Where the sample's deployment finds its template, in the repository.
TEMPLATE = "infra/template.yaml"

# What LocalStack and its plug-ins are told beyond where to listen and to write.
SETTINGS = {
    # CodePipeline asks an action that is not done yet again after half a minute; here a second will do.
    "LOCALSTACK_PIPELINES_CONTINUATION_SECONDS": "1",
    # Lambda tries an asynchronous invocation that has failed again after a minute, and after two more.
    "LAMBDA_RETRY_BASE_DELAY": "2",
    # Queue URLs of account and name alone: with a host of their own they would need a name server, and Terraform's
    # provider reads no others.
    "SQS_ENDPOINT_STRATEGY": "off",
}


@dataclass(frozen=True)
class Run[Aws: Place = LocalAws]:
    """An AWS to which the project's Terraform has been applied: a local one, unless something else is said.

    :ivar aws: where it is.
    :ivar outputs: Terraform's outputs.
    """

    aws: Aws
    outputs: dict[str, Any]

    @property
    def repository(self) -> Repository:
        """The clone that pushes are made from."""
        remote = self.aws.remote(self.outputs)
        return Repository(self.aws.home / "repository", remote.url, environment=remote.environment)

    @property
    def watch(self) -> Watch:
        """Follows executions."""
        return Watch(self.aws, self.outputs["pipeline_name"], self.outputs["state_machine_arn"])

    @property
    def stage(self) -> str:
        """The stage of the first deployment."""
        name: str = self.outputs["deployments"][0]["stage"]
        return name

    @property
    def stack_name(self) -> str:
        """The stack of the first deployment."""
        name: str = self.outputs["deployments"][0]["stack_name"]
        return name

    def push(self, display: Display, content: Path, message: str, template: Path | None = None) -> Result:
        """Push and follow the commit to the end of the pipeline.

        :param display: where it is shown.
        :param content: folder with the files of the commit.
        :param message: of the commit.
        :param template: file that takes the place of the template in ``content``.
        :raises LocalRunError: when git fails or the pipeline does not take the commit up.
        """
        repository = self.repository
        repository.open()
        repository.replace_content(content)
        if template is not None:
            (repository.folder / TEMPLATE).write_bytes(template.read_bytes())
        known = self.watch.known_executions()
        commit_id = repository.push(message)
        display.say(f"pushed {commit_id[:7]} “{message}”")
        return result_of(display.follow(self.watch.follow(commit_id, known)))


def terraform_of(checkout: Checkout, aws: LocalAws) -> Terraform:
    """Return the Terraform of an instance."""
    return Terraform(
        folder=aws.home / "terraform",
        executable=checkout.terraform.absolute(),
        config_file=checkout.terraform_config.absolute(),
        endpoint_url=aws.endpoint_url,
        variables=checkout.variables.absolute(),
        lambda_zip=checkout.lambda_zip.absolute(),
    )


def apply(checkout: Checkout, aws: LocalAws, display: Display) -> Run:
    """Apply the project's Terraform to ``aws``.

    :raises LocalRunError: with Terraform's own words.
    """
    terraform = terraform_of(checkout, aws)
    with display.step("Applying Terraform") as update:

        def progress(progress: Progress) -> None:
            if progress.total:
                update(f"{progress.done} of {progress.total} resources")

        terraform.prepare(checkout.root)
        terraform.init()
        terraform.apply(progress)
    return Run(aws, terraform.outputs())
