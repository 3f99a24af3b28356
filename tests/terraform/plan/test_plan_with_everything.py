"""The plan with everything that can be switched on: what must hold for everything it creates, new or old."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from typing import Any

import pytest

from dev.checks.policies.plans import Plan, plan_with_everything

pytestmark = pytest.mark.terraform

# The ARN of what has a name, by its type.
ARNS = {
    "aws_cloudwatch_dashboard": "arn:aws:cloudwatch::111122223333:dashboard/{dashboard_name}",
    "aws_cloudwatch_event_rule": "arn:aws:events:eu-west-1:111122223333:rule/{name}",
    "aws_cloudwatch_log_group": "arn:aws:logs:eu-west-1:111122223333:log-group:{name}:*",
    "aws_cloudwatch_metric_alarm": "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:{alarm_name}",
    "aws_codecommit_repository": "arn:aws:codecommit:eu-west-1:111122223333:{repository_name}",
    "aws_codepipeline": "arn:aws:codepipeline:eu-west-1:111122223333:{name}",
    "aws_iam_role": "arn:aws:iam::111122223333:role{path}{name}",
    "aws_kms_alias": "arn:aws:kms:eu-west-1:111122223333:{name}",
    "aws_lambda_function": "arn:aws:lambda:eu-west-1:111122223333:function:{function_name}",
    "aws_iam_policy": "arn:aws:iam::111122223333:policy{path}{name}",
    "aws_s3_bucket": "arn:aws:s3:::{bucket}",
    "aws_sfn_state_machine": "arn:aws:states:eu-west-1:111122223333:stateMachine:{name}",
    "aws_sns_topic": "arn:aws:sns:eu-west-1:111122223333:{name}",
    "aws_sqs_queue": "arn:aws:sqs:eu-west-1:111122223333:{name}",
}
# What is a part of one of these: who may not change the whole may not change it either.
PARTS = {
    "aws_cloudwatch_event_target",
    "aws_iam_role_policy",
    "aws_iam_role_policy_attachment",
    "aws_lambda_function_event_invoke_config",
    "aws_s3_bucket_lifecycle_configuration",
    "aws_s3_bucket_logging",
    "aws_s3_bucket_ownership_controls",
    "aws_s3_bucket_policy",
    "aws_s3_bucket_public_access_block",
    "aws_s3_bucket_server_side_encryption_configuration",
    "aws_s3_bucket_versioning",
    "aws_s3_object",
    "aws_sns_topic_policy",
    "aws_sns_topic_subscription",
    "aws_sqs_queue_policy",
}
# What is in one of these, and has no name in the plan.
CONTENTS = {
    "arn:aws:codepipeline:eu-west-1:111122223333:orders_changegate/*",
    "arn:aws:s3:::changegate-111122223333-eu-west-1/*",
    "arn:aws:states:eu-west-1:111122223333:execution:changegate-deploy:*",
}


@pytest.fixture(scope="module")
def plan() -> Plan:
    return plan_with_everything()


def made(plan: Plan) -> list[tuple[str, dict[str, Any]]]:
    """Type and attributes of everything that the plan makes."""
    return [
        (change["type"], change["change"]["after"])
        for change in plan["resource_changes"]
        if change["mode"] == "managed"
    ]


def denials(plan: Plan) -> dict[str, Any]:
    """The statements that deny something to the role that CloudFormation deploys with, by their Sid."""
    [policy] = [
        change["change"]["after"]["policy"]
        for change in plan["resource_changes"]
        if change["address"] == "module.iam.aws_iam_policy.template_denials"
    ]
    return {statement["Sid"]: statement for statement in json.loads(policy)["Statement"]}


def test_templates_may_change_nothing_of_it_and_only_its_names_are_denied(plan: Plan) -> None:
    kinds = {kind for kind, _ in made(plan)}
    assert kinds - PARTS - {"aws_kms_key"} == set(ARNS), "is it a separate resource, or a part of one?"

    expected = {ARNS[kind].format_map(after) for kind, after in made(plan) if kind in ARNS} | CONTENTS
    statements = denials(plan)
    denied = [*statements["LeaveBucketAlone"]["Resource"], *statements["LeaveChangegateAlone"]["Resource"]]
    assert [arn for arn in expected if not any(fnmatchcase(arn, pattern) for pattern in denied)] == []
    # Each denies something that there is.
    assert [pattern for pattern in denied if not any(fnmatchcase(arn, pattern) for arn in expected)] == []


def test_templates_may_not_change_the_key(plan: Plan) -> None:
    aliases = [after["name"] for kind, after in made(plan) if kind == "aws_kms_alias"]
    assert [denials(plan)["LeaveKeyAlone"]["Condition"]["ForAnyValue:StringEquals"]["kms:ResourceAliases"]] == aliases


def test_every_function_and_the_state_machine_are_traced(plan: Plan) -> None:
    modes = [after["tracing_config"][0]["mode"] for kind, after in made(plan) if kind == "aws_lambda_function"]
    enabled = [
        after["tracing_configuration"][0]["enabled"] for kind, after in made(plan) if kind == "aws_sfn_state_machine"
    ]
    assert len(modes) > 10
    assert set(modes) == {"Active"}
    assert enabled == [True]


def test_objects_have_none_of_the_default_tags(plan: Plan) -> None:
    """S3 accepts 10 tags for an object, ``tags`` can be more: S3 User Guide, "Categorizing your storage using tags"."""
    overridden = [attributes["override_provider"] for kind, attributes in made(plan) if kind == "aws_s3_object"]
    assert overridden
    assert all(given == [{"default_tags": [{"tags": {}}]}] for given in overridden), overridden
