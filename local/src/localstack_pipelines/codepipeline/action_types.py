"""Available action types, and the rules of each for an action declaration.

Source: User Guide, "Action structure reference" (CodeCommit, AWS Lambda) and "Valid action providers and artifacts".
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ActionType:
    """An action type.

    ``inputs`` and ``outputs`` are the minimum and maximum numbers of artifacts. ``configuration`` has all keys,
    ``required`` the required keys, ``choices`` the allowed values of a key.
    """

    category: str
    provider: str
    inputs: tuple[int, int]
    outputs: tuple[int, int]
    configuration: frozenset[str]
    required: frozenset[str] = frozenset()
    choices: tuple[tuple[str, tuple[str, ...]], ...] = ()
    owner: str = "AWS"
    version: str = "1"

    @property
    def key(self) -> tuple[str, str, str, str]:
        """Category, owner, provider and version, as in ``actionTypeId``."""
        return (self.category, self.owner, self.provider, self.version)


CODECOMMIT = ActionType(
    category="Source",
    provider="CodeCommit",
    inputs=(0, 0),
    outputs=(1, 1),
    configuration=frozenset({"RepositoryName", "BranchName", "PollForSourceChanges", "OutputArtifactFormat"}),
    required=frozenset({"RepositoryName", "BranchName"}),
    # CODEBUILD_CLONE_REF passes a reference that only CodeBuild can use, and CodeBuild is not available here.
    choices=(("PollForSourceChanges", ("true", "false")), ("OutputArtifactFormat", ("CODE_ZIP",))),
)
LAMBDA = ActionType(
    category="Invoke",
    provider="Lambda",
    inputs=(0, 5),
    outputs=(0, 5),
    configuration=frozenset({"FunctionName", "UserParameters"}),
    required=frozenset({"FunctionName"}),
)
MANUAL_APPROVAL = ActionType(
    category="Approval",
    provider="Manual",
    inputs=(0, 0),
    outputs=(0, 0),
    configuration=frozenset({"CustomData", "ExternalEntityLink", "NotificationArn"}),
)

ACTION_TYPES = {kind.key: kind for kind in (CODECOMMIT, LAMBDA, MANUAL_APPROVAL)}
