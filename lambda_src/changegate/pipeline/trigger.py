"""The trigger: answers the pipeline's jobs by starting the state machine and following its execution."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger
from botocore.exceptions import ClientError

from changegate import clients
from changegate.contract.deployment import Deployment
from changegate.errors import MisconfiguredError, error_code, is_transient, named
from changegate.pipeline import executions
from changegate.pipeline.answer import Answer, Failed, StillRunning, send
from changegate.pipeline.job import Job, job_id_of, parse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from changegate.json_types import Json

logger = Logger()

# The input is a handful of names and parameters; Step Functions takes 256 KiB in all.
_MAX_INPUT_BYTES = 131_072


def handler(event: Mapping[str, Any], _context: object) -> None:
    """Answer one ``CodePipeline.job`` event, always: an error becomes the job's failure.

    :raises ValueError: when the event is no job, so that there is nobody to answer.
    :raises botocore.exceptions.ClientError: when CodePipeline itself cannot be told; Lambda then tries again.
    """
    job_id = job_id_of(event)
    logger.append_keys(job=job_id)
    try:
        answer = _decide(parse(event))
    except Exception as error:  # whatever happens, CodePipeline gets its answer
        logger.exception("The job failed in the trigger")
        answer = Failed.of(named(error))
    delivered = send(clients.codepipeline(), job_id, answer)
    logger.info("Answered" if delivered else "The job was answered before", extra={"answer": type(answer).__name__})


def _decide(job: Job) -> Answer:
    machine = os.environ["STATE_MACHINE_ARN"]
    if job.execution_arn is None:
        params = _task_params(job)
        return StillRunning(executions.start(clients.stepfunctions(), machine, job.job_id, params))
    try:
        return executions.follow(clients.stepfunctions(), machine, job.execution_arn)
    except Exception as error:
        if is_transient(error):
            # The deployment goes on all the same; the next call looks again.
            return StillRunning(job.execution_arn)
        raise


def _task_params(job: Job) -> dict[str, Json]:
    """Return the state machine's input: the file that UserParameters names, and the revision.

    :raises MisconfiguredError: when the file is missing, is not JSON, or is not the input of a deployment.
    """
    where = f"s3://{job.input_bucket}/{job.input_key}"
    try:
        body = clients.s3().get_object(Bucket=job.input_bucket, Key=job.input_key)["Body"].read(_MAX_INPUT_BYTES + 1)
    except ClientError as error:
        if error_code(error) in {"NoSuchKey", "NoSuchBucket"}:
            raise MisconfiguredError(f"The state machine's input {where} does not exist: upload it.") from error
        raise
    if len(body) > _MAX_INPUT_BYTES:
        raise MisconfiguredError(f"The state machine's input {where} is larger than {_MAX_INPUT_BYTES:,} bytes.")
    try:
        content = json.loads(body)
    except ValueError as error:
        raise MisconfiguredError(f"The state machine's input {where} is not JSON ({error}): mend the file.") from error
    if not isinstance(content, dict):
        raise MisconfiguredError(f"The state machine's input {where} is not a JSON object: mend the file.")
    params: dict[str, Json] = {
        **content,
        "revisionS3Bucket": job.revision_bucket,
        "revisionS3Key": job.revision_key,
    }
    Deployment.parse(params)
    return params
