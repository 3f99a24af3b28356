"""The environment that the tests run in, as its variables describe it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_STAGES = "flatten(values(var.pipelines)[*].stages)"
_DEPLOYMENTS = f"flatten({_STAGES}[*].deployments)"
# An error, if there are several.
_SOURCE = "one(values(var.pipelines)).source"

# Values to read from the variables, as Terraform expressions.
_EXPRESSIONS = {
    "name": "var.name",
    "region": "var.region",
    "account_id": "var.account_id",
    "force_destroy": "var.force_destroy",
    "pipeline": "try(one(keys(var.pipelines)), null)",
    "repository": (
        f'try(coalesce({_SOURCE}.codecommit.repository_name, "${{var.name}}-${{one(keys(var.pipelines))}}"), null)'
    ),
    "creates_repository": f"try({_SOURCE}.codecommit.create_repository, false)",
    "branch": f"try({_SOURCE}.codecommit.branch_name, null)",
    "stacks": f'[for d in {_DEPLOYMENTS} : "${{d.environment_name}}-${{d.stack_name}}"]',
    "templates": f"[for d in {_DEPLOYMENTS} : d.template_path]",
    "in_own_account": f"alltrue([for d in {_DEPLOYMENTS} : d.target.role_arn == null && d.target.region == null])",
    "rejects_unattended": (
        f"alltrue([for stage in {_STAGES} : stage.approval == null]) && "
        f'alltrue([for d in {_DEPLOYMENTS} : d.on_unsafe_update == "reject"])'
    ),
}
EXPRESSION = f"{{ {', '.join(f'{name} = {value}' for name, value in _EXPRESSIONS.items())} }}"


@dataclass(frozen=True)
class EnvironmentUnderTest:
    """The environment that the tests run in.

    :ivar account_id: of the account; None if the variables do not name it.
    :ivar pipeline: key of its pipeline; None if there are several.
    :ivar repository: name of its CodeCommit repository; None if revisions come from elsewhere,
        or there are several pipelines.
    :ivar creates_repository: whether it creates the repository.
    :ivar stacks: full names of the stacks that it deploys.
    :ivar templates: path of each deployment's template in the repository.
    :ivar in_own_account: whether all stacks are in its own account and region.
    :ivar rejects_unattended: whether no deployment waits for an approval, and unsafe updates are rejected.
    """

    name: str
    region: str
    account_id: str | None
    force_destroy: bool
    pipeline: str | None
    repository: str | None
    creates_repository: bool
    branch: str | None
    stacks: tuple[str, ...]
    templates: tuple[str, ...]
    in_own_account: bool
    rejects_unattended: bool

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> EnvironmentUnderTest:
        """Return the environment from the value of :data:`EXPRESSION`."""
        return cls(**{**values, "stacks": tuple(values["stacks"]), "templates": tuple(values["templates"])})

    @property
    def bucket(self) -> str:
        """The name of its bucket, as in main.tf."""
        return f"{self.name}-{self.account_id}-{self.region}"

    def objections(self, template: str) -> Iterator[str]:
        """Yield why the tests cannot run in it, as sentences.

        :param template: path of the template in the sample application.
        """
        if self.account_id is None:
            yield "account_id must name the account."
        if not self.force_destroy:
            yield "force_destroy must be true: the bucket has objects when it is destroyed."
        if self.repository is None or not self.creates_repository or self.branch != "main":
            yield "There must be one pipeline, from a CodeCommit repository that it creates, with the branch main."
        if self.templates != (template,):
            yield f"There must be one deployment, whose template_path is {template}."
        if not self.in_own_account:
            yield "The deployment must have no target: the stack is in the pipeline's account and region."
        if not self.rejects_unattended:
            yield "The deployment must have no approval, and on_unsafe_update must be reject."
