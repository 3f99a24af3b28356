"""Stubbed AWS clients: requests are validated against the API models, answers come from the test."""

from __future__ import annotations

import io
import os
import zipfile
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.response import StreamingBody
from botocore.stub import Stubber
from hypothesis import settings

from changegate import clients
from changegate.contract import task
from changegate.contract.task import TaskInput
from changegate.pipeline import trigger

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# No deadline, as a busy machine is not an error; and the same examples each time where a change is judged by them.
settings.register_profile("changegate", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("changegate")

SERVICES = ("cloudformation", "codepipeline", "s3", "stepfunctions", "sts")
EXECUTION_ID = "arn:aws:states:eu-west-1:111111111111:execution:changegate:job-1"
STACK_ID = "arn:aws:cloudformation:eu-west-1:111111111111:stack/prod-app/0a1b2c3d"
CHANGE_SET_ID = "arn:aws:cloudformation:eu-west-1:111111111111:changeSet/prod-app-0123/4e5f6a7b"
WAIT = {"state": "Wait", "minimumSeconds": 5, "maximumSeconds": 60, "limitSeconds": 600}
"""The limits of a wait, as the definition passes them."""
PARAMS = {
    "environmentName": "prod",
    "stackName": "app",
    "templatePath": "infra/template.yaml",
    "revisionS3Bucket": "artifacts",
    "revisionS3Key": "pipeline/Source/abc1234",
}


class Aws:
    """One stubbed client per service."""

    def __init__(self) -> None:
        self.clients = {
            service: boto3.client(
                service,  # type: ignore[call-overload]
                region_name="eu-west-1",
                aws_access_key_id="test",
                aws_secret_access_key="test",
            )
            for service in SERVICES
        }
        self.stubs = {service: Stubber(client) for service, client in self.clients.items()}

    def __getattr__(self, service: str) -> Stubber:
        try:
            return self.stubs[service]
        except KeyError:
            raise AttributeError(service) from None

    def fail(self, service: str, operation: str, code: str, message: str = "", status: int = 400) -> None:
        self.stubs[service].add_client_error(operation, code, message, http_status_code=status)


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Aws]:
    stubbed = Aws()
    monkeypatch.setattr(clients, "_client", stubbed.clients.__getitem__)
    for stub in stubbed.stubs.values():
        stub.activate()
    yield stubbed
    for stub in stubbed.stubs.values():
        stub.assert_no_pending_responses()


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEMPLATE_BUCKET", "templates-bucket")
    monkeypatch.setenv("VERDICT_BUCKET", "verdicts-bucket")
    monkeypatch.setenv("CLOUDFORMATION_ROLE_ARN", "arn:aws:iam::111111111111:role/changegate-cloudformation")
    monkeypatch.setenv("STATE_MACHINE_ARN", "arn:aws:states:eu-west-1:111111111111:stateMachine:changegate")


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """Everything that the functions log, from here on."""
    stream = io.StringIO()
    for logger in (task.logger, trigger.logger):
        monkeypatch.setattr(logger.registered_handler, "stream", stream)
    return stream


def token(operation: str) -> str:
    """Return the client token of an API operation on the deployment's own stack."""
    return task_input().client_token(operation)


def task_input(execution_id: str = EXECUTION_ID, **added: Any) -> TaskInput:
    """Return a task's input whose earlier states added ``added``, without settings."""
    return TaskInput.parse({"taskParams": {**PARAMS, **added}, "execution": {"id": execution_id}})


def event(**added: Any) -> dict[str, Any]:
    """Return a task's input whose earlier states added ``added``."""
    return {"taskParams": {**PARAMS, **added}, "execution": {"id": EXECUTION_ID}, "wait": WAIT}


def run(handler: Any, **added: Any) -> dict[str, Any]:
    """Run a task whose earlier states added ``added`` and return its answer."""
    answer: dict[str, Any] = handler(event(**added), None)
    return answer


def waited(total: int) -> dict[str, Any]:
    """Return ``taskParams.wait`` after ``total`` seconds of waiting."""
    return {"for": WAIT["state"], "seconds": 5, "total": total}


def revision(aws: Aws, files: Mapping[str, bytes] | None = None) -> None:
    """Script the reading of the revision and the writing of the template."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in (files or {"infra/template.yaml": b"Resources: {}"}).items():
            archive.writestr(name, content)
    body = file.getvalue()
    where = {"Bucket": "artifacts", "Key": "pipeline/Source/abc1234"}

    class RangedClient:
        """S3, as far as ranged reading goes: a stub cannot answer by the range that is asked for."""

        meta = aws.clients["s3"].meta
        put_object = aws.clients["s3"].put_object

        def head_object(self, **request: Any) -> dict[str, Any]:
            assert request == where
            return {"ContentLength": len(body)}

        def get_object(self, **request: Any) -> dict[str, Any]:
            start = int(request.pop("Range", "bytes=0-").removeprefix("bytes=").removesuffix("-"))
            assert request == where
            return {"Body": StreamingBody(io.BytesIO(body[start:]), len(body) - start)}

    aws.clients["s3"] = RangedClient()


def stack_event(status: str, **fields: Any) -> dict[str, Any]:
    """Return an event of a resource, of no operation unless it names a ClientRequestToken."""
    return {
        "StackId": STACK_ID,
        "StackName": "prod-app",
        "EventId": "e",
        "Timestamp": "2026-01-01T00:00:00Z",
        "ResourceStatus": status,
        "LogicalResourceId": "Queue",
        "ResourceType": "AWS::SQS::Queue",
        "PhysicalResourceId": "queue-1",
        "ResourceStatusReason": "The name is taken.",
        **fields,
    }


def stack(status: str, **fields: Any) -> dict[str, Any]:
    """Return an answer of DescribeStacks."""
    return {
        "Stacks": [
            {
                "StackId": STACK_ID,
                "StackName": "prod-app",
                "StackStatus": status,
                "CreationTime": "2026-01-01T00:00:00Z",
                **fields,
            }
        ]
    }


def change_set(status: str = "CREATE_COMPLETE", execution_status: str = "AVAILABLE", **fields: Any) -> dict[str, Any]:
    """Return an answer of DescribeChangeSet."""
    return {
        "ChangeSetId": CHANGE_SET_ID,
        "StackId": STACK_ID,
        "Status": status,
        "ExecutionStatus": execution_status,
        "Changes": [],
        **fields,
    }


def resource_change(action: str, logical_id: str = "Queue", **fields: Any) -> dict[str, Any]:
    """Return a member of DescribeChangeSet's Changes."""
    return {
        "Type": "Resource",
        "ResourceChange": {
            "Action": action,
            "LogicalResourceId": logical_id,
            "ResourceType": "AWS::SQS::Queue",
            **fields,
        },
    }
