"""The trigger's answers to CodePipeline, within the limits of its API. Pure, except :func:`send`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from botocore.exceptions import ClientError

from changegate.clients import codepipeline
from changegate.errors import ChangegateError, MisconfiguredError, error_code
from changegate.wording import shorten

if TYPE_CHECKING:
    from mypy_boto3_codepipeline.literals import FailureTypeType

# API reference: ExecutionDetails.summary, ExecutionDetails.externalExecutionId, FailureDetails.message.
MAX_SUMMARY: Final = 2048
MAX_EXTERNAL_EXECUTION_ID: Final = 1500
MAX_FAILURE_MESSAGE: Final = 5000


@dataclass(frozen=True, slots=True)
class StillRunning:
    """The execution has not ended; CodePipeline calls again."""

    execution_arn: str


@dataclass(frozen=True, slots=True)
class Succeeded:
    """The deployment succeeded."""

    execution_arn: str
    summary: str


@dataclass(frozen=True, slots=True)
class Failed:
    """The deployment failed; ``message`` begins with the essential."""

    message: str
    failure_type: FailureTypeType = "JobFailed"
    execution_arn: str | None = None

    @classmethod
    def of(cls, error: Exception) -> Failed:
        """Return the answer for an error of the trigger itself."""
        if isinstance(error, ChangegateError):
            return cls(f"{error.name}: {error}", failure_type(error.name))
        return cls(f"The trigger failed before the deployment began: {type(error).__name__}: {error}")


type Answer = StillRunning | Succeeded | Failed


def failure_type(error_name: str) -> FailureTypeType:
    """Return CodePipeline's failure type for a named error: its six values are those of FailureDetails.type."""
    return "ConfigurationError" if error_name == MisconfiguredError.__name__ else "JobFailed"


def send(job_id: str, answer: Answer) -> bool:
    """Send the answer to CodePipeline, and return whether it was the first.

    For a job that was answered before (its event was delivered twice, or late), CodePipeline raises
    InvalidJobStateException or JobNotFoundException (API reference, PutJobSuccessResult and PutJobFailureResult).
    """
    client = codepipeline()
    try:
        match answer:
            case StillRunning(execution_arn):
                client.put_job_success_result(
                    jobId=job_id,
                    continuationToken=json.dumps({"stateMachineExecutionArn": execution_arn}),
                    executionDetails={
                        "summary": "The deployment is running.",
                        "externalExecutionId": shorten(execution_arn, MAX_EXTERNAL_EXECUTION_ID),
                    },
                )
            case Succeeded(execution_arn, summary):
                client.put_job_success_result(
                    jobId=job_id,
                    executionDetails={
                        "summary": shorten(summary, MAX_SUMMARY),
                        "externalExecutionId": shorten(execution_arn, MAX_EXTERNAL_EXECUTION_ID),
                        "percentComplete": 100,
                    },
                )
            case Failed(message, kind, arn):
                external = {"externalExecutionId": shorten(arn, MAX_EXTERNAL_EXECUTION_ID)} if arn else {}
                client.put_job_failure_result(
                    jobId=job_id,
                    failureDetails={
                        "type": kind,
                        "message": shorten(message, MAX_FAILURE_MESSAGE) or "no reason was given",
                        **external,  # type: ignore[typeddict-item]  # one optional field
                    },
                )
    except ClientError as error:
        if error_code(error) in {"InvalidJobStateException", "JobNotFoundException"}:
            return False
        raise
    return True
