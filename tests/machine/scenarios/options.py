"""The options of a deployment, and the parameters that CloudFormation receives."""

from __future__ import annotations

import json
from typing import Any

from tests.machine.scenarios import revision
from tests.machine.scenarios.scenario import (
    CREATED,
    NOTHING,
    REFUSED,
    UPDATED,
    Scenario,
    misconfigured,
    rejected,
    rolled_back,
    succeeds,
)
from tests.machine.scenarios.scripts import (
    comparison,
    denied,
    empty,
    execution,
    fault,
    removed,
    script,
    stack,
)
from tests.machine.scenarios.world import CLOUDFORMATION_ROLE

READY = stack("UPDATE_COMPLETE")
CREATE_STACK = succeeds("Stack {stack} was created.")
UPDATE_STACK = succeeds("Stack {stack} was updated.")

CONFIGURED = {"templateConfigurationPath": revision.CONFIGURATION_PATH}
POLICY = json.dumps(revision.STACK_POLICY)
WITH_POLICY = [*UPDATED, "SetStackPolicy"]

FROM_THE_FILE: dict[str, Any] = {
    "Parameters": [
        {"ParameterKey": "Colour", "ParameterValue": "red"},
        {"ParameterKey": "Size", "ParameterValue": "small"},
    ],
    "Tags": [{"Key": "stage", "Value": "test"}, {"Key": "team", "Value": "orders"}],
    "RoleARN": CLOUDFORMATION_ROLE,
}

DEPLOYMENT_ROLE = "arn:aws:iam::000000000000:role/deployment"
TOPIC = "arn:aws:sns:eu-west-1:000000000000:stacks"
ALARM = "arn:aws:cloudwatch:eu-west-1:000000000000:alarm:errors"

EVERYTHING: dict[str, Any] = {
    **CONFIGURED,
    "parameters": {"Size": "large"},
    "tags": {"team": "billing"},
    "capabilities": ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
    "notificationArns": [TOPIC],
    "rollbackConfiguration": {
        "monitoringTimeInMinutes": 15,
        "rollbackTriggers": [{"arn": ALARM, "type": "AWS::CloudWatch::Alarm"}],
    },
    "terminationProtection": True,
    "roleArn": DEPLOYMENT_ROLE,
}
EVERYTHING_SENT: dict[str, Any] = {
    "StackName": "{stack}",
    "Parameters": [
        {"ParameterKey": "Colour", "ParameterValue": "red"},
        {"ParameterKey": "Size", "ParameterValue": "large"},
    ],
    "Tags": [{"Key": "stage", "Value": "test"}, {"Key": "team", "Value": "billing"}],
    "Capabilities": ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
    "NotificationARNs": [TOPIC],
    "RollbackConfiguration": {
        "MonitoringTimeInMinutes": 15,
        "RollbackTriggers": [{"Arn": ALARM, "Type": "AWS::CloudWatch::Alarm"}],
    },
    "RoleARN": DEPLOYMENT_ROLE,
}

TARGET_ROLE = "arn:aws:iam::111122223333:role/changegate-target"
ELSEWHERE: dict[str, Any] = {
    "roleArn": "arn:aws:iam::111122223333:role/changegate-deployment",
    "target": {"roleArn": TARGET_ROLE, "externalId": "a-secret-word", "region": "us-west-2"},
}

SCENARIOS = [
    Scenario(
        "configured-creation",
        script(),
        CREATE_STACK,
        CREATED,
        told=CONFIGURED,
        sent={"CreateStack": {**FROM_THE_FILE, "StackPolicyBody": POLICY, "EnableTerminationProtection": False}},
    ),
    Scenario(
        "configured-update",
        READY,
        UPDATE_STACK,
        WITH_POLICY,
        told=CONFIGURED,
        sent={"CreateChangeSet": FROM_THE_FILE, "SetStackPolicy": {"StackPolicyBody": POLICY}},
    ),
    Scenario(
        "configured-empty-update",
        script(READY, empty("No updates are to be performed.")),
        succeeds("Stack {stack} has no changes."),
        [*REFUSED, "SetStackPolicy"],
        told=CONFIGURED,
    ),
    # A failed deployment does not change the policy.
    Scenario(
        "configured-unsafe-update",
        script(READY, comparison(removed("Queue"))),
        rejected("Queue"),
        REFUSED,
        told=CONFIGURED,
    ),
    Scenario(
        "configured-failing-update",
        script(READY, execution("UPDATE_IN_PROGRESS", "UPDATE_ROLLBACK_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE")),
        rolled_back("CloudFormation rolled back stack {stack}"),
        UPDATED,
        told=CONFIGURED,
    ),
    Scenario(
        "policy-denied",
        script(READY, denied("SetStackPolicy")),
        misconfigured("A permission is missing"),
        [*UPDATED, "SetStackPolicy!AccessDenied"],
        told=CONFIGURED,
    ),
    Scenario(
        "policy-refused",
        script(READY, fault("SetStackPolicy", {"code": "ValidationError", "message": "Error validating stack policy"})),
        misconfigured("Error validating stack policy", "keeps its policy"),
        [*UPDATED, "SetStackPolicy!ValidationError"],
        told=CONFIGURED,
    ),
    Scenario(
        "everything-at-creation",
        script(),
        CREATE_STACK,
        CREATED,
        told=EVERYTHING,
        sent={"CreateStack": {**EVERYTHING_SENT, "EnableTerminationProtection": True, "StackPolicyBody": POLICY}},
    ),
    Scenario(
        "everything-at-update",
        READY,
        UPDATE_STACK,
        WITH_POLICY,
        told=EVERYTHING,
        sent={
            "CreateChangeSet": {**EVERYTHING_SENT, "ChangeSetType": "UPDATE", "IncludeNestedStacks": True},
            "SetStackPolicy": {"StackPolicyBody": POLICY},
        },
    ),
    # A new stack, although it was not created with CreateStack.
    Scenario(
        "protected-in-review",
        stack("REVIEW_IN_PROGRESS"),
        CREATE_STACK,
        ["CreateChangeSet", "UpdateTerminationProtection", "ExecuteChangeSet"],
        told={"terminationProtection": True},
        sent={"UpdateTerminationProtection": {"EnableTerminationProtection": True}},
    ),
    Scenario(
        "elsewhere-creation",
        {"account": "111122223333", "region": "us-west-2"},
        CREATE_STACK,
        CREATED,
        told=ELSEWHERE,
        sent={"CreateStack": {"RoleARN": ELSEWHERE["roleArn"]}},
        place=("111122223333", "us-west-2"),
    ),
    Scenario(
        "elsewhere-update",
        script(READY, {"account": "111122223333", "region": "us-west-2"}),
        UPDATE_STACK,
        WITH_POLICY,
        told={**ELSEWHERE, **CONFIGURED},
        place=("111122223333", "us-west-2"),
    ),
    Scenario(
        "elsewhere-unsafe-update",
        script(READY, comparison(removed("Queue")), {"account": "111122223333", "region": "us-west-2"}),
        rejected("Queue"),
        REFUSED,
        told=ELSEWHERE,
        place=("111122223333", "us-west-2"),
    ),
    Scenario(
        "elsewhere-recreation",
        script(stack("ROLLBACK_COMPLETE"), {"account": "111122223333", "region": "us-west-2"}),
        succeeds("created again"),
        ["DeleteStack", "CreateStack"],
        told={**ELSEWHERE, "recreateFailedStack": True},
        sent={"DeleteStack": {"RoleARN": ELSEWHERE["roleArn"]}},
        place=("111122223333", "us-west-2"),
    ),
    Scenario(
        "another-region",
        script(READY, {"region": "eu-north-1"}),
        UPDATE_STACK,
        UPDATED,
        told={"target": {"region": "eu-north-1"}},
        place=("000000000000", "eu-north-1"),
    ),
    Scenario(
        "target-without-role",
        script(),
        misconfigured("'roleArn' with 'target'"),
        NOTHING,
        told={"target": {"roleArn": TARGET_ROLE}},
    ),
]
