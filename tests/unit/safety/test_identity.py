from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from changegate.safety.identity import is_identity
from dev.generate.identity_table import TABLE, table, text

if TYPE_CHECKING:
    from pathlib import Path


def test_the_table_is_current() -> None:
    assert TABLE.read_text("utf-8") == text(table()), "run python -m dev.generate.identity_table"


@pytest.mark.parametrize(
    ("resource_type", "attribute", "expected"),
    [
        ("AWS::SNS::Topic", "TopicArn", True),
        ("AWS::SNS::Topic", "TopicName", False),
        ("AWS::SNS::Topic", "DisplayName", False),
        ("AWS::SQS::Queue", "QueueUrl", True),
        ("AWS::CloudFormation::Stack", "StackId", True),
        ("AWS::CloudFormation::Stack", "Outputs.Name", False),
        ("AWS::CloudFormation::CustomResource", "Id", False),
        ("Custom::Thing", "Id", False),
        ("", "", False),
    ],
)
def test_what_is_identity(resource_type: str, attribute: str, expected: bool) -> None:
    assert is_identity(resource_type, attribute) is expected


def made(folder: Path, *schemas: dict[str, Any]) -> dict[str, list[str]]:
    for number, schema in enumerate(schemas):
        (folder / f"{number}.json").write_text(json.dumps({"typeName": "Own::Type", **schema}))
    return table(folder)


def test_only_what_the_schema_fixes_is_taken(tmp_path: Path) -> None:
    schema = {
        "primaryIdentifier": ["/properties/Id", "/properties/Name", "/properties/Where/Region"],
        "readOnlyProperties": ["/properties/Id"],
        "createOnlyProperties": ["/properties/Where/Region"],
    }
    assert made(tmp_path, schema) == {"Own::Type": ["Id", "Where.Region"]}


def test_of_several_schemas_of_a_type_only_what_all_have_is_taken(tmp_path: Path) -> None:
    one = {"primaryIdentifier": ["/properties/Id"], "readOnlyProperties": ["/properties/Id"]}
    other = {"primaryIdentifier": ["/properties/Arn"], "readOnlyProperties": ["/properties/Arn"]}
    assert made(tmp_path, one, other) == {}
