"""Compares answers of the scripted CloudFormation with change sets recorded on AWS."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from scripted_account import Account

RECORDINGS = Path(
    os.environ.get(
        "CHANGEGATE_RECORDINGS", Path(__file__).parents[4] / "shared" / "aws-recordings" / "change-sets.json"
    )
)

pytestmark = pytest.mark.skipif(not RECORDINGS.exists(), reason="there are no recordings next to the checkout")

# Only some answers have these: parameters and tags depend on the request, a reason and a token on the outcome.
SOMETIMES = {"Parameters", "Tags", "Description", "StatusReason", "NextToken", "NotificationARNs", "Capabilities"}


def recorded() -> list[dict[str, Any]]:
    """Return the records that have an answer of DescribeChangeSet."""
    if not RECORDINGS.exists():
        return []
    records = json.loads(RECORDINGS.read_text())["records"]
    return [record for record in records if record["change_set"] is not None]


def replay(record: dict[str, Any]) -> dict[str, Any]:
    """Return the answer to a script with the recorded changes and status."""
    change_set = record["change_set"]
    end = {"status": change_set["Status"], "execution_status": change_set["ExecutionStatus"]}
    if "StatusReason" in change_set:
        end["reason"] = change_set["StatusReason"]
    outcome = {"changes": change_set["Changes"], "timeline": [end]}
    script: dict[str, Any] = {"operations": {"CreateChangeSet": outcome}}
    if record["operation"] == "update":
        script["stack"] = {"status": "UPDATE_COMPLETE"}
    account = Account(script)
    arn = account.compare(ChangeSetType=record["operation"].upper())
    return account.do("DescribeChangeSet", ChangeSetName=arn)


@pytest.mark.parametrize("record", recorded(), ids=lambda record: str(record["id"]))
def test_an_answer_has_the_fields_and_the_changes_of_the_recorded_one(record: dict[str, Any]) -> None:
    change_set, answer = record["change_set"], replay(record)
    assert {*answer} - SOMETIMES == {*change_set} - SOMETIMES - {"ResponseMetadata"}
    assert answer["Changes"] == change_set["Changes"]
    for field in ("Status", "ExecutionStatus", "StatusReason", "IncludeNestedStacks"):
        assert answer.get(field) == change_set.get(field)
