"""The template configuration file of a revision, in the format of CodePipeline's own CloudFormation action. Pure.

``{"Parameters": {name: string}, "Tags": {key: string}, "StackPolicy": {...}}``, all optional (CloudFormation User
Guide, "CloudFormation artifacts", template configuration file).
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from changegate.errors import MisconfiguredError
from changegate.json_types import read_object

if TYPE_CHECKING:
    from collections.abc import Mapping

    from changegate.json_types import Json

MAX_STACK_POLICY_BYTES: Final = 16_384
"""API reference, CreateStack and SetStackPolicy: StackPolicyBody."""


@dataclass(frozen=True, slots=True)
class TemplateConfiguration:
    """The content of the file; empty if a deployment has none."""

    parameters: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    stack_policy: str | None = None
    """The stack policy's document, as JSON."""

    @classmethod
    def parse(cls, content: bytes, path: str) -> TemplateConfiguration:
        """Read the file.

        :param path: its name in messages.
        :raises MisconfiguredError: when it does not have the format.
        """
        file = f"template configuration {path!r}"
        document = read_object(content, f"The {file}", MisconfiguredError)
        if not document.keys() <= {"Parameters", "Tags", "StackPolicy"}:
            raise MisconfiguredError(f"The {file} may have Parameters, Tags and StackPolicy, and nothing else.")
        return cls(_strings(document, "Parameters", file), _strings(document, "Tags", file), _policy(document, file))


def _strings(document: dict[str, Json], name: str, file: str) -> dict[str, str]:
    value = document.get(name, {})
    if isinstance(value, dict) and all(isinstance(item, str) for item in value.values()):
        return {key: str(item) for key, item in value.items()}
    raise MisconfiguredError(f"{name} in the {file} must be an object of strings.")


def _policy(document: dict[str, Json], file: str) -> str | None:
    value = document.get("StackPolicy")
    if value is None:
        return None
    body = json.dumps(value)
    if isinstance(value, dict) and len(body.encode()) <= MAX_STACK_POLICY_BYTES:
        return body
    raise MisconfiguredError(
        f"StackPolicy in the {file} must be an object of at most {MAX_STACK_POLICY_BYTES:,} bytes."
    )
