"""The check of policies can fail: what it finds in bad policies, what it excepts, and what it refuses to skip."""

from __future__ import annotations

import json
from typing import Any

import pytest

pytest.importorskip("parliament", reason="make check-policies runs these where parliament is")

from dev.checks.policies import plans
from dev.checks.policies.__main__ import EXCEPTIONS
from dev.checks.policies.lint import Accepted, findings_in, problems, read_exceptions
from dev.checks.policies.plans import PlanError, Policy, plans_in, policies_of

ROLE_POLICY = "aws_iam_role_policy.function"


def policy(attribute: str = "policy", **statement: Any) -> Policy:
    document = {"Version": "2012-10-17", "Statement": [{"Sid": "One", "Effect": "Allow", **statement}]}
    return Policy(ROLE_POLICY, attribute, json.dumps(document))


def plan(kind: str, unknown: dict[str, bool] | None = None, **after: str) -> dict[str, Any]:
    return {
        "resource_changes": [
            {
                "address": f"{kind}.this",
                "mode": "managed",
                "type": kind,
                "change": {"after": after, "after_unknown": unknown or {}},
            }
        ]
    }


def test_a_good_policy_is_not_found_fault_with() -> None:
    good = policy(
        Action="sqs:SendMessage",
        Resource="arn:aws:sqs:eu-west-1:111122223333:orders",
        Condition={"StringEquals": {"aws:SourceAccount": "111122223333"}},
    )
    assert problems([good], []) == []


@pytest.mark.parametrize(
    ("statement", "issue", "about"),
    [
        ({"Action": "sqs:SendMesage", "Resource": "*"}, "UNKNOWN_ACTION", "SendMesage"),
        ({"Action": "sqss:SendMessage", "Resource": "*"}, "UNKNOWN_PREFIX", "sqss"),
        ({"Action": "cloudformation:DeleteStack", "Resource": "*"}, "RESOURCE_STAR", "cloudformation:DeleteStack"),
        (
            {"Action": "states:StartExecution", "Resource": "arn:aws:states:eu-west-1:111122223333:execution:a:b"},
            "RESOURCE_MISMATCH",
            "states:StartExecution",
        ),
        (
            {
                "Action": "cloudformation:CreateChangeSet",
                "Resource": "arn:aws:cloudformation:eu-west-1:111122223333:stack/prod/*",
                "Condition": {"ArnEquals": {"cloudformation:RoleArm": "arn:aws:iam::111122223333:role/a"}},
            },
            "UNKNOWN_CONDITION_FOR_ACTION",
            "cloudformation:RoleArm",
        ),
        (
            {
                "Action": "sqs:SendMessage",
                "Resource": "arn:aws:sqs:eu-west-1:111122223333:orders",
                "Condition": {"StringEqual": {"aws:SourceAccount": "111122223333"}},
            },
            "UNKNOWN_OPERATOR",
            "StringEqual",
        ),
        ({"Action": "sqs:SendMessage", "Resource": "orders"}, "INVALID_ARN", "6 parts"),
        ({"Action": "sqs:SendMessage"}, "MALFORMED", "Resource"),
    ],
)
def test_a_mistake_is_found(statement: dict[str, Any], issue: str, about: str) -> None:
    [problem] = problems([policy(**statement)], [])
    assert problem.startswith(f"{ROLE_POLICY}, statement One: {issue}: ")
    assert about in problem


def test_a_mistake_is_found_in_a_denial() -> None:
    bad = policy(Effect="Deny", Action=["sqs:DeleteQueue", "sqs:DeleteQueues"], Resource="*")
    assert [found.issue for found in findings_in(bad)] == ["UNKNOWN_ACTION"]


def test_a_statement_that_stands_twice_is_found() -> None:
    statement = {"Sid": "One", "Effect": "Allow", "Action": "lambda:ListFunctions", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement, statement]})
    assert [found.issue for found in findings_in(Policy("a", "policy", document))] == ["DUPLICATE_SID"]


def test_a_trust_policy_is_about_the_role() -> None:
    principal = {"Service": "lambda.amazonaws.com"}
    good = policy(plans.TRUST, Action="sts:AssumeRole", Principal=principal)
    bad = policy(plans.TRUST, Action="sts:AssumeRoles", Principal=principal)
    worse = policy(plans.TRUST, Action="sts:AssumeRole", Principal=principal, Resource="*")

    assert problems([good], []) == []
    assert [found.issue for found in findings_in(bad)] == ["UNKNOWN_ACTION"]
    assert "MALFORMED" in [found.issue for found in findings_in(worse)]


def test_an_exception_excepts_its_finding_and_no_other() -> None:
    star = policy(Action=["sqs:SendMessage", "sqs:DeleteQueue"], Resource="*")
    accepted = Accepted(ROLE_POLICY, "RESOURCE_STAR", "sqs:SendMessage", "because", statement="One")

    assert problems([star], [accepted]) == [f"{ROLE_POLICY}, statement One: RESOURCE_STAR: sqs:DeleteQueue"]


@pytest.mark.parametrize(
    "stale",
    [
        Accepted("aws_iam_role_policy.other", "RESOURCE_STAR", "*", "because"),
        Accepted(ROLE_POLICY, "UNKNOWN_ACTION", "*", "because"),
        Accepted(ROLE_POLICY, "RESOURCE_STAR", "sns:*", "because"),
        Accepted(ROLE_POLICY, "RESOURCE_STAR", "*", "because", statement="Two"),
    ],
)
def test_an_exception_that_excepts_nothing_is_a_problem(stale: Accepted) -> None:
    accepted = Accepted(ROLE_POLICY, "RESOURCE_STAR", "*", "because")
    [problem] = problems([policy(Action="sqs:SendMessage", Resource="*")], [accepted, stale])
    assert problem.endswith("the exception is stale: nothing is found")


def test_every_exception_has_a_reason() -> None:
    exceptions = read_exceptions(EXCEPTIONS)
    assert exceptions
    assert all(len(exception.reason.split()) > 5 for exception in exceptions)


def test_policies_are_found_whatever_holds_them() -> None:
    document = policy(Action="sqs:SendMessage", Resource="*").document
    found = list(policies_of(plan("aws_iam_role", assume_role_policy=document, name="a")))
    assert found == [Policy("aws_iam_role.this", "assume_role_policy", document)]
    assert found[0].is_trust
    assert [each.attribute for each in policies_of(plan("aws_new_kind", some_policy=document))] == ["some_policy"]


def test_what_is_json_and_no_policy_is_none() -> None:
    assert list(policies_of(plan("aws_cloudwatch_event_rule", event_pattern='{"source": []}', name="[]"))) == []


def test_a_policy_that_the_plan_does_not_know_is_an_error() -> None:
    with pytest.raises(PlanError, match=r"aws_sqs_queue_policy\.this\.policy"):
        list(policies_of(plan("aws_sqs_queue_policy", unknown={"policy": True})))
    assert list(policies_of(plan("aws_sqs_queue", unknown={"policy": True}))) == []


def test_no_plan_at_all_is_an_error() -> None:
    with pytest.raises(PlanError):
        plans_in('{"type": "version"}\nWarning: something\n')
