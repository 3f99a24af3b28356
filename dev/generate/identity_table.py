"""Makes ``lambda_src/changegate/safety/identity.json`` from the resource schemas that cfn-lint ships.

``python -m dev.generate.identity_table`` writes it; ``--check`` exits 1 when it is not current.

A type that has several schemas (they differ by region) gets the attributes that all of them have. Custom resources
are left out: their identifier is whatever their provider answers.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import cfnlint

TABLE = Path(__file__).parents[2] / "lambda_src" / "changegate" / "safety" / "identity.json"
SCHEMAS = Path(cfnlint.__file__).parent / "data" / "schemas" / "resources"
CUSTOM_RESOURCE = "AWS::CloudFormation::CustomResource"


def identity(schema: dict[str, Any]) -> set[str]:
    """Return the attributes of one schema that never change while a resource of it lives.

    They are its ``primaryIdentifier``, as far as it is declared read-only or create-only: an identifier that is
    neither (the schema contract forbids it, a few types have one) might be changed by an update.
    """
    fixed = {*schema.get("readOnlyProperties", []), *schema.get("createOnlyProperties", [])}
    return {_attribute(pointer) for pointer in schema.get("primaryIdentifier", []) if pointer in fixed}


def table(schemas: Path = SCHEMAS) -> dict[str, list[str]]:
    """Return the attributes by resource type, both sorted."""
    found: dict[str, set[str]] = {}
    for file in sorted(schemas.glob("*.json")):
        schema = json.loads(file.read_text("utf-8"))
        name, attributes = schema["typeName"], identity(schema)
        found[name] = found[name] & attributes if name in found else attributes
    found.pop(CUSTOM_RESOURCE, None)
    return {name: sorted(attributes) for name, attributes in sorted(found.items()) if attributes}


def text(content: dict[str, list[str]]) -> str:
    """Return the table as it is written: one type a line, so that a change of it can be read."""
    lines = ",\n".join(f"{json.dumps(name)}:{json.dumps(attributes)}" for name, attributes in content.items())
    return f"{{\n{lines}\n}}\n"


def main() -> int:
    """Write the table, or check it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="exit 1 when the table is not current")
    current = text(table())
    if parser.parse_args().check:
        if TABLE.read_text("utf-8") == current:
            return 0
        sys.stderr.write(f"{TABLE.name} is not current: run python -m dev.generate.identity_table\n")
        return 1
    TABLE.write_text(current, "utf-8")
    return 0


def _attribute(pointer: str) -> str:
    """Return a JSON pointer of a schema (``/properties/A/B``) as Fn::GetAtt writes it (``A.B``)."""
    return pointer.removeprefix("/properties/").replace("/", ".")


if __name__ == "__main__":
    sys.exit(main())
