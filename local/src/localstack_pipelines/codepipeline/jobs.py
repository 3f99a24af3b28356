"""Jobs of invoke actions: the event that a function receives, and the rules for its answer.

A job has exactly one answer. An answer with a continuation token ends the job, and the action continues with another
job that has a new id. According to the API reference, *future jobs* use the token to identify the running instance of
the action (``PutJobSuccessResult``, ``continuationToken``), and a job cannot be answered again
(``InvalidJobStateException``).
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from localstack_pipelines.common.errors import ValidationException

from .errors import (
    InvalidJobStateException,
    InvalidNonceException,
    JobNotFoundException,
    OutputVariablesSizeExceededException,
)
from .models import Job, JobStatus, new_id
from .variables import MAX_VARIABLES_BYTES, size_in_bytes

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from .models import Artifact, Assignment


def new_job(assignment: Assignment, credentials: dict[str, Any], continuation_token: str | None, now: datetime) -> Job:
    """Return a job for an action run.

    :param credentials: the ``AWSSessionCredentials`` for the artifacts.
    :param continuation_token: the token in the answer to the previous job of the run; ``None`` for the first job.
    """
    pipeline, execution, run = assignment.pipeline, assignment.execution, assignment.run
    data: dict[str, Any] = {
        "actionTypeId": run.declaration["actionTypeId"],
        "actionConfiguration": {"configuration": run.configuration},
        "pipelineContext": {
            "pipelineName": pipeline.name,
            "pipelineArn": pipeline.arn,
            "pipelineExecutionId": execution.id,
            "stage": {"name": run.stage_name},
            "action": {"name": run.name, "actionExecutionId": run.id},
        },
        "inputArtifacts": [_artifact(artifact) for artifact in run.input_artifacts],
        "outputArtifacts": [_artifact(artifact) for artifact in run.output_artifacts],
        "artifactCredentials": credentials,
    }
    if continuation_token is not None:
        data["continuationToken"] = continuation_token
    if key := assignment.artifact_store.get("encryptionKey"):
        data["encryptionKey"] = key
    return Job(
        id=new_id(),
        nonce=str(secrets.randbelow(10**6) + 1),
        account_id=pipeline.account_id,
        region=pipeline.region,
        pipeline_name=pipeline.name,
        execution_id=execution.id,
        action_run_id=run.id,
        data=data,
        created=now,
    )


def find_job(jobs: Mapping[str, Job], job_id: str) -> Job:
    """Return the job with an id.

    :raises JobNotFoundException: no job has that id.
    """
    try:
        return jobs[job_id]
    except KeyError:
        raise JobNotFoundException(f"No job has the id {job_id}.") from None


def require_open(job: Job) -> None:
    """Check that a job can be answered.

    :raises InvalidJobStateException: the job has been answered or has timed out, or its action has ended.
    """
    if not job.is_open:
        raise InvalidJobStateException(f"Job {job.id} cannot be answered; its status is {job.status}.")


def acknowledge(job: Job, nonce: str) -> str:
    """Mark a job as received and return its status.

    :raises InvalidNonceException: the nonce is not that of the job.
    """
    if nonce != job.nonce:
        raise InvalidNonceException(f"The nonce is not that of job {job.id}.")
    if job.is_open:
        job.status = JobStatus.IN_PROGRESS
    return job.status


def check_success_result(result: Mapping[str, Any]) -> None:
    """Check the rules for a ``PutJobSuccessResultInput`` that are not in the service model.

    :raises ValidationException: the result has both a continuation token and output variables.
    :raises OutputVariablesSizeExceededException: the output variables are larger than the quota.
    """
    variables = result.get("outputVariables", {})
    if variables and "continuationToken" in result:
        raise ValidationException("outputVariables can only be given when there is no continuationToken.")
    if size_in_bytes(variables) > MAX_VARIABLES_BYTES:
        raise OutputVariablesSizeExceededException(
            f"The output variables have {size_in_bytes(variables)} bytes; at most {MAX_VARIABLES_BYTES} are allowed."
        )


def _artifact(artifact: Artifact) -> dict[str, Any]:
    return {
        "name": artifact.name,
        # The event of a function has this member, but AWS leaves it empty.
        "revision": None,
        "location": {"type": "S3", "s3Location": {"bucketName": artifact.bucket, "objectKey": artifact.key}},
    }
