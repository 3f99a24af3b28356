"""The environment that the tests are to run in, by its variables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# What Terraform is asked about the variables.
_ASKED = {
    "name": "var.name",
    "region": "var.region",
    "account_id": "var.account_id",
    "force_destroy": "var.force_destroy",
    "repository": "try(coalesce(var.pipeline_source.codecommit.repository_name, var.name), null)",
    "makes_repository": "try(var.pipeline_source.codecommit.create_repository, false)",
    "branch": "try(var.pipeline_source.codecommit.branch_name, null)",
    "stacks": '[for d in var.deployments : "${d.environment_name}-${d.stack_name}"]',
    "templates": "[for d in var.deployments : d.template_path]",
    "here": "alltrue([for d in var.deployments : d.target.role_arn == null && d.target.region == null])",
    "plain": 'alltrue([for d in var.deployments : d.approval == null && d.on_unsafe_update == "reject"])',
}
EXPRESSION = f"{{ {', '.join(f'{name} = {value}' for name, value in _ASKED.items())} }}"


@dataclass(frozen=True)
class Subject:
    """The environment that the tests are to run in.

    :ivar account_id: of the account; None where the variables do not say it.
    :ivar repository: name of its CodeCommit repository; None where revisions come from elsewhere.
    :ivar makes_repository: whether the repository is made for it.
    :ivar stacks: full names of the stacks that it deploys.
    :ivar templates: where each deployment finds its template in the repository.
    :ivar here: whether all stacks are in its own account and region.
    :ivar plain: whether nobody has to approve, and nothing is deployed beside a stack.
    """

    name: str
    region: str
    account_id: str | None
    force_destroy: bool
    repository: str | None
    makes_repository: bool
    branch: str | None
    stacks: tuple[str, ...]
    templates: tuple[str, ...]
    here: bool
    plain: bool

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Subject:
        """Return what :data:`EXPRESSION` came to."""
        return cls(**{**told, "stacks": tuple(told["stacks"]), "templates": tuple(told["templates"])})

    @property
    def bucket(self) -> str:
        """The name of its bucket, as main.tf makes it."""
        return f"{self.name}-{self.account_id}-{self.region}"

    def objections(self, template: str) -> Iterator[str]:
        """Yield what keeps the tests from running in it, as sentences.

        :param template: where the sample application has its template.
        """
        if self.account_id is None:
            yield "account_id must say which account it is."
        if not self.force_destroy:
            yield "force_destroy must be true: the bucket is full when it is destroyed."
        if self.repository is None or not self.makes_repository or self.branch != "main":
            yield "pipeline_source must be a CodeCommit repository that is made for it, with the branch main."
        if self.templates != (template,):
            yield f"There must be one deployment, whose template_path is {template}."
        if not self.here:
            yield "The deployment must have no target: the stack is in the pipeline's account and region."
        if not self.plain:
            yield "The deployment must have no approval, and on_unsafe_update must be reject."
