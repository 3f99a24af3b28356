"""State *Inspect Change Set Changes*."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.stub import ANY

from changegate.errors import MisconfiguredError
from changegate.states import (
    inspect_change_set_changes,
)
from tests.unit.conftest import (
    CHANGE_SET_ID,
    Aws,
    change_set,
    event,
    resource_change,
    run,
    token,
)


def inspected(aws: Aws, *changes: Any, policy: Any = None, **added: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Inspect a change set; return the task's answer and the verdict that went to S3."""
    kept: list[dict[str, Any]] = []
    aws.cloudformation.add_response("describe_change_set", change_set(Changes=list(changes), StackName="prod-app"))
    key = f"verdicts/prod-app/{token('DescribeChangeSet')}.json"
    aws.s3.add_response(
        "put_object", {}, {"Bucket": "verdicts-bucket", "Key": key, "Body": ANY, "ContentType": "application/json"}
    )
    aws.clients["s3"].meta.events.register(
        "provide-client-params.s3.PutObject", lambda params, **_: kept.append(json.loads(params["Body"]))
    )
    given = event(changeSetId=CHANGE_SET_ID, **added) | ({} if policy is None else {"policy": policy})
    answer: dict[str, Any] = inspect_change_set_changes.handler(given, None)
    return answer, kept[0]


def test_a_safe_change_set(aws: Aws) -> None:
    answer, kept = inspected(aws, resource_change("Add"))
    added = answer["taskParams"]
    assert added["changeSetAction"] == "CAN-SAFELY-UPDATE-EXISTING-STACK"
    assert added["verdict"] == {
        "safe": True,
        "changeSetAction": "CAN-SAFELY-UPDATE-EXISTING-STACK",
        "counts": {"added": 1},
        "findingCount": 0,
        "findings": [],
        "s3Bucket": "verdicts-bucket",
        "s3Key": f"verdicts/prod-app/{token('DescribeChangeSet')}.json",
    }
    assert [change["path"] for change in kept["changes"]] == ["Queue"]
    assert "error" not in answer


def test_an_unsafe_change_set_says_why(aws: Aws) -> None:
    answer, kept = inspected(aws, resource_change("Modify", Replacement="True", PhysicalResourceId="queue-1"))
    assert answer["taskParams"]["changeSetAction"] == "RESOURCES-BEING-DELETED-OR-REPLACED"
    assert answer["taskParams"]["verdict"]["findings"] == kept["findings"]
    assert kept["findings"][0]["kind"] == "replacement"
    assert answer["error"] == {
        "Error": "Changegate.Rejected",
        "Cause": "The change set was rejected and nothing was changed: Queue (AWS::SQS::Queue) would be replaced.",
    }


def test_an_unsafe_update_goes_to_a_successor_where_the_deployment_says_so(aws: Aws) -> None:
    fingerprint = "0a1b2c3d" + "e" * 56
    answer, _ = inspected(aws, resource_change("Remove"), onUnsafeUpdate="blue_green", templateFingerprint=fingerprint)
    assert "error" not in answer
    assert answer["taskParams"]["changeSetAction"] == "RESOURCES-BEING-DELETED-OR-REPLACED"
    assert answer["taskParams"]["successorStackName"] == "prod-app-0a1b2c3d"
    assert answer["taskParams"]["unsafeUpdate"] == "Queue (AWS::SQS::Queue) would be deleted"


def test_a_safe_update_has_no_successor(aws: Aws) -> None:
    answer, _ = inspected(aws, resource_change("Add"), onUnsafeUpdate="blue_green", templateFingerprint="0" * 64)
    assert "successorStackName" not in answer["taskParams"]


def test_a_successors_own_update_must_be_safe(aws: Aws) -> None:
    aws.cloudformation.add_response("describe_change_set", change_set(Changes=[resource_change("Remove")]))
    aws.s3.add_response("put_object", {})
    answer = run(
        inspect_change_set_changes.handler,
        changeSetId=CHANGE_SET_ID,
        onUnsafeUpdate="blue_green",
        templateFingerprint="0" * 64,
        successorStackName="prod-app-00000000",
    )
    assert answer["error"]["Error"] == "Changegate.Rejected"


def test_the_policy_comes_with_the_task_and_never_with_the_deployment(aws: Aws) -> None:
    allowing = {"default": {"removal": "allow"}}
    answer, kept = inspected(aws, resource_change("Remove"), policy=allowing)
    assert "error" not in answer
    assert kept["findings"][0]["decision"] == "allow"
    aws.cloudformation.add_response("describe_change_set", change_set(Changes=[resource_change("Remove")]))
    aws.s3.add_response("put_object", {})
    assert run(inspect_change_set_changes.handler, changeSetId=CHANGE_SET_ID, policy=allowing)["error"]


def test_a_policy_of_another_shape_is_a_misconfiguration(aws: Aws) -> None:
    with pytest.raises(MisconfiguredError, match="unknown field 'rule'"):
        inspect_change_set_changes.handler(event(changeSetId=CHANGE_SET_ID) | {"policy": {"rule": []}}, None)


def test_the_state_carries_a_bounded_number_of_findings_and_s3_all(aws: Aws) -> None:
    answer, kept = inspected(aws, *(resource_change("Remove", f"Queue{number}") for number in range(500)))
    verdict = answer["taskParams"]["verdict"]
    assert (verdict["findingCount"], len(verdict["findings"]), len(kept["findings"])) == (500, 20, 500)
    assert len(json.dumps(answer)) < 65_536
