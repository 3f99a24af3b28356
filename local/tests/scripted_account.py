"""An account with scripted CloudFormation, without LocalStack."""

from __future__ import annotations

from typing import Any

import pytest

from localstack_pipelines.scripted_cloudformation.checking import check
from localstack_pipelines.scripted_cloudformation.errors import Refusal
from localstack_pipelines.scripted_cloudformation.service import ScriptedCloudFormation

ACCOUNT = "111122223333"
REGION = "eu-west-1"
NAME = "dev-web"
TEMPLATE = "https://bucket.s3.eu-west-1.amazonaws.com/template.yaml"

READY = {"stack": {"status": "UPDATE_COMPLETE"}}
NESTED_CHANGE = {
    "Type": "Resource",
    "ResourceChange": {
        "Action": "Modify",
        "LogicalResourceId": "Network",
        "ResourceType": "AWS::CloudFormation::Stack",
        "ChangeSetId": "{change_set_id:Network}",
    },
}


def change(logical_id: str) -> dict[str, Any]:
    return {"Type": "Resource", "ResourceChange": {"Action": "Add", "LogicalResourceId": logical_id}}


def comparison(**members: Any) -> dict[str, Any]:
    return {**READY, "operations": {"CreateChangeSet": members}}


def event(logical_id: str, status: str) -> dict[str, Any]:
    return {"LogicalResourceId": logical_id, "ResourceType": "AWS::SQS::Queue", "ResourceStatus": status}


class Account:
    """Calls operations as a client does; ``calls`` and ``state`` return what the endpoints do."""

    def __init__(self, script: dict[str, Any] | None = None, name: str = NAME) -> None:
        self.service = ScriptedCloudFormation(check)
        self.name = name
        if script is not None:
            self.service.set_script(name, script)

    def do(self, operation: str, *, account: str = ACCOUNT, region: str = REGION, **parameters: Any) -> dict[str, Any]:
        """Return the answer of a call; StackName defaults to ``dev-web``, unless ChangeSetName is an ARN."""
        if not str(parameters.get("ChangeSetName", "")).startswith("arn:"):
            parameters = {"StackName": self.name, **parameters}
        reply = self.service.call(operation, account, region, parameters)
        if reply.error is not None:
            raise reply.error
        return reply.answer

    def refused(self, operation: str, **parameters: Any) -> tuple[str, str]:
        """Return the error code and message of a call that must fail."""
        with pytest.raises(Refusal) as caught:
            self.do(operation, **parameters)
        return caught.value.code, caught.value.message

    def create(self, **parameters: Any) -> str:
        """Create the stack and return its ARN."""
        arn: str = self.do("CreateStack", TemplateURL=TEMPLATE, **parameters)["StackId"]
        return arn

    def compare(self, name: str = "comparison", **parameters: Any) -> str:
        """Create a change set and return its ARN."""
        arn: str = self.do("CreateChangeSet", ChangeSetName=name, TemplateURL=TEMPLATE, **parameters)["Id"]
        return arn

    def compared(self, name: str = "comparison", **parameters: Any) -> str:
        """Create a change set, wait until it is created, and return its ARN."""
        arn = self.compare(name, **parameters)
        while self.do("DescribeChangeSet", ChangeSetName=arn)["Status"] != "CREATE_COMPLETE":
            pass
        return arn

    def execute(self, change_set_id: str, **parameters: Any) -> dict[str, Any]:
        """Execute a change set."""
        return self.do("ExecuteChangeSet", ChangeSetName=change_set_id, **parameters)

    def look(self, name: str | None = None) -> dict[str, Any]:
        """Look at the stack once and return it."""
        (stack,) = self.do("DescribeStacks", StackName=name or self.name)["Stacks"]
        found: dict[str, Any] = stack
        return found

    def statuses(self, looks: int, name: str | None = None) -> list[str]:
        """Look at the stack so often and return its statuses."""
        return [self.look(name)["StackStatus"] for _ in range(looks)]

    def events(self, name: str | None = None) -> list[tuple[str, str]]:
        """Return the logical ids and statuses of the stack's events, newest first."""
        answer = self.do("DescribeStackEvents", StackName=name or self.name)
        return [(event["LogicalResourceId"], event["ResourceStatus"]) for event in answer["StackEvents"]]

    def change_set(self, change_set_id: str) -> tuple[str, str]:
        """Look at a change set once and return its Status and ExecutionStatus."""
        answer = self.do("DescribeChangeSet", ChangeSetName=change_set_id)
        return answer["Status"], answer["ExecutionStatus"]

    @property
    def state(self) -> dict[str, Any]:
        """The answer of GET for the script."""
        state = self.service.script_state(self.name)
        assert state is not None
        return state

    @property
    def calls(self) -> list[dict[str, Any]]:
        """The journal of the script."""
        journal: list[dict[str, Any]] = self.state["journal"]
        return journal
