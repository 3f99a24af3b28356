"""State *Create Stack*."""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError
from botocore.stub import ANY

from changegate.errors import MisconfiguredError, RejectedError
from changegate.states import (
    create_stack,
)
from tests.unit.conftest import STACK_ID, WAIT, Aws, revision, run, stack, token

TOKEN = token("CreateStack")


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


@pytest.mark.parametrize(("first", "ours"), [(TOKEN, True), ("another", False)])
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
        with pytest.raises(RejectedError, match="Another operation created"):
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
