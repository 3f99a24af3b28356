"""State *Check Stack Existence*."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from changegate import clients
from changegate.errors import MisconfiguredError, NeedsOperatorError, RejectedError
from changegate.stacks.statuses import UnknownStackStatusError
from changegate.states import (
    check_stack_existence,
)
from tests.unit.conftest import STACK_ID, Aws, run, stack, stack_event, waited


def test_an_absent_stack_is_created(aws: Aws) -> None:
    aws.fail("cloudformation", "describe_stacks", "ValidationError", "Stack with id prod-app does not exist")
    added = run(check_stack_existence.handler)["taskParams"]
    assert (added["doesStackExist"], added["stackPhase"]) == (False, "absent")


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("ValidationError", "1 validation error detected: stackName"),
        ("ValidationError", "Template does not exist"),
        ("AccessDenied", "Stack with id prod-app does not exist"),
    ],
)
def test_any_other_error_is_not_read_as_absence(aws: Aws, code: str, message: str) -> None:
    aws.fail("cloudformation", "describe_stacks", code, message)
    with pytest.raises((ClientError, MisconfiguredError)):
        run(check_stack_existence.handler)


@pytest.mark.parametrize(
    ("status", "phase"),
    [("UPDATE_ROLLBACK_COMPLETE", "ready"), ("UPDATE_IN_PROGRESS", "busy")],
)
def test_an_existing_stack_comes_with_its_phase(aws: Aws, status: str, phase: str) -> None:
    aws.cloudformation.add_response("describe_stacks", stack(status), {"StackName": "prod-app"})
    added = run(check_stack_existence.handler)["taskParams"]
    assert added["doesStackExist"] is True
    assert (added["stackPhase"], added["stackStatus"], added["stackId"]) == (phase, status, STACK_ID)


@pytest.mark.parametrize("status", ["ROLLBACK_COMPLETE", "CREATE_FAILED", "UPDATE_ROLLBACK_FAILED", "DELETE_FAILED"])
def test_a_stack_that_cannot_be_deployed_to_needs_an_operator_who_learns_why(aws: Aws, status: str) -> None:
    aws.cloudformation.add_response("describe_stacks", stack(status))
    aws.cloudformation.add_response(
        "describe_stack_events", {"StackEvents": [stack_event("DELETE_FAILED")]}, {"StackName": STACK_ID}
    )
    why = r"because Queue \(AWS::SQS::Queue\) is DELETE_FAILED: The name is taken"
    with pytest.raises(NeedsOperatorError, match=rf"in {status} {why}\. .*deploy again.* changed nothing\."):
        run(check_stack_existence.handler)


@pytest.mark.parametrize("status", ["ROLLBACK_COMPLETE", "CREATE_FAILED"])
def test_a_failed_creation_goes_on_where_it_is_to_be_created_again(aws: Aws, status: str) -> None:
    aws.cloudformation.add_response("describe_stacks", stack(status))
    added = run(check_stack_existence.handler, recreateFailedStack=True)["taskParams"]
    assert added["stackPhase"] == "failed_creation"


@pytest.mark.parametrize("status", ["UPDATE_ROLLBACK_FAILED", "ROLLBACK_FAILED"])
def test_a_broken_stack_is_never_created_again(aws: Aws, status: str) -> None:
    aws.cloudformation.add_response("describe_stacks", stack(status))
    aws.cloudformation.add_response("describe_stack_events", {"StackEvents": []})
    with pytest.raises(NeedsOperatorError, match=rf"prod-app is in {status}\. "):
        run(check_stack_existence.handler, recreateFailedStack=True)


def test_a_stack_in_review_goes_on_only_without_resources(aws: Aws) -> None:
    resource = {
        "LogicalResourceId": "Queue",
        "ResourceType": "AWS::SQS::Queue",
        "LastUpdatedTimestamp": "2026-01-01T00:00:00Z",
        "ResourceStatus": "CREATE_COMPLETE",
    }
    for resources in ([], [resource]):
        aws.cloudformation.add_response("describe_stacks", stack("REVIEW_IN_PROGRESS"))
        aws.cloudformation.add_response(
            "list_stack_resources", {"StackResourceSummaries": resources}, {"StackName": STACK_ID}
        )
    assert run(check_stack_existence.handler)["taskParams"]["stackPhase"] == "in_review"
    with pytest.raises(NeedsOperatorError, match="it has resources"):
        run(check_stack_existence.handler)


def test_a_busy_stack_is_waited_for_until_the_limit(aws: Aws) -> None:
    for _ in range(3):
        aws.cloudformation.add_response("describe_stacks", stack("UPDATE_IN_PROGRESS"))
    assert run(check_stack_existence.handler)["taskParams"]["wait"] == waited(5)
    assert run(check_stack_existence.handler, wait=waited(100))["taskParams"]["wait"]["seconds"] == 25
    with pytest.raises(RejectedError, match=r"still UPDATE_IN_PROGRESS after 600 seconds.*changed nothing"):
        run(check_stack_existence.handler, wait=waited(600))


def test_the_second_round_looks_at_the_successor(aws: Aws) -> None:
    message = "Stack with id prod-app-0a1b2c3d does not exist"
    aws.cloudformation.add_client_error(
        "describe_stacks", "ValidationError", message, expected_params={"StackName": "prod-app-0a1b2c3d"}
    )
    before = {"changeSetId": "arn:refused", "changeSetAction": "RESOURCES-BEING-DELETED-OR-REPLACED"}
    added = run(check_stack_existence.handler, successorStackName="prod-app-0a1b2c3d", **before)["taskParams"]
    assert added["deployedStackName"] == "prod-app-0a1b2c3d"
    # The change set that was refused is not the successor's; why it was refused stays to be read.
    assert "changeSetId" not in added
    assert added["changeSetAction"] == "RESOURCES-BEING-DELETED-OR-REPLACED"


def test_the_role_of_the_target_is_assumed(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    role = "arn:aws:iam::222222222222:role/deployments"
    aws.sts.add_response(
        "assume_role",
        {
            "Credentials": {
                "AccessKeyId": "ASIATARGETTARGET",
                "SecretAccessKey": "secret",
                "SessionToken": "session",
                "Expiration": "2026-01-01T00:00:00Z",
            }
        },
        {"RoleArn": role, "RoleSessionName": "changegate", "DurationSeconds": 900, "ExternalId": "our-secret"},
    )
    made: list[dict[str, Any]] = []

    def new_client(service: str, **changed: Any) -> Any:
        made.append(changed)
        return aws.clients[service]

    monkeypatch.setattr(clients, "_new_client", new_client)
    aws.cloudformation.add_response("describe_stacks", stack("CREATE_COMPLETE"))
    run(
        check_stack_existence.handler,
        roleArn="arn:aws:iam::222222222222:role/cloudformation",
        target={"roleArn": role, "externalId": "our-secret", "region": "eu-central-1"},
    )
    assert made == [
        {
            "region_name": "eu-central-1",
            "aws_access_key_id": "ASIATARGETTARGET",
            "aws_secret_access_key": "secret",
            "aws_session_token": "session",
        }
    ]


def test_an_unknown_stack_status_raises(aws: Aws) -> None:
    aws.cloudformation.add_response("describe_stacks", stack("SIDEWAYS_COMPLETE"))
    with pytest.raises(UnknownStackStatusError):
        run(check_stack_existence.handler)
