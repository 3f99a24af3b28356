"""The provider on a running LocalStack, called with boto3, and what it relies on in LocalStack."""

from __future__ import annotations

import inspect
import json
import time
import urllib.error
import urllib.request
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ReadTimeoutError
from localstack import config
from localstack.services.plugins import PLUGIN_NAMESPACE, Service

from changegate_cli.local import instance

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SCRIPTS = "/_localstack_pipelines/cloudformation"
TEMPLATE = "https://bucket.s3.eu-west-1.amazonaws.com/template.yaml"


@pytest.fixture(scope="module")
def aws(
    tmp_path_factory: pytest.TempPathFactory, localstack_python: Path, lambda_python: Path
) -> Iterator[instance.LocalAws]:
    """Run an instance with scripted CloudFormation; the shared instance has LocalStack's."""
    extra = {"PROVIDER_OVERRIDE_CLOUDFORMATION": "scripted"}
    with instance.start(
        tmp_path_factory.mktemp("scripted"), localstack_python, lambda_python, extra_env=extra
    ) as running:
        yield running


def request(aws: instance.LocalAws, method: str, path: str, content: object = None) -> tuple[int, Any]:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    sent = urllib.request.Request(aws.endpoint_url + SCRIPTS + path, method=method, data=body)  # noqa: S310
    try:
        with urllib.request.urlopen(sent, timeout=30) as response:  # noqa: S310
            return response.status, json.loads(response.read())
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


def client(aws: instance.LocalAws, *, region: str = instance.REGION, **credentials: str) -> Any:
    """Return a client that does not retry."""
    keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test", **credentials}
    once = Config(retries={"total_max_attempts": 1})
    return boto3.client("cloudformation", endpoint_url=aws.endpoint_url, region_name=region, config=once, **keys)  # type: ignore[call-overload]


def test_scripts_are_set_read_and_removed(aws: instance.LocalAws) -> None:
    script = {"stack": {"status": "UPDATE_COMPLETE"}}
    assert request(aws, "GET", "/scripts/api-*") == (404, {"message": "There is no script api-*."})
    assert request(aws, "PUT", "/scripts/api-%2A", script) == (200, {"pattern": "api-*"})
    assert request(aws, "PUT", "/scripts/other", {"stack": {}})[0] == 400
    status, content = request(aws, "PUT", "/scripts/other", b"{")
    assert (status, content["message"].startswith("The script is not valid JSON: ")) == (400, True)
    assert client(aws).describe_stacks(StackName="api-a")["Stacks"][0]["StackStatus"] == "UPDATE_COMPLETE"
    status, content = request(aws, "GET", "/scripts/api-*")
    assert status == 200
    assert content["script"] == script
    assert [stack["name"] for stack in content["stacks"]] == ["api-a"]
    assert [call["operation"] for call in content["journal"]] == ["DescribeStacks"]
    assert "api-*" in request(aws, "GET", "")[1]["scripts"]
    assert request(aws, "DELETE", "/scripts/api-*") == (200, {})
    assert request(aws, "DELETE", "/scripts/api-*")[0] == 404
    with pytest.raises(ClientError, match="Stack with id api-a does not exist"):
        client(aws).describe_stacks(StackName="api-a")


def test_a_deployment_goes_through_boto3(aws: instance.LocalAws) -> None:
    nested = {
        "Action": "Modify",
        "LogicalResourceId": "Network",
        "ResourceType": "AWS::CloudFormation::Stack",
        "Replacement": "False",
        "Scope": ["Properties"],
        "Details": [{"Target": {"Attribute": "Properties"}, "Evaluation": "Dynamic", "ChangeSource": "Automatic"}],
        "ChangeSetId": "{change_set_id:Network}",
    }
    changes = [{"Type": "Resource", "ResourceChange": nested}]
    outcome = {"changes": changes, "nested": {"Network": {"changes": []}}}
    assert request(aws, "PUT", "/scripts/through", {"operations": {"CreateChangeSet": outcome}})[0] == 200
    cloudformation = client(aws)
    created = cloudformation.create_stack(
        StackName="through",
        TemplateURL=TEMPLATE,
        Parameters=[{"ParameterKey": "Size", "ParameterValue": "1"}],
        Tags=[{"Key": "team", "Value": "a"}],
        NotificationARNs=["arn:aws:sns:eu-west-1:000000000000:news"],
        RollbackConfiguration={"MonitoringTimeInMinutes": 5, "RollbackTriggers": []},
        ClientRequestToken="creation",
    )
    cloudformation.get_waiter("stack_create_complete").wait(StackName="through", WaiterConfig={"Delay": 0})
    (stack,) = cloudformation.describe_stacks(StackName=created["StackId"])["Stacks"]
    assert stack["Parameters"] == [{"ParameterKey": "Size", "ParameterValue": "1"}]
    assert stack["RollbackConfiguration"]["MonitoringTimeInMinutes"] == 5
    change_set = cloudformation.create_change_set(
        StackName="through", ChangeSetName="a", TemplateURL=TEMPLATE, ClientToken="b", IncludeNestedStacks=True
    )
    waiter = cloudformation.get_waiter("change_set_create_complete")
    waiter.wait(ChangeSetName=change_set["Id"], WaiterConfig={"Delay": 0})
    described = cloudformation.describe_change_set(ChangeSetName=change_set["Id"])
    (shown,) = [change["ResourceChange"] for change in described["Changes"]]
    assert {name: value for name, value in shown.items() if name != "ChangeSetId"} == {
        name: value for name, value in nested.items() if name != "ChangeSetId"
    }
    assert cloudformation.describe_change_set(ChangeSetName=shown["ChangeSetId"])["RootChangeSetId"] == change_set["Id"]
    cloudformation.execute_change_set(ChangeSetName=change_set["Id"], ClientRequestToken="execution")
    cloudformation.get_waiter("stack_update_complete").wait(StackName="through", WaiterConfig={"Delay": 0})
    events = cloudformation.describe_stack_events(StackName="through")["StackEvents"]
    assert [(event["ResourceStatus"], event["ClientRequestToken"]) for event in events] == [
        ("UPDATE_COMPLETE", "execution"),
        ("UPDATE_IN_PROGRESS", "execution"),
        ("CREATE_COMPLETE", "creation"),
        ("CREATE_IN_PROGRESS", "creation"),
    ]
    assert [event["Timestamp"] for event in events] == sorted((event["Timestamp"] for event in events), reverse=True)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        ({"code": "Throttling", "message": "Rate exceeded"}, 400),
        ({"code": "InternalFailure", "message": "Broken."}, 500),
        ({"code": "AccessDenied", "message": "Not on {stack}.", "status": 403}, 403),
        ({"code": "InsufficientCapabilitiesException", "message": "Requires capabilities : [CAPABILITY_IAM]"}, 400),
    ],
)
def test_errors_reach_the_client_as_they_are_given(aws: instance.LocalAws, error: dict[str, Any], status: int) -> None:
    request(aws, "PUT", "/scripts/faulty", {"faults": [{"operation": "CreateStack", "error": error}]})
    with pytest.raises(ClientError) as caught:
        client(aws).create_stack(StackName="faulty", TemplateURL=TEMPLATE)
    answer = caught.value.response
    assert answer["Error"]["Code"] == error["code"]
    assert answer["Error"]["Message"] == error["message"].replace("{stack}", "faulty")
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == status


def test_errors_of_the_api_have_their_types(aws: instance.LocalAws) -> None:
    cloudformation = client(aws)
    request(aws, "PUT", "/scripts/typed", {"stack": {"status": "CREATE_COMPLETE"}, "max_change_sets": 0})
    with pytest.raises(cloudformation.exceptions.AlreadyExistsException):
        cloudformation.create_stack(StackName="typed", TemplateURL=TEMPLATE)
    with pytest.raises(cloudformation.exceptions.LimitExceededException):
        cloudformation.create_change_set(StackName="typed", ChangeSetName="a", TemplateURL=TEMPLATE)
    with pytest.raises(cloudformation.exceptions.ChangeSetNotFoundException) as caught:
        cloudformation.describe_change_set(StackName="typed", ChangeSetName="a")
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 404


def test_a_late_answer_keeps_nobody_else_waiting(aws: instance.LocalAws) -> None:
    fault = {"operation": "CreateStack", "call": 1, "when": "after", "delay_seconds": 60}
    request(aws, "PUT", "/scripts/late", {"faults": [fault]})
    hasty = boto3.client(
        "cloudformation",
        endpoint_url=aws.endpoint_url,
        region_name=instance.REGION,
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(read_timeout=1, retries={"total_max_attempts": 1}),
    )
    began = time.monotonic()
    with pytest.raises(ReadTimeoutError):
        hasty.create_stack(StackName="late", TemplateURL=TEMPLATE, ClientRequestToken="a")
    again = client(aws).create_stack(StackName="late", TemplateURL=TEMPLATE, ClientRequestToken="a")
    assert time.monotonic() - began < 20
    (stack,) = request(aws, "GET", "/scripts/late")[1]["stacks"]
    assert stack["stack_id"] == again["StackId"]


def test_account_and_region_are_those_of_the_caller(aws: instance.LocalAws) -> None:
    sts = aws.client("sts")
    assumed = sts.assume_role(RoleArn="arn:aws:iam::444455556666:role/deploy", RoleSessionName="deployment")[
        "Credentials"
    ]
    there = client(
        aws,
        region="us-west-2",
        aws_access_key_id=assumed["AccessKeyId"],
        aws_secret_access_key=assumed["SecretAccessKey"],
        aws_session_token=assumed["SessionToken"],
    )
    stack_id = there.create_stack(StackName="elsewhere", TemplateURL=TEMPLATE)["StackId"]
    assert stack_id.startswith("arn:aws:cloudformation:us-west-2:444455556666:stack/elsewhere/")
    with pytest.raises(ClientError, match="does not exist"):
        client(aws).describe_stacks(StackName="elsewhere")


def test_operations_that_are_not_there_say_so(aws: instance.LocalAws) -> None:
    with pytest.raises(ClientError) as caught:
        client(aws).list_exports()
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501


def test_the_endpoints_are_only_there_where_the_provider_is_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    providers = config.ServiceProviderConfig("default")
    monkeypatch.setattr(config, "SERVICE_PROVIDER_CONFIG", providers)
    (ours,) = entry_points(group="localstack.hooks.on_infra_start", name="cloudformation_scripts")
    hook = ours.load().__pluginspec__.factory()
    assert not hook.should_load()
    providers.set_provider("cloudformation", "scripted")
    assert hook.should_load()


def test_entry_point_and_service_are_what_localstack_expects() -> None:
    (ours,) = entry_points(group=PLUGIN_NAMESPACE, name="cloudformation:scripted")
    assert ours.load().name == "cloudformation:scripted"
    assert list(inspect.signature(Service.for_provider).parameters)[:2] == ["provider", "dispatch_table_factory"]
