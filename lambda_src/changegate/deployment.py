"""What a deployment is told: ``taskParams``, checked once and typed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from changegate.errors import MisconfiguredError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mypy_boto3_cloudformation.literals import CapabilityType

type Json = bool | int | float | str | list[Json] | dict[str, Json] | None

# CreateStack, API reference: StackName must start with a letter, letters, digits and hyphens, 128 characters at most.
_STACK_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,127}")
# CreateStack, API reference, Capabilities.
_CAPABILITIES = frozenset({"CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"})


@dataclass(frozen=True, slots=True)
class Deployment:
    """The input of one deployment.

    ``stack_name`` is the short name, as given; the stack itself is :attr:`full_stack_name`.
    """

    environment_name: str
    stack_name: str
    template_path: str
    revision_bucket: str
    revision_key: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    capabilities: Sequence[CapabilityType] = ()

    @property
    def full_stack_name(self) -> str:
        """The stack's name: ``<environmentName>-<stackName>``."""
        return f"{self.environment_name}-{self.stack_name}"

    @classmethod
    def parse(cls, params: Mapping[str, Json]) -> Deployment:
        """Read ``taskParams``.

        :raises MisconfiguredError: when a field is missing or not of its kind; the text names the field.
        """
        deployment = cls(
            environment_name=_text(params, "environmentName"),
            stack_name=_text(params, "stackName"),
            template_path=_text(params, "templatePath"),
            revision_bucket=_text(params, "revisionS3Bucket"),
            revision_key=_text(params, "revisionS3Key"),
            parameters=_text_map(params, "parameters"),
            tags=_text_map(params, "tags"),
            capabilities=_capabilities(params),
        )
        if not _STACK_NAME.fullmatch(deployment.full_stack_name):
            raise MisconfiguredError(
                f"The stack would be named {deployment.full_stack_name!r} (environmentName-stackName): a stack's name "
                "starts with a letter and has letters, digits and hyphens, 128 at most."
            )
        return deployment


def _text(params: Mapping[str, Json], name: str) -> str:
    value = params.get(name)
    if isinstance(value, str) and value:
        return value
    raise MisconfiguredError(f"The state machine's input needs {name!r}, a text that is not empty.")


def _text_map(params: Mapping[str, Json], name: str) -> dict[str, str]:
    value = params.get(name, {})
    if isinstance(value, dict) and all(isinstance(item, str) for item in value.values()):
        return {key: str(item) for key, item in value.items()}
    raise MisconfiguredError(f"{name!r} in the state machine's input must be an object of texts.")


def _capabilities(params: Mapping[str, Json]) -> tuple[CapabilityType, ...]:
    value = params.get("capabilities", [])
    if isinstance(value, list) and all(isinstance(item, str) and item in _CAPABILITIES for item in value):
        return tuple(cast("CapabilityType", item) for item in value)
    raise MisconfiguredError(
        f"'capabilities' in the state machine's input must be a list of {', '.join(sorted(_CAPABILITIES))}."
    )
