"""Which attributes of a resource type are its identity, and so stay while the resource is not replaced.

``identity.json`` is made by ``python -m dev.generate.identity_table`` from the resource schemas that cfn-lint ships. An
attribute is in it if the type's schema has it in ``primaryIdentifier`` and declares it read-only or create-only: the
identifier of an instance never changes during its life (CloudFormation CLI User Guide, "Resource type schema",
primaryIdentifier, readOnlyProperties, createOnlyProperties).
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path


def is_identity(resource_type: str, attribute: str) -> bool:
    """Tell whether ``Fn::GetAtt`` of the attribute keeps its value as long as the resource is not replaced."""
    return attribute in _table().get(resource_type, ())


@cache
def _table() -> dict[str, list[str]]:
    # Read when it is first asked for: most change sets have no conditional replacement.
    table: dict[str, list[str]] = json.loads(Path(__file__).with_name("identity.json").read_text("utf-8"))
    return table
