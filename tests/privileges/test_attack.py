"""An attack by a commit: a template whose parts are all additions rewrites what judges templates, and is refused.

The worst case is assumed: the role that deploys may do everything, and so may the roles that the template creates. Only
the policies that Terraform renders refuse it. Each step is asked of the simulator, because each would be enough.

The boundary of a role limits what its own policies allow (IAM User Guide, "Permissions boundaries for IAM entities"). A
custom resource runs a function of the template, with the function's role (CloudFormation User Guide, "Custom
resources").
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from dev.checks.policies.plans import Plan, plan_with_everything
from tests.privileges.authorization import Request
from tests.privileges.simulator import Question, ask

if TYPE_CHECKING:
    from collections.abc import Mapping

ACCOUNT = "111122223333"
EVERYTHING = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Sid": "All", "Effect": "Allow", "Action": "*", "Resource": "*"}]}
)
IAM = f"arn:aws:iam::{ACCOUNT}"
BOUNDARY = f"{IAM}:policy/changegate-template-boundary"
DEPLOYER = f"{IAM}:role/changegate-cloudformation"
# Created by the template, with the boundary.
INTRUDER = f"{IAM}:role/prod-app-intruder"
BUCKET = f"arn:aws:s3:::changegate-{ACCOUNT}-eu-west-1"
INSPECTOR = f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:changegate-inspect-change-set-changes"
MACHINE = f"arn:aws:states:eu-west-1:{ACCOUNT}:stateMachine:changegate-deploy"
KEY = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
OUR_KEY = {"kms:ResourceAliases": ["alias/changegate"]}

type Step = tuple[str, str, Mapping[str, str | list[str]]]

BOUNDED: Mapping[str, str | list[str]] = {"iam:PermissionsBoundary": BOUNDARY}
OTHERWISE: Mapping[str, str | list[str]] = {"iam:PermissionsBoundary": f"{IAM}:policy/anything"}

# What the template itself would have to do, with the role that CloudFormation deploys with.
BY_TEMPLATE: dict[str, Step] = {
    "a role without a boundary": ("iam:CreateRole", INTRUDER, {}),
    "a role with another boundary": ("iam:CreateRole", INTRUDER, OTHERWISE),
    "another boundary for its role": ("iam:PutRolePermissionsBoundary", INTRUDER, OTHERWISE),
    "no boundary for its role": ("iam:DeleteRolePermissionsBoundary", INTRUDER, BOUNDED),
    "a right for a role without the boundary": ("iam:PutRolePolicy", f"{IAM}:role/existing", {}),
    "a policy for a role without the boundary": ("iam:AttachRolePolicy", f"{IAM}:role/existing", {}),
    "a user without a boundary": ("iam:CreateUser", f"{IAM}:user/intruder", {}),
    "a right for a group": ("iam:PutGroupPolicy", f"{IAM}:group/people", {}),
    "credentials of a user": ("iam:CreateAccessKey", f"{IAM}:user/person", {}),
    "another version of the boundary": ("iam:CreatePolicyVersion", BOUNDARY, {}),
    "another version of the denials": (
        "iam:CreatePolicyVersion",
        f"{IAM}:policy/changegate-template-denials",
        {},
    ),
    "the deployer without the denials": ("iam:DetachRolePolicy", DEPLOYER, {}),
    "a function with the inspector's role": (
        "iam:PassRole",
        f"{IAM}:role/changegate-inspect-change-set-changes",
        {"iam:PassedToService": "lambda.amazonaws.com"},
    ),
    "trust in an intruder": ("iam:UpdateAssumeRolePolicy", f"{IAM}:role/changegate-execute-change-set", {}),
    "a permission to invoke the trigger": (
        "lambda:AddPermission",
        f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:changegate-trigger",
        {},
    ),
    "another policy of the bucket": ("s3:PutBucketPolicy", BUCKET, {}),
    "another policy of the key": ("kms:PutKeyPolicy", KEY, OUR_KEY),
    "another pipeline": (
        "codepipeline:UpdatePipeline",
        f"arn:aws:codepipeline:eu-west-1:{ACCOUNT}:orders_changegate",
        {},
    ),
}

# What its function would do then, with a role of the template that has the boundary.
BY_FUNCTION: dict[str, Step] = {
    "code of the inspector": ("lambda:UpdateFunctionCode", INSPECTOR, {}),
    "settings of the inspector": ("lambda:UpdateFunctionConfiguration", INSPECTOR, {}),
    "a version of the inspector": ("lambda:DeleteFunction", f"{INSPECTOR}:7", {}),
    "the code's object": ("s3:PutObject", f"{BUCKET}/functions/changegate.zip", {}),
    "an input": ("s3:PutObject", f"{BUCKET}/state_machine_input/orders/Prod/sample-app.json", {}),
    "a template that was judged": ("s3:PutObject", f"{BUCKET}/templates/prod-app/template", {}),
    "a verdict": ("s3:DeleteObject", f"{BUCKET}/verdicts/prod-app/verdict.json", {}),
    "the definition": ("states:UpdateStateMachine", MACHINE, {}),
    "another execution": ("states:StartExecution", MACHINE, {}),
    "the end of an execution": (
        "states:StopExecution",
        f"{MACHINE.replace(':stateMachine:', ':execution:')}:1234",
        {},
    ),
    "the role of a function": ("sts:AssumeRole", f"{IAM}:role/changegate-execute-change-set", {}),
    "rights of its role": ("iam:PutRolePolicy", INTRUDER, BOUNDED),
    "its own boundary": ("iam:DeleteRolePermissionsBoundary", INTRUDER, BOUNDED),
    "another role": ("iam:CreateRole", f"{IAM}:role/another", BOUNDED),
    "the boundary's policy": ("iam:CreatePolicyVersion", BOUNDARY, {}),
    "trust of a role that exists": ("iam:UpdateAssumeRolePolicy", f"{IAM}:role/existing", {}),
    "credentials of a user": ("iam:CreateAccessKey", f"{IAM}:user/person", {}),
    "the key": ("kms:ScheduleKeyDeletion", KEY, OUR_KEY),
    "an alarm": (
        "cloudwatch:DisableAlarmActions",
        f"arn:aws:cloudwatch:eu-west-1:{ACCOUNT}:alarm:changegate-trigger-errors",
        {},
    ),
    "the rule of an outcome": (
        "events:DisableRule",
        f"arn:aws:events:eu-west-1:{ACCOUNT}:rule/changegate-deployment-rejected",
        {},
    ),
    "the rule of a pipeline": (
        "events:DisableRule",
        f"arn:aws:events:eu-west-1:{ACCOUNT}:rule/changegate-pipeline-orders",
        {},
    ),
    "the repository of a pipeline": (
        "codecommit:GitPush",
        f"arn:aws:codecommit:eu-west-1:{ACCOUNT}:changegate-theirs",
        {},
    ),
    "the approval of a stage": (
        "codepipeline:PutApprovalResult",
        f"arn:aws:codepipeline:eu-west-1:{ACCOUNT}:orders_changegate/Prod/Approve",
        {},
    ),
    "the log": (
        "logs:DeleteLogGroup",
        f"arn:aws:logs:eu-west-1:{ACCOUNT}:log-group:/aws/lambda/changegate-trigger",
        {},
    ),
}

# What templates, and what they create, have to be able to do.
STILL_BY_TEMPLATE: dict[str, Step] = {
    "a role with the boundary": ("iam:CreateRole", f"{IAM}:role/prod-app-worker", BOUNDED),
    "a right for it": ("iam:PutRolePolicy", f"{IAM}:role/prod-app-worker", BOUNDED),
    "passing it": ("iam:PassRole", f"{IAM}:role/prod-app-worker", {"iam:PassedToService": "lambda.amazonaws.com"}),
    "a function": ("lambda:CreateFunction", f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:prod-app-worker", {}),
    "a notification": ("sns:Publish", f"arn:aws:sns:eu-west-1:{ACCOUNT}:changegate-deployment", {}),
}
STILL_BY_FUNCTION: dict[str, Step] = {
    "code of another function": (
        "lambda:UpdateFunctionCode",
        f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:prod-app-worker",
        {},
    ),
    "an object of the application": ("s3:PutObject", "arn:aws:s3:::prod-app-uploads/image", {}),
    "the application's key": ("kms:Decrypt", KEY, {"kms:ResourceAliases": ["alias/prod-app"]}),
    "a role elsewhere": ("sts:AssumeRole", "arn:aws:iam::444455556666:role/data", {}),
}


@pytest.fixture(scope="module")
def plan() -> Plan:
    return plan_with_everything()


def policy(plan: Plan, name: str) -> str:
    """Return the managed policy ``name`` of module iam."""
    [document] = [
        change["change"]["after"]["policy"]
        for change in plan["resource_changes"]
        if change["address"].startswith(f"module.iam.aws_iam_policy.{name}")
    ]
    return str(document)


def results(plan: Plan, steps: Mapping[str, Step], *, by_template: bool) -> dict[str, str]:
    """Return the simulator's decision of each step."""
    denials, boundary = policy(plan, "template_denials"), policy(plan, "template_boundary")

    def question(action: str, resource: str, context: Mapping[str, Any]) -> Question:
        account = "" if ":s3:::" in resource else resource.split(":")[4]
        request = Request(action, resource, account or ACCOUNT, context)
        if by_template:
            return Question(DEPLOYER, request, {"deployment": EVERYTHING, "denials": denials})
        return Question(INTRUDER, request, {"its own": EVERYTHING}, boundary=boundary)

    answers = ask([question(*step) for step in steps.values()])
    return {name: answer.result for name, answer in zip(steps, answers, strict=True)}


def test_the_template_may_do_no_step(plan: Plan) -> None:
    assert results(plan, BY_TEMPLATE, by_template=True) == dict.fromkeys(BY_TEMPLATE, "ExplicitlyDenied")


def test_what_the_template_creates_may_do_no_step(plan: Plan) -> None:
    assert results(plan, BY_FUNCTION, by_template=False) == dict.fromkeys(BY_FUNCTION, "ExplicitlyDenied")


def test_without_the_denials_and_the_boundary_every_step_would_succeed(plan: Plan) -> None:
    """Else the attack would show nothing."""
    for steps, principal in ((BY_TEMPLATE, DEPLOYER), (BY_FUNCTION, INTRUDER)):
        questions = [
            Question(principal, Request(action, resource, ACCOUNT, context), {"its own": EVERYTHING})
            for action, resource, context in steps.values()
            # Another account's or service's word is needed for these as well.
            if action != "sts:AssumeRole" and not action.startswith("kms:")
        ]
        assert {answer.result for answer in ask(questions)} == {"Allowed"}


def test_templates_can_still_do_their_work(plan: Plan) -> None:
    assert results(plan, STILL_BY_TEMPLATE, by_template=True) == dict.fromkeys(STILL_BY_TEMPLATE, "Allowed")
    denied = results(plan, STILL_BY_FUNCTION, by_template=False)
    # Keys and roles of other accounts have policies that decide as well.
    assert "ExplicitlyDenied" not in denied.values()
    assert denied["code of another function"] == denied["an object of the application"] == "Allowed"
