"""The AWS clients of the functions, made once per execution environment."""

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

# A call and its retries must end well within a task's timeout (60 seconds), so that the function itself still
# answers and the state machine's Retry, with its longer waits, takes over.
_CONFIG = Config(
    connect_timeout=3,
    read_timeout=10,
    retries={"mode": "standard", "total_max_attempts": 3},
    user_agent_extra="changegate",
)


@cache
def _client(service: str) -> Any:
    return boto3.client(service, config=_CONFIG)  # type: ignore[call-overload]  # typed by the functions below


def cloudformation() -> CloudFormationClient:
    """Return the client of AWS CloudFormation."""
    client: CloudFormationClient = _client("cloudformation")
    return client


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
