"""The AWS clients of the functions, created once per execution environment."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_codepipeline import CodePipelineClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_stepfunctions import SFNClient
    from mypy_boto3_sts import STSClient
    from mypy_boto3_sts.type_defs import AssumeRoleRequestTypeDef

    from changegate.target import Target

# A call and its retries must end well within a task's timeout (60 seconds), so that the function still answers and the
# state machine's Retry, with its longer waits, takes over.
_CONFIG = Config(
    connect_timeout=3,
    read_timeout=10,
    retries={"mode": "standard", "total_max_attempts": 3},
    user_agent_extra="changegate",
)

# The shortest session that AssumeRole gives (API reference); a function's call ends long before.
_SESSION_SECONDS = 900


@cache
def _client(service: str) -> Any:
    return _new_client(service)


def _new_client(service: str, **changed: Any) -> Any:
    return boto3.client(service, config=_CONFIG, **changed)  # type: ignore[call-overload]  # typed below


def cloudformation(target: Target) -> CloudFormationClient:
    """Return the client of AWS CloudFormation for the target of a deployment.

    A target's role is assumed for each invocation of a function, so that no session outlives it.

    :raises botocore.exceptions.ClientError: when the role cannot be assumed.
    """
    client: CloudFormationClient
    if target.role_arn is None and target.region is None:
        client = _client("cloudformation")
    elif target.role_arn is None:
        client = _new_client("cloudformation", region_name=target.region)
    else:
        client = _new_client("cloudformation", region_name=target.region, **_session(target, target.role_arn))
    return client


def _session(target: Target, role_arn: str) -> dict[str, str]:
    sts: STSClient = _client("sts")
    request: AssumeRoleRequestTypeDef = {
        "RoleArn": role_arn,
        "RoleSessionName": "changegate",
        "DurationSeconds": _SESSION_SECONDS,
    }
    if target.external_id is not None:
        request["ExternalId"] = target.external_id
    credentials = sts.assume_role(**request)["Credentials"]
    return {
        "aws_access_key_id": credentials["AccessKeyId"],
        "aws_secret_access_key": credentials["SecretAccessKey"],
        "aws_session_token": credentials["SessionToken"],
    }


def codepipeline() -> CodePipelineClient:
    """Return the client of AWS CodePipeline."""
    client: CodePipelineClient = _client("codepipeline")
    return client


def s3() -> S3Client:
    """Return the client of Amazon S3."""
    client: S3Client = _client("s3")
    return client


def stepfunctions() -> SFNClient:
    """Return the client of AWS Step Functions."""
    client: SFNClient = _client("stepfunctions")
    return client
