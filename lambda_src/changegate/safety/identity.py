"""Which attributes of a resource type are its identity, and so keep their values until the resource is replaced.

``python -m dev.generate.identity_table`` generates ``identity.json`` from the resource schemas that cfn-lint ships. It
lists an attribute if the type's schema has it in ``primaryIdentifier`` and declares it read-only or create-only: the
identifier of a resource never changes (CloudFormation CLI User Guide, "Resource type schema", primaryIdentifier,
readOnlyProperties, createOnlyProperties).
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path


def is_identity(resource_type: str, attribute: str) -> bool:
    """Return whether ``Fn::GetAtt`` of the attribute keeps its value until the resource is replaced."""
    return attribute in _table().get(resource_type, ())


@cache
def _table() -> dict[str, list[str]]:
    # Read on first use: most change sets have no conditional replacement.
    table: dict[str, list[str]] = json.loads(Path(__file__).with_name("identity.json").read_text("utf-8"))
    return table
