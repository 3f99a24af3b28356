from __future__ import annotations

import re
from typing import Any

import pytest

from changegate.contract import parsing
from changegate.contract.deployment import Deployment
from changegate.contract.task_params import OnUnsafeUpdate
from changegate.errors import MisconfiguredError
from changegate.target import Target
from tests.unit.conftest import PARAMS

ROLE = "arn:aws:iam::222222222222:role/path/deployments"
ALARM: dict[str, Any] = {
    "arn": "arn:aws:cloudwatch:eu-west-1:111111111111:alarm:errors",
    "type": "AWS::CloudWatch::Alarm",
}


def deployment_of(params: dict[str, Any]) -> Deployment:
    return Deployment.of(parsing.parse(params))


def test_it_is_read_from_task_params() -> None:
    deployment = deployment_of(
        {**PARAMS, "parameters": {"Size": "1"}, "tags": {"team": "a"}, "capabilities": ["CAPABILITY_IAM"], "more": 1}
    )
    assert deployment.full_stack_name == "prod-app"
    assert deployment.revision.template_path == "infra/template.yaml"
    assert (deployment.revision.bucket, deployment.revision.key) == ("artifacts", "pipeline/Source/abc1234")
    assert deployment.parameters == {"Size": "1"}
    assert deployment.tags == {"team": "a"}
    assert deployment.settings.capabilities == ["CAPABILITY_IAM"]


@pytest.mark.parametrize("name", sorted(PARAMS))
@pytest.mark.parametrize("value", [None, "", 1, {}, []])
def test_each_required_field_is_named_when_it_is_missing_or_of_another_kind(name: str, value: Any) -> None:
    with pytest.raises(MisconfiguredError, match=re.escape(name)):
        deployment_of({**PARAMS, name: value})
    with pytest.raises(MisconfiguredError, match=re.escape(name)):
        deployment_of({key: item for key, item in PARAMS.items() if key != name})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("parameters", ["a"]),
        ("parameters", {"Size": 1}),
        ("tags", "a"),
        ("capabilities", "CAPABILITY_IAM"),
        ("capabilities", ["CAPABILITY_EVERYTHING"]),
        ("capabilities", [["CAPABILITY_IAM"]]),
        ("templateConfigurationPath", ""),
        ("templateConfigurationPath", 1),
        ("roleArn", "role"),
        ("roleArn", 1),
        ("notificationArns", "arn:aws:sns:eu-west-1:111111111111:a"),
        ("notificationArns", ["arn:aws:sqs:eu-west-1:111111111111:a"]),
        ("notificationArns", ["arn:aws:sns:eu-west-1:111111111111:a"] * 6),
        ("terminationProtection", "true"),
        ("recreateFailedStack", 1),
        ("onUnsafeUpdate", "approve"),
        ("onUnsafeUpdate", None),
        ("rollbackConfiguration", []),
        ("rollbackConfiguration", {"monitoringTimeInMinutes": 181}),
        ("rollbackConfiguration", {"monitoringTimeInMinutes": -1}),
        ("rollbackConfiguration", {"monitoringTimeInMinutes": True}),
        ("rollbackConfiguration", {"monitoringTimeInMinutes": 1.5}),
        ("rollbackConfiguration", {"monitoringTime": 1}),
        ("rollbackConfiguration", {"rollbackTriggers": [ALARM] * 6}),
        ("rollbackConfiguration", {"rollbackTriggers": ["arn:alarm"]}),
        ("rollbackConfiguration", {"rollbackTriggers": [{**ALARM, "type": "AWS::SNS::Topic"}]}),
        ("rollbackConfiguration", {"rollbackTriggers": [{**ALARM, "arn": "alarm"}]}),
        ("rollbackConfiguration", {"rollbackTriggers": [{**ALARM, "more": "x"}]}),
        ("target", "111111111111"),
        ("target", {"account": "111111111111"}),
        ("target", {"externalId": "secret", "region": "eu-west-1"}),
        ("target", {"roleArn": ROLE}),
    ],
)
def test_an_optional_field_of_another_kind_is_named(name: str, value: Any) -> None:
    with pytest.raises(MisconfiguredError, match=name):
        deployment_of({**PARAMS, name: value})


@pytest.mark.parametrize(
    ("name", "value"), [("roleArn", "here"), ("region", "Ireland"), ("externalId", "x"), ("externalId", "a b")]
)
def test_a_field_of_the_target_of_another_kind_is_named(name: str, value: str) -> None:
    with pytest.raises(MisconfiguredError, match=name):
        deployment_of({**PARAMS, "roleArn": ROLE, "target": {"roleArn": ROLE, name: value}})


def test_what_a_deployment_may_say_besides() -> None:
    deployment = deployment_of(
        {
            **PARAMS,
            "templateConfigurationPath": "infra/prod.json",
            "roleArn": ROLE,
            "notificationArns": ["arn:aws:sns:eu-west-1:111111111111:stacks"],
            "rollbackConfiguration": {"monitoringTimeInMinutes": 180, "rollbackTriggers": [ALARM]},
            "terminationProtection": True,
            "recreateFailedStack": True,
            "onUnsafeUpdate": "blue_green",
            "target": {"roleArn": ROLE, "externalId": "our-secret", "region": "us-gov-east-1"},
        }
    )
    assert deployment.revision.template_configuration_path == "infra/prod.json"
    assert deployment.settings.role_arn == ROLE
    assert deployment.settings.notification_arns == ["arn:aws:sns:eu-west-1:111111111111:stacks"]
    assert deployment.settings.rollback_configuration == {
        "MonitoringTimeInMinutes": 180,
        "RollbackTriggers": [{"Arn": ALARM["arn"], "Type": ALARM["type"]}],
    }
    assert deployment.termination_protection
    assert deployment.recreate_failed_stack
    assert deployment.on_unsafe_update is OnUnsafeUpdate.BLUE_GREEN
    assert deployment.target == Target(ROLE, "our-secret", "us-gov-east-1")


def test_what_it_does_unless_it_is_told_otherwise() -> None:
    deployment = deployment_of(PARAMS)
    assert not deployment.termination_protection
    assert not deployment.recreate_failed_stack
    assert deployment.on_unsafe_update is OnUnsafeUpdate.REJECT
    assert deployment.target == Target()
    assert deployment.settings.rollback_configuration is None


def test_a_successors_name_follows_from_the_revision_and_must_fit() -> None:
    params = {**PARAMS, "stackName": "a" * 120}
    assert deployment_of(PARAMS).successor_name("0a1b2c3d4e5f") == "prod-app-0a1b2c3d"
    assert len(deployment_of(params).full_stack_name) == 125
    with pytest.raises(MisconfiguredError, match="successor"):
        deployment_of({**params, "onUnsafeUpdate": "blue_green"})


@pytest.mark.parametrize(
    ("environment", "stack"), [("1prod", "app"), ("prod", "my_app"), ("prod", "a" * 124), ("prod", "app ")]
)
def test_a_name_that_cloudformation_would_refuse_is_refused(environment: str, stack: str) -> None:
    with pytest.raises(MisconfiguredError, match="stack's name"):
        deployment_of({**PARAMS, "environmentName": environment, "stackName": stack})
