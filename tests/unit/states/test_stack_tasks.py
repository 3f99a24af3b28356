"""The functions of the states that look at, create and delete stacks, against the API model."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.stub import ANY

from changegate import clients
from changegate.errors import MisconfiguredError, NeedsOperatorError, RejectedError
from changegate.stacks.statuses import UnknownStackStatusError
from changegate.states import (
    check_stack_existence,
    create_stack,
    delete_failed_stack,
    get_stack_creation_status,
    get_stack_deletion_status,
    set_stack_policy,
)
from tests.unit.conftest import STACK_ID, WAIT, Aws, revision, run, stack, stack_event, token, waited

ROLE = "arn:aws:iam::111111111111:role/changegate-cloudformation"
GONE = ("ValidationError", f"Stack with id {STACK_ID} does not exist")
TOKEN = token("CreateStack")

# --- Check Stack Existence


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


# --- Create Stack


def test_a_stack_is_created_from_the_published_template_under_our_token(aws: Aws) -> None:
    revision(aws)
    aws.s3.add_response("put_object", {}, {"Bucket": "templates-bucket", "Key": ANY, "Body": b"Resources: {}"})
    aws.cloudformation.add_response(
        "create_stack",
        {"StackId": STACK_ID},
        {
            "StackName": "prod-app",
            "TemplateURL": ANY,
            "Parameters": [{"ParameterKey": "Size", "ParameterValue": "1"}],
            "Tags": [{"Key": "team", "Value": "a"}],
            "Capabilities": ["CAPABILITY_IAM"],
            "RoleARN": "arn:aws:iam::111111111111:role/changegate-cloudformation",
            "ClientRequestToken": TOKEN,
            "EnableTerminationProtection": False,
        },
    )
    answer = run(create_stack.handler, parameters={"Size": "1"}, tags={"team": "a"}, capabilities=["CAPABILITY_IAM"])
    assert answer["taskParams"]["stackId"] == STACK_ID
    assert answer["taskParams"]["wait"]["seconds"] == WAIT["minimumSeconds"]


def test_all_that_a_deployment_and_its_template_configuration_say_goes_with_the_creation(aws: Aws) -> None:
    policy = {"Statement": [{"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"}]}
    configuration = {
        "Parameters": {"Size": "1", "Colour": "blue"},
        "Tags": {"team": "a"},
        "StackPolicy": policy,
    }
    files = {"infra/template.yaml": b"Resources: {}", "infra/prod.json": json.dumps(configuration).encode()}
    revision(aws, files)
    aws.s3.add_response("put_object", {})
    topic = "arn:aws:sns:eu-west-1:111111111111:stacks"
    alarm = "arn:aws:cloudwatch:eu-west-1:111111111111:alarm:errors"
    aws.cloudformation.add_response(
        "create_stack",
        {"StackId": STACK_ID},
        {
            "StackName": "prod-app",
            "TemplateURL": ANY,
            "Parameters": [
                {"ParameterKey": "Colour", "ParameterValue": "blue"},
                {"ParameterKey": "Size", "ParameterValue": "2"},
            ],
            "Tags": [{"Key": "team", "Value": "a"}],
            "Capabilities": [],
            "RoleARN": "arn:aws:iam::111111111111:role/other",
            "NotificationARNs": [topic],
            "RollbackConfiguration": {
                "MonitoringTimeInMinutes": 10,
                "RollbackTriggers": [{"Arn": alarm, "Type": "AWS::CloudWatch::Alarm"}],
            },
            "StackPolicyBody": json.dumps(policy),
            "ClientRequestToken": TOKEN,
            "EnableTerminationProtection": True,
        },
    )
    run(
        create_stack.handler,
        templateConfigurationPath="infra/prod.json",
        parameters={"Size": "2"},
        roleArn="arn:aws:iam::111111111111:role/other",
        notificationArns=[topic],
        rollbackConfiguration={
            "monitoringTimeInMinutes": 10,
            "rollbackTriggers": [{"arn": alarm, "type": "AWS::CloudWatch::Alarm"}],
        },
        terminationProtection=True,
    )


def failing_creation(aws: Aws, code: str, message: str) -> None:
    revision(aws)
    aws.s3.add_response("put_object", {})
    aws.fail("cloudformation", "create_stack", code, message)


def test_a_template_that_cloudformation_refuses_is_named_with_its_words(aws: Aws) -> None:
    failing_creation(aws, "ValidationError", "Template format error: unsupported structure.")
    with pytest.raises(MisconfiguredError, match=r"infra/template\.yaml: Template format error"):
        run(create_stack.handler)


def test_a_missing_capability_says_where_it_goes(aws: Aws) -> None:
    failing_creation(aws, "InsufficientCapabilitiesException", "Requires capabilities : [CAPABILITY_IAM]")
    with pytest.raises(MisconfiguredError, match=r"CAPABILITY_IAM.*'capabilities'"):
        run(create_stack.handler)


@pytest.mark.parametrize(("first", "ours"), [(TOKEN, True), ("somebody", False)])
def test_an_existing_stack_is_ours_only_if_its_first_event_bears_our_token(aws: Aws, first: str, ours: bool) -> None:
    failing_creation(aws, "AlreadyExistsException", "Stack [prod-app] already exists")
    aws.cloudformation.add_response("describe_stacks", stack("CREATE_IN_PROGRESS"))
    base = {"StackId": STACK_ID, "StackName": "prod-app", "Timestamp": "2026-01-01T00:00:00Z"}
    aws.cloudformation.add_response(
        "describe_stack_events",
        {
            "StackEvents": [
                {**base, "EventId": "2", "ClientRequestToken": "later"},
                {**base, "EventId": "1", "ClientRequestToken": first},
            ]
        },
    )
    if ours:
        assert run(create_stack.handler)["taskParams"]["stackId"] == STACK_ID
    else:
        with pytest.raises(RejectedError, match="Somebody else created"):
            run(create_stack.handler)


def test_an_exhausted_quota_rejects(aws: Aws) -> None:
    failing_creation(aws, "LimitExceededException", "Limit for stack has been exceeded")
    with pytest.raises(RejectedError, match="quota"):
        run(create_stack.handler)


def test_an_error_of_another_meaning_stays_what_it_is(aws: Aws) -> None:
    failing_creation(aws, "SomethingElse", "new")
    with pytest.raises(ClientError):
        run(create_stack.handler)


def test_a_template_path_that_is_not_in_the_revision_is_named(aws: Aws) -> None:
    revision(aws, {"infra/other.yaml": b"{}"})
    with pytest.raises(MisconfiguredError, match=r"no file 'infra/template\.yaml'"):
        run(create_stack.handler)


# --- Get Stack Creation Status


@pytest.mark.parametrize(
    ("status", "progress"), [("CREATE_IN_PROGRESS", "in_progress"), ("CREATE_COMPLETE", "complete")]
)
def test_a_creation_that_goes_on_or_well(aws: Aws, status: str, progress: str) -> None:
    aws.cloudformation.add_response("describe_stacks", stack(status), {"StackName": STACK_ID})
    answer = run(get_stack_creation_status.handler, stackId=STACK_ID)
    assert answer["taskParams"]["stackCreationStatus"] == progress
    assert "error" not in answer


def test_a_failed_creation_ends_with_its_root_cause_in_the_nested_stack(aws: Aws) -> None:
    nested = "arn:aws:cloudformation:eu-west-1:111111111111:stack/prod-app-Inner/1"
    aws.cloudformation.add_response("describe_stacks", stack("ROLLBACK_COMPLETE"))
    aws.cloudformation.add_response(
        "describe_stack_events",
        {
            "StackEvents": [
                stack_event(
                    "CREATE_FAILED",
                    ClientRequestToken=TOKEN,
                    LogicalResourceId="Inner",
                    ResourceType="AWS::CloudFormation::Stack",
                    PhysicalResourceId=nested,
                    ResourceStatusReason="Embedded stack was not successfully created",
                )
            ]
        },
        {"StackName": STACK_ID},
    )
    aws.cloudformation.add_response(
        "describe_stack_events",
        {"StackEvents": [stack_event("CREATE_FAILED", StackId=nested, ClientRequestToken="derived")]},
        {"StackName": nested},
    )
    answer = run(get_stack_creation_status.handler, stackId=STACK_ID)
    assert answer["taskParams"]["stackCreationStatus"] == "failed"
    assert answer["error"]["Error"] == "Changegate.NeedsOperator"
    assert (
        "in nested stack Inner, Queue (AWS::SQS::Queue) is CREATE_FAILED: The name is taken" in answer["error"]["Cause"]
    )
    assert "aws cloudformation delete-stack --stack-name prod-app" in answer["error"]["Cause"]


@pytest.mark.parametrize(("recreate", "error"), [(False, "NeedsOperator"), (True, "RolledBack")])
def test_a_failed_creation_says_who_must_act(aws: Aws, recreate: bool, error: str) -> None:
    aws.cloudformation.add_response("describe_stacks", stack("ROLLBACK_COMPLETE"))
    aws.cloudformation.add_response("describe_stack_events", {"StackEvents": []})
    answer = run(get_stack_creation_status.handler, stackId=STACK_ID, recreateFailedStack=recreate)
    assert answer["error"]["Error"] == f"Changegate.{error}"


def test_a_creation_is_waited_for_until_the_limit(aws: Aws) -> None:
    for _ in range(2):
        aws.cloudformation.add_response("describe_stacks", stack("CREATE_IN_PROGRESS"))
    answer = run(get_stack_creation_status.handler, stackId=STACK_ID, wait=waited(595))
    assert answer["taskParams"]["wait"] == waited(600)
    answer = run(get_stack_creation_status.handler, stackId=STACK_ID, wait=waited(600))
    assert answer["taskParams"]["stackCreationStatus"] == "failed"
    assert answer["error"]["Error"] == "Changegate.NeedsOperator"
    assert "still CREATE_IN_PROGRESS after 600 seconds" in answer["error"]["Cause"]


def test_a_stack_that_somebody_deleted_meanwhile_needs_an_operator(aws: Aws) -> None:
    aws.fail("cloudformation", "describe_stacks", "ValidationError", f"Stack with id {STACK_ID} does not exist")
    with pytest.raises(NeedsOperatorError, match="Somebody deleted"):
        run(get_stack_creation_status.handler, stackId=STACK_ID)


# --- Delete Failed Stack


RECREATE = {"stackId": STACK_ID, "recreateFailedStack": True}


@pytest.mark.parametrize("status", ["ROLLBACK_COMPLETE", "CREATE_FAILED"])
def test_a_failed_stack_is_deleted_by_its_arn_under_our_token(aws: Aws, status: str) -> None:
    aws.cloudformation.add_response("describe_stacks", stack(status), {"StackName": STACK_ID})
    aws.cloudformation.add_response(
        "delete_stack",
        {},
        {"StackName": STACK_ID, "RoleARN": ROLE, "ClientRequestToken": token("DeleteStack")},
    )
    assert run(delete_failed_stack.handler, **RECREATE)["taskParams"]["wait"] == waited(5)


def test_a_retry_does_not_delete_again(aws: Aws) -> None:
    for status in ("DELETE_IN_PROGRESS", "DELETE_COMPLETE"):
        aws.cloudformation.add_response("describe_stacks", stack(status))
        run(delete_failed_stack.handler, **RECREATE)
    aws.fail("cloudformation", "describe_stacks", *GONE)
    run(delete_failed_stack.handler, **RECREATE)


@pytest.mark.parametrize("status", ["CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_FAILED"])
def test_no_other_stack_is_deleted(aws: Aws, status: str) -> None:
    aws.cloudformation.add_response("describe_stacks", stack(status))
    with pytest.raises(RejectedError, match="only a stack whose creation failed"):
        run(delete_failed_stack.handler, **RECREATE)


def test_nothing_is_deleted_unless_the_deployment_says_so(aws: Aws) -> None:
    aws.cloudformation.add_response("describe_stacks", stack("ROLLBACK_COMPLETE"))
    with pytest.raises(RejectedError, match="recreateFailedStack"):
        run(delete_failed_stack.handler, stackId=STACK_ID)


def test_termination_protection_is_respected(aws: Aws) -> None:
    aws.cloudformation.add_response("describe_stacks", stack("ROLLBACK_COMPLETE", EnableTerminationProtection=True))
    with pytest.raises(NeedsOperatorError, match="--no-enable-termination-protection --stack-name prod-app"):
        run(delete_failed_stack.handler, **RECREATE)


@pytest.mark.parametrize(
    ("message", "error"),
    [
        ("Stack [prod-app] cannot be deleted while TerminationProtection is enabled", NeedsOperatorError),
        (f"Stack:{STACK_ID} is in UPDATE_IN_PROGRESS state and can not be updated.", RejectedError),
    ],
)
def test_a_deletion_that_cloudformation_refuses(aws: Aws, message: str, error: type[Exception]) -> None:
    aws.cloudformation.add_response("describe_stacks", stack("ROLLBACK_COMPLETE"))
    aws.fail("cloudformation", "delete_stack", "ValidationError", message)
    with pytest.raises(error, match=r"changed nothing"):
        run(delete_failed_stack.handler, **RECREATE)


# --- Get Stack Deletion Status


@pytest.mark.parametrize(
    ("status", "progress"),
    [
        ("ROLLBACK_COMPLETE", "in_progress"),
        ("CREATE_FAILED", "in_progress"),
        ("DELETE_IN_PROGRESS", "in_progress"),
        ("DELETE_COMPLETE", "complete"),
    ],
)
def test_how_a_deletion_stands(aws: Aws, status: str, progress: str) -> None:
    aws.cloudformation.add_response("describe_stacks", stack(status), {"StackName": STACK_ID})
    answer = run(get_stack_deletion_status.handler, stackId=STACK_ID)
    assert answer["taskParams"]["stackDeletionStatus"] == progress
    assert "error" not in answer


def test_a_stack_that_is_gone_is_deleted(aws: Aws) -> None:
    aws.fail("cloudformation", "describe_stacks", *GONE)
    answer = run(get_stack_deletion_status.handler, stackId=STACK_ID)
    assert answer["taskParams"]["stackDeletionStatus"] == "complete"


def test_a_deletion_that_fails_says_why_and_what_to_do(aws: Aws) -> None:
    aws.cloudformation.add_response("describe_stacks", stack("DELETE_FAILED"))
    events = [stack_event("DELETE_FAILED", ClientRequestToken=token("DeleteStack"))]
    aws.cloudformation.add_response("describe_stack_events", {"StackEvents": events})
    answer = run(get_stack_deletion_status.handler, stackId=STACK_ID)
    assert answer["taskParams"]["stackDeletionStatus"] == "failed"
    assert answer["error"]["Error"] == "Changegate.NeedsOperator"
    assert "because Queue (AWS::SQS::Queue) is DELETE_FAILED: The name is taken" in answer["error"]["Cause"]
    assert "--retain-resources Queue" in answer["error"]["Cause"]


# --- Set Stack Policy


def test_the_policy_is_set_by_the_stacks_arn(aws: Aws) -> None:
    aws.cloudformation.add_response("set_stack_policy", {}, {"StackName": STACK_ID, "StackPolicyBody": "{}"})
    run(set_stack_policy.handler, stackId=STACK_ID, stackPolicy="{}")


def test_a_policy_that_cloudformation_refuses_is_a_misconfiguration(aws: Aws) -> None:
    aws.fail("cloudformation", "set_stack_policy", "ValidationError", "Error validating stack policy: no Statement")
    with pytest.raises(MisconfiguredError, match=r"is as the template says.*no Statement"):
        run(set_stack_policy.handler, stackId=STACK_ID, stackPolicy="{}")
    aws.fail("cloudformation", "set_stack_policy", "SomethingElse", "new")
    with pytest.raises(ClientError):
        run(set_stack_policy.handler, stackId=STACK_ID, stackPolicy="{}")
