"""The ``CodePipeline.job`` event, read once, without what must never be logged."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.utilities.data_classes import CodePipelineJobEvent

from changegate.errors import MisconfiguredError

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Job:
    """One job of the pipeline's Deploy action."""

    job_id: str
    input_bucket: str
    input_key: str
    revision_bucket: str
    revision_key: str
    execution_arn: str | None
    """The execution in the continuation token of an earlier answer, ``None`` on the first call."""


@dataclass(frozen=True, slots=True)
class UnreadableJob:
    """A job that needs an answer, but cannot be read."""

    job_id: str
    error: Exception


def read(event: Mapping[str, Any]) -> Job | UnreadableJob:
    """Read the event; its temporary credentials are dropped here and go no further.

    The shape is that of "JSON event example" in the CodePipeline User Guide, "Invoke a Lambda function in a pipeline".
    A job is unreadable if the action does not have one input artifact, or its UserParameters are not ``{"s3Bucket",
    "stateMachineFile"}``.

    :raises ValueError: when this is not a ``CodePipeline.job`` event; then there is nobody to answer.
    """
    job = event.get("CodePipeline.job")
    job_id = job.get("id") if isinstance(job, dict) else None
    if not isinstance(job_id, str) or not job_id:
        raise ValueError("This function answers CodePipeline.job events only.")
    try:
        return _read(event)
    except Exception as error:  # noqa: BLE001  # whatever is wrong with the event, CodePipeline gets an answer
        return UnreadableJob(job_id, error)


def without_credentials(event: Mapping[str, Any]) -> dict[str, Any]:
    """Return the event without ``artifactCredentials``."""
    job = event["CodePipeline.job"]
    data = {name: value for name, value in job.get("data", {}).items() if name != "artifactCredentials"}
    return {"CodePipeline.job": {**job, "data": data}}


def _read(event: Mapping[str, Any]) -> Job:
    job = CodePipelineJobEvent(without_credentials(event))
    user_parameters = _user_parameters(job.user_parameters)
    artifacts = job.data.input_artifacts
    if len(artifacts) != 1:
        raise MisconfiguredError(f"The Deploy action needs one input artifact, the revision; it has {len(artifacts)}.")
    location = artifacts[0].location.s3_location
    return Job(
        job_id=job.get_id,
        input_bucket=user_parameters["s3Bucket"],
        input_key=user_parameters["stateMachineFile"],
        revision_bucket=location.bucket_name,
        revision_key=location.key,
        execution_arn=_execution_arn(job.data.continuation_token),
    )


def _user_parameters(content: str | None) -> dict[str, str]:
    names = ("s3Bucket", "stateMachineFile")
    value = _json(content)
    if not isinstance(value, dict) or not all(isinstance(value.get(name), str) and value[name] for name in names):
        raise MisconfiguredError(
            'The Deploy action\'s UserParameters must be {"s3Bucket": "...", "stateMachineFile": "..."}.'
        )
    return value


def _execution_arn(token: str | None) -> str | None:
    if token is None:
        return None
    value = _json(token)
    arn = value.get("stateMachineExecutionArn") if isinstance(value, dict) else None
    if not isinstance(arn, str):
        raise MisconfiguredError("The continuation token is not one that this function has issued.")
    return arn


def _json(content: str | None) -> Any:
    try:
        return json.loads(content or "")
    except ValueError:
        return None
