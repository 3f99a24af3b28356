"""Least privilege: a role may do everything it does, and each permission is used or has a reason."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from changegate_cli.local.instance import ACCOUNT_ID, REGION
from tests.machine.scenarios import world
from tests.machine.scenarios.world import BUCKET
from tests.privileges.authorization import KEY_ARN, Request
from tests.privileges.evaluation import grants_of
from tests.privileges.rendered import PLACEHOLDER, Kind
from tests.privileges.simulator import Answer, Question, ask
from tests.privileges.unused import UNUSED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.privileges.evaluation import Evaluation, Grant
    from tests.privileges.rendered import Plan
    from tests.privileges.unused import Listed

PLAIN = Kind.of({})


@pytest.fixture(scope="session")
def functions(plans: Mapping[Kind, Plan]) -> list[str]:
    """Return the names of the functions, which their roles share."""
    return sorted(plans[PLAIN].function_variables)


@pytest.fixture(scope="session")
def unused(plans: Mapping[Kind, Plan], functions: list[str], evaluation: Evaluation) -> list[Grant]:
    """Return the grants of functions that no call needed."""
    granted = {
        grant
        for plan in plans.values()
        for name in functions
        for text in plan.roles[name].policies.values()
        for grant in grants_of(name, text)
    }
    # A deployment in another region has the same grants there.
    needed = {_without_region(grant) for grant in evaluation.used}
    return sorted({_without_region(grant) for grant in granted} - needed)


def _without_region(grant: Grant) -> Grant:
    parts = grant.resource.split(":")
    if parts[2:3] != ["cloudformation"]:
        return grant
    # Statements on stacks are numbered in the order of what they allow, which differs between deployments.
    sid = grant.sid.rstrip("0123456789")
    return replace(grant, sid=sid, resource=":".join([*parts[:3], REGION, *parts[4:]]))


def test_everything_that_is_called_is_allowed(evaluation: Evaluation) -> None:
    assert sorted(set(evaluation.problems)) == []


def test_every_function_has_called_something(functions: list[str], evaluation: Evaluation) -> None:
    assert {role for role, _ in evaluation.asked} >= set(functions)


def test_the_roles_of_services_have_called_something(evaluation: Evaluation) -> None:
    """Step Functions and CodePipeline use their roles on the local AWS as well."""
    assert {("changegate-state-machine", "lambda:InvokeFunction")} <= set(evaluation.asked)


def test_what_nothing_uses_is_listed_with_a_reason(unused: list[Grant]) -> None:
    left = [grant for grant in unused if not any(listed.covers(grant) for listed in UNUSED)]
    assert not left, "\n".join(f"{grant.role} {grant.action} {grant.resource}" for grant in left)


@pytest.mark.parametrize("listed", UNUSED, ids=lambda listed: str(listed.title))
def test_what_is_listed_is_not_used(listed: Listed, unused: list[Grant]) -> None:
    assert any(listed.covers(grant) for grant in unused), "nothing is left of it"


def _stack(name: str) -> str:
    return f"arn:aws:cloudformation:{REGION}:{ACCOUNT_ID}:stack/{name}/1"


OURS, THEIRS = _stack(PLACEHOLDER), _stack("prod-else")
BEGINS_LIKE_OURS, NESTED = _stack(f"{PLACEHOLDER}-billing"), _stack(f"{PLACEHOLDER}-Network-1A2B3C4D5E6F")
ROLE, OTHER_ROLE = (f"arn:aws:iam::{ACCOUNT_ID}:role/{name}" for name in ("changegate-cloudformation", "admin"))
WITH_ROLE, WITH_OTHER_ROLE = ({"cloudformation:RoleArn": arn} for arn in (ROLE, OTHER_ROLE))
TO_CLOUDFORMATION, TO_EC2 = (
    {"iam:PassedToService": f"{service}.amazonaws.com"} for service in ("cloudformation", "ec2")
)
TEMPLATE, CODE, INPUT = (
    f"arn:aws:s3:::{BUCKET}/{key}"
    for key in (f"templates/{PLACEHOLDER}/1", "functions/changegate.zip", "state_machine_input/main/Prod/app.json")
)
TLS, NO_TLS = {"aws:SecureTransport": "true"}, {"aws:SecureTransport": "false"}
THROUGH_S3 = {
    "kms:ViaService": f"s3.{REGION}.amazonaws.com",
    "kms:CallerAccount": ACCOUNT_ID,
    "kms:EncryptionContext:aws:s3:arn": f"arn:aws:s3:::{BUCKET}",
}
THROUGH_SQS = {**THROUGH_S3, "kms:ViaService": f"sqs.{REGION}.amazonaws.com"}
MACHINE, OTHER_MACHINE = (
    f"arn:aws:states:{REGION}:{ACCOUNT_ID}:stateMachine:{name}" for name in ("changegate-deploy", "other")
)
YES, NO, NEVER = "Allowed", "ImplicitlyDenied", "ExplicitlyDenied"
TITLES = {YES: "is allowed", NO: "is not allowed", NEVER: "is denied"}

# Some requests must be denied: a simulator that always gives the same answer would prove nothing.
MAY: list[tuple[str, str, str, dict[str, str], str]] = [
    ("execute-change-set", "cloudformation:ExecuteChangeSet", OURS, {}, YES),
    ("execute-change-set", "cloudformation:ExecuteChangeSet", THEIRS, {}, NO),
    ("create-change-set", "cloudformation:ExecuteChangeSet", OURS, {}, NEVER),
    ("inspect-change-set-changes", "cloudformation:ExecuteChangeSet", OURS, {}, NEVER),
    ("execute-change-set", "cloudformation:UpdateStack", OURS, WITH_ROLE, NEVER),
    ("delete-change-set", "cloudformation:DeleteStack", OURS, WITH_ROLE, NEVER),
    # The deployment does not recreate failed stacks.
    ("delete-failed-stack", "cloudformation:DeleteStack", OURS, WITH_ROLE, NEVER),
    ("create-change-set", "cloudformation:CreateChangeSet", OURS, WITH_ROLE, YES),
    ("create-change-set", "cloudformation:CreateChangeSet", OURS, WITH_OTHER_ROLE, NEVER),
    ("create-change-set", "cloudformation:CreateChangeSet", OURS, {}, NEVER),
    # The name of another team's stack can begin with the name of ours.
    ("execute-change-set", "cloudformation:ExecuteChangeSet", BEGINS_LIKE_OURS, {}, NO),
    ("get-change-set-execution-status", "cloudformation:DescribeStackEvents", BEGINS_LIKE_OURS, {}, NO),
    ("execute-change-set", "cloudformation:ExecuteChangeSet", NESTED, {}, YES),
    ("create-change-set", "iam:PassRole", ROLE, TO_CLOUDFORMATION, YES),
    ("create-change-set", "iam:PassRole", ROLE, TO_EC2, NO),
    ("create-change-set", "iam:PassRole", OTHER_ROLE, TO_CLOUDFORMATION, NO),
    ("trigger", "iam:PassRole", ROLE, TO_CLOUDFORMATION, NEVER),
    ("create-stack", "s3:PutObject", TEMPLATE, TLS, YES),
    ("create-stack", "s3:PutObject", TEMPLATE, NO_TLS, NEVER),
    ("create-stack", "s3:PutObject", CODE, TLS, NEVER),
    ("trigger", "s3:PutObject", INPUT, TLS, NEVER),
    ("create-stack", "kms:GenerateDataKey", KEY_ARN, THROUGH_S3, YES),
    ("create-stack", "kms:GenerateDataKey", KEY_ARN, THROUGH_SQS, NO),
    ("delete-change-set", "kms:Decrypt", KEY_ARN, THROUGH_S3, NO),
    ("trigger", "states:StartExecution", MACHINE, {}, YES),
    ("trigger", "states:StartExecution", OTHER_MACHINE, {}, NO),
    ("create-stack", "states:StartExecution", MACHINE, {}, NEVER),
    ("execute-change-set", "codepipeline:PutJobSuccessResult", "*", {}, NEVER),
]


@pytest.fixture(scope="session")
def answers(plans: Mapping[Kind, Plan]) -> list[Answer]:
    """Return the answer to each line of MAY, for the plain deployment."""
    plan = plans[PLAIN]
    of_resources = {"s3": plan.bucket_policy, "kms": plan.key_policy}
    return ask(
        [
            Question(
                principal=f"arn:aws:iam::{ACCOUNT_ID}:role/changegate-{function}",
                request=Request(action, resource, ACCOUNT_ID, context),
                identity=plan.roles[f"changegate-{function}"].policies,
                resource_policy=of_resources.get(action.partition(":")[0]),
            )
            for function, action, resource, context, _ in MAY
        ]
    )


@pytest.mark.parametrize("number", range(len(MAY)), ids=[f"{line[0]}: {line[1]} {TITLES[line[4]]}" for line in MAY])
def test_what_a_function_may_and_may_not(answers: list[Answer], number: int) -> None:
    assert answers[number].result == MAY[number][4]


def test_the_scenarios_tell_functions_what_terraform_tells_them(
    plans: Mapping[Kind, Plan], functions: list[str]
) -> None:
    """Otherwise, the record would have the calls of differently configured functions."""
    settings = plans[PLAIN].function_variables
    for name in functions:
        key = name.removeprefix("changegate-").replace("-", "_")
        ours = {k: v for k, v in settings[name].items() if not k.startswith("POWERTOOLS_") and k != "STATE_MACHINE_ARN"}
        assert ours == world.SETTINGS.get(key, {}), name
