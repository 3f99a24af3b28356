"""The authorization requests of a call: actions, resources and context keys.

Actions and resources are those of the Service Authorization Reference, against which the simulator checks each request.
The services' guides document which other actions an operation needs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from tests.privileges.record import Call

# Replaces the part of an ARN that CloudFormation generates, for a call that names a stack by its name.
SOME_ID = "00000000-0000-0000-0000-000000000000"


@dataclass(frozen=True)
class Request:
    """A request that IAM decides."""

    action: str
    resource: str
    account: str
    """The account of the resource."""
    context: Mapping[str, str | list[str]] = field(default_factory=dict)


class ChangeSets:
    """Maps the ARN of a change set, which is all that a call has, to its stack."""

    def __init__(self, calls: Iterable[Call]) -> None:
        self._stacks: dict[str, str] = {}
        for call in calls:
            if call.service == "cloudformation":
                for answer in (call.answer, *call.answer.get("Summaries", [])):
                    change_set = answer.get("ChangeSetId") or answer.get("Id")
                    if change_set and "StackId" in answer:
                        self._stacks[change_set] = answer["StackId"]

    def stack_of(self, change_set_arn: str) -> str:
        """Return the ARN of the stack.

        :raises KeyError: when no recorded call has the change set and its stack.
        """
        return self._stacks[change_set_arn]


def stack_arn(call: Call, change_sets: ChangeSets) -> str:
    """Return the ARN of the stack of a call to CloudFormation."""
    named = call.parameters.get("StackName")
    if named is None:
        return change_sets.stack_of(call.parameters["ChangeSetName"])
    if named.startswith("arn:"):
        return str(named)
    return f"arn:aws:cloudformation:{call.region}:{call.account}:stack/{named}/{SOME_ID}"


def requests_of(call: Call, change_sets: ChangeSets) -> list[Request]:
    """Return the authorization requests of ``call``.

    :raises KeyError: for an operation that this module does not have.
    """
    if call.service == "cloudformation":
        return list(_cloudformation(call, stack_arn(call, change_sets)))
    return list(_OPERATIONS[call.service, call.operation](call))


# CloudFormation authorises everything on the stack, and tags also on the change set that has them.

_OF_STACK = {
    "CreateChangeSet",
    "CreateStack",
    "DeleteChangeSet",
    "DeleteStack",
    "DescribeChangeSet",
    "DescribeStackEvents",
    "DescribeStacks",
    "ExecuteChangeSet",
    "ListChangeSets",
    "ListStackResources",
    "SetStackPolicy",
    "UpdateTerminationProtection",
}


def _cloudformation(call: Call, stack: str) -> Iterator[Request]:
    if call.operation not in _OF_STACK:
        raise KeyError(call.operation)
    given = call.parameters
    account = stack.split(":")[4]
    context: dict[str, str | list[str]] = {key: given[name] for name, key in _KEYS.items() if name in given}
    yield Request(f"cloudformation:{call.operation}", stack, account, {**context, **_tag_keys(call)})
    yield from _tagging(call, stack, account)
    if "RoleARN" in given:
        # IAM User Guide, "Grant a user permissions to pass a role to an AWS service".
        passed: dict[str, str | list[str]] = {"iam:PassedToService": "cloudformation.amazonaws.com"}
        yield Request("iam:PassRole", given["RoleARN"], given["RoleARN"].split(":")[4], passed)
    if "TemplateURL" in given:
        # CloudFormation reads the template with the permissions of the caller.
        bucket, _, key = urlsplit(given["TemplateURL"]).path.lstrip("/").partition("/")
        yield from _object(call, "s3:GetObject", "kms:Decrypt", bucket, key)
    if call.operation == "CreateStack":
        for name, action in _OF_NEW_STACKS.items():
            if given.get(name):
                yield Request(action, stack, account)


# Context keys of parameters.
_KEYS = {
    "ChangeSetName": "cloudformation:ChangeSetName",
    "RoleARN": "cloudformation:RoleArn",
    "TemplateURL": "cloudformation:TemplateUrl",
}

# Permissions that CreateStack needs in addition to its own. Protection: CloudFormation User Guide, "Protecting a stack
# from being deleted". The reference does not say whether a stack policy needs one; the function has it, to be safe.
_OF_NEW_STACKS = {
    "EnableTerminationProtection": "cloudformation:UpdateTerminationProtection",
    "StackPolicyBody": "cloudformation:SetStackPolicy",
}


def _tag_keys(call: Call) -> dict[str, str | list[str]]:
    keys = [tag["Key"] for tag in call.parameters.get("Tags", [])]
    return {"aws:TagKeys": keys} if keys else {}


def _tagging(call: Call, stack: str, account: str) -> Iterator[Request]:
    keys = _tag_keys(call)
    if keys:
        context = {**keys, "cloudformation:CreateAction": call.operation}
        yield Request("cloudformation:TagResource", stack, account, context)
        if call.operation == "CreateChangeSet" and "Id" in call.answer:
            yield Request("cloudformation:TagResource", call.answer["Id"], account, context)


# S3, and the key that encrypts objects.

_BUCKET = re.compile(r".+-(?P<account>\d{12})-(?P<region>[a-z0-9-]+)")
KEY_ARN = "arn:aws:kms:eu-west-1:000000000000:key/1234abcd-12ab-34cd-56ef-1234567890ab"
"""The key in the plans of tests/privileges/plans."""


def _place_of(bucket: str) -> tuple[str, str]:
    """Return the account and the region in the name of one of our buckets."""
    found = _BUCKET.fullmatch(bucket)
    assert found is not None, bucket
    return found["account"], found["region"]


def _object(call: Call, action: str, key_action: str, bucket: str, key: str) -> Iterator[Request]:
    account, region = _place_of(bucket)
    yield Request(action, f"arn:aws:s3:::{bucket}/{key}", account, {"aws:SecureTransport": "true"})
    # With a bucket key, the encryption context is the bucket (Amazon S3 User Guide, "Using server-side encryption with
    # AWS KMS keys").
    context: dict[str, str | list[str]] = {
        "kms:ViaService": f"s3.{region}.amazonaws.com",
        "kms:CallerAccount": call.role.split(":")[4],
        "kms:EncryptionContext:aws:s3:arn": f"arn:aws:s3:::{bucket}",
        "kms:EncryptionContextKeys": ["aws:s3:arn"],
    }
    yield Request(key_action, KEY_ARN, account, context)


def _read_object(call: Call) -> Iterator[Request]:
    bucket, key = call.parameters["Bucket"], call.parameters["Key"]
    action = "s3:GetObjectVersion" if "VersionId" in call.parameters else "s3:GetObject"
    yield from _object(call, action, "kms:Decrypt", bucket, key)
    if call.error in {"NoSuchKey", "404"}:
        # Without the permission to list, S3 denies access to a missing object (Amazon S3 API reference, GetObject).
        account, _ = _place_of(bucket)
        yield Request("s3:ListBucket", f"arn:aws:s3:::{bucket}", account, {"aws:SecureTransport": "true"})


def _write_object(call: Call) -> Iterator[Request]:
    return _object(call, "s3:PutObject", "kms:GenerateDataKey", call.parameters["Bucket"], call.parameters["Key"])


# Other services.


def _on_parameter(action: str, name: str) -> Callable[[Call], Iterator[Request]]:
    def requests(call: Call) -> Iterator[Request]:
        arn = call.parameters[name]
        yield Request(action, arn, arn.split(":")[4])

    return requests


def _on_anything(action: str) -> Callable[[Call], Iterator[Request]]:
    def requests(call: Call) -> Iterator[Request]:
        yield Request(action, "*", call.account)

    return requests


def _log(action: str) -> Callable[[Call], Iterator[Request]]:
    def requests(call: Call) -> Iterator[Request]:
        group, stream = call.parameters["logGroupName"], call.parameters["logStreamName"]
        arn = f"arn:aws:logs:{call.region}:{call.account}:log-group:{group}:log-stream:{stream}"
        yield Request(action, arn, call.account)

    return requests


def _nothing(_call: Call) -> Iterator[Request]:
    return iter(())


def _assume_role(call: Call) -> Iterator[Request]:
    arn = call.parameters["RoleArn"]
    context: dict[str, str | list[str]] = {"sts:RoleSessionName": call.parameters["RoleSessionName"]}
    if "ExternalId" in call.parameters:
        context["sts:ExternalId"] = call.parameters["ExternalId"]
    yield Request("sts:AssumeRole", arn, arn.split(":")[4], context)


_OPERATIONS: dict[tuple[str, str], Callable[[Call], Iterator[Request]]] = {
    ("codepipeline", "PutJobFailureResult"): _on_anything("codepipeline:PutJobFailureResult"),
    ("codepipeline", "PutJobSuccessResult"): _on_anything("codepipeline:PutJobSuccessResult"),
    ("lambda", "Invoke"): _on_parameter("lambda:InvokeFunction", "FunctionName"),
    # Lambda writes the logs and does not create an existing group (Lambda Developer Guide, "Sending Lambda function
    # logs to CloudWatch Logs"). LocalStack tries to create it each time, and fails because it exists.
    ("logs", "CreateLogGroup"): _nothing,
    ("logs", "CreateLogStream"): _log("logs:CreateLogStream"),
    ("logs", "PutLogEvents"): _log("logs:PutLogEvents"),
    ("s3", "GetObject"): _read_object,
    ("s3", "HeadObject"): _read_object,
    ("s3", "PutObject"): _write_object,
    ("stepfunctions", "DescribeExecution"): _on_parameter("states:DescribeExecution", "executionArn"),
    ("stepfunctions", "StartExecution"): _on_parameter("states:StartExecution", "stateMachineArn"),
    ("sts", "AssumeRole"): _assume_role,
}
