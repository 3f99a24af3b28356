"""Generates ``lambda_src/changegate/safety/identity.json`` from the resource schemas in cfn-lint.

``python -m dev.generate.identity_table`` writes the table; ``--check`` exits 1 when it is not current.

A type with several schemas (they differ by region) gets the attributes that all of them have. Custom resources are
omitted: their provider chooses the identifier.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cfnlint

from dev import console
from dev.checkout import ROOT
from dev.console import CommandError

if TYPE_CHECKING:
    from collections.abc import Sequence

TABLE = ROOT / "lambda_src" / "changegate" / "safety" / "identity.json"
SCHEMAS = Path(cfnlint.__file__).parent / "data" / "schemas" / "resources"
CUSTOM_RESOURCE = "AWS::CloudFormation::CustomResource"


def identity(schema: dict[str, Any]) -> set[str]:
    """Return the attributes of one schema that never change while a resource of it lives.

    These are the parts of its ``primaryIdentifier`` that are read-only or create-only. An update could change any other
    part; the schema contract forbids those, but a few types have one.
    """
    fixed = {*schema.get("readOnlyProperties", []), *schema.get("createOnlyProperties", [])}
    return {_attribute(pointer) for pointer in schema.get("primaryIdentifier", []) if pointer in fixed}


def table(schemas: Path = SCHEMAS) -> dict[str, list[str]]:
    """Return the attributes of each resource type, both sorted."""
    found: dict[str, set[str]] = {}
    for file in sorted(schemas.glob("*.json")):
        schema = json.loads(file.read_text("utf-8"))
        name, attributes = schema["typeName"], identity(schema)
        found[name] = found[name] & attributes if name in found else attributes
    found.pop(CUSTOM_RESOURCE, None)
    return {name: sorted(attributes) for name, attributes in sorted(found.items()) if attributes}


def text(content: dict[str, list[str]]) -> str:
    """Return the table as JSON with one type a line, so that a diff is readable."""
    lines = ",\n".join(f"{json.dumps(name)}:{json.dumps(attributes)}" for name, attributes in content.items())
    return f"{{\n{lines}\n}}\n"


def main(arguments: Sequence[str]) -> int:
    """Write or check the table; return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="exit 1 when the table is not current")
    current = text(table())
    if parser.parse_args(arguments).check:
        if TABLE.read_text("utf-8") == current:
            return 0
        raise CommandError(f"{TABLE.name} is not current: run make identity-table.")
    TABLE.write_text(current, "utf-8")
    return 0


def _attribute(pointer: str) -> str:
    """Return a JSON pointer of a schema (``/properties/A/B``) in the notation of Fn::GetAtt (``A.B``)."""
    return pointer.removeprefix("/properties/").replace("/", ".")


if __name__ == "__main__":
    console.main(main)
