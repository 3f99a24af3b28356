"""The template configuration file of a revision, in the format that CodePipeline's own CloudFormation action takes.

``{"Parameters": {name: text}, "Tags": {key: text}, "StackPolicy": {...}}``, each of them optional (CloudFormation User
Guide, "CloudFormation artifacts", template configuration file). Pure.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from changegate.errors import MisconfiguredError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from changegate.json_types import Json

MAX_STACK_POLICY_BYTES: Final = 16_384
"""CreateStack and SetStackPolicy, API reference, StackPolicyBody."""


@dataclass(frozen=True, slots=True)
class TemplateConfiguration:
    """What the file says; empty where a deployment has none."""

    parameters: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    stack_policy: str | None = None
    """The stack policy's document, as JSON."""

    @classmethod
    def parse(cls, content: bytes, path: str) -> TemplateConfiguration:
        """Read the file.

        :param path: what it is called in messages.
        :raises MisconfiguredError: when it is not of the format.
        """
        try:
            document = json.loads(content)
        except ValueError as error:
            raise MisconfiguredError(f"The template configuration {path!r} is not JSON: {error}.") from error
        if not isinstance(document, dict) or not document.keys() <= {"Parameters", "Tags", "StackPolicy"}:
            raise MisconfiguredError(
                f"The template configuration {path!r} must be a JSON object of Parameters, Tags and StackPolicy and "
                "nothing else."
            )
        return cls(_texts(document, "Parameters", path), _texts(document, "Tags", path), _policy(document, path))


def _texts(document: dict[str, Json], name: str, path: str) -> dict[str, str]:
    value = document.get(name, {})
    if isinstance(value, dict) and all(isinstance(item, str) for item in value.values()):
        return {key: str(item) for key, item in value.items()}
    raise MisconfiguredError(f"{name} of the template configuration {path!r} must be an object of texts.")


def _policy(document: dict[str, Json], path: str) -> str | None:
    value = document.get("StackPolicy")
    if value is None:
        return None
    body = json.dumps(value)
    if isinstance(value, dict) and len(body.encode()) <= MAX_STACK_POLICY_BYTES:
        return body
    raise MisconfiguredError(
        f"StackPolicy of the template configuration {path!r} must be an object of {MAX_STACK_POLICY_BYTES:,} bytes "
        "at most."
    )
