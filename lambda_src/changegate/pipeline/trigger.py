"""The trigger: answers the pipeline's jobs by starting the state machine and following its execution."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger

from changegate.errors import is_transient, named
from changegate.pipeline import executions
from changegate.pipeline.answer import Answer, Failed, StillRunning, send
from changegate.pipeline.job import Job, UnreadableJob, read

if TYPE_CHECKING:
    from collections.abc import Mapping

logger = Logger()


def handler(event: Mapping[str, Any], _context: object) -> None:
    """Answer one ``CodePipeline.job`` event, always: an error becomes the job's failure.

    :raises ValueError: when the event is not a job, so that there is nobody to answer.
    :raises botocore.exceptions.ClientError: when CodePipeline does not accept the answer; Lambda then tries again.
    """
    job = read(event)
    logger.append_keys(job=job.job_id)
    try:
        answer = _decide(job)
    except Exception as error:  # whatever happens, CodePipeline gets its answer
        logger.exception("The job failed in the trigger")
        answer = Failed.of(named(error))
    delivered = send(job.job_id, answer)
    logger.info("Answered" if delivered else "The job was answered before", extra={"answer": type(answer).__name__})


def _decide(job: Job | UnreadableJob) -> Answer:
    if isinstance(job, UnreadableJob):
        raise job.error
    machine = os.environ["STATE_MACHINE_ARN"]
    if job.execution_arn is None:
        return executions.start(machine, job)
    try:
        return executions.follow(machine, job.execution_arn)
    except Exception as error:
        if is_transient(error):
            # The deployment continues; the next call looks again.
            return StillRunning(job.execution_arn)
        raise
