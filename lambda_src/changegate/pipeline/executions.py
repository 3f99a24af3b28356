"""The state machine's executions: how the trigger starts and follows them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from changegate.clients import s3, stepfunctions
from changegate.contract.parsing import parse
from changegate.errors import MisconfiguredError, error_code
from changegate.json_types import read_object
from changegate.pipeline.answer import Answer, Failed, StillRunning, Succeeded, failure_type
from changegate.stacks.statuses import Phase

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions.type_defs import DescribeExecutionOutputTypeDef

    from changegate.contract.task_params import TaskParams
    from changegate.pipeline.job import Job

# The input is a handful of names and parameters; Step Functions accepts 256 KiB in all.
_MAX_INPUT_BYTES = 131_072


def start(state_machine_arn: str, job: Job) -> Answer:
    """Start the execution named after the job, or join the one that exists.

    A job is delivered at least once. StartExecution with the name and input of a running execution returns that
    execution; with the name of an ended one, or another input, it raises ExecutionAlreadyExists (API reference,
    StartExecution). Either way the deployment runs once.

    :raises MisconfiguredError: when the state machine's input does not exist, is not JSON, or is not the input of a
        deployment.
    """
    params = _read_input(job)
    try:
        execution = stepfunctions().start_execution(
            stateMachineArn=state_machine_arn,
            name=job.job_id,
            input=json.dumps({"taskParams": params}, sort_keys=True),
        )
    except ClientError as error:
        if error_code(error) == "ExecutionAlreadyExists":
            return StillRunning(f"{_executions(state_machine_arn)}{job.job_id}")
        raise
    return StillRunning(execution["executionArn"])


def follow(state_machine_arn: str, execution_arn: str) -> Answer:
    """Return the answer for the execution as it is now.

    :raises MisconfiguredError: when it is not the state machine's.
    """
    if not execution_arn.startswith(_executions(state_machine_arn)):
        raise MisconfiguredError("The continuation token names an execution of another state machine.")
    return answer_for(stepfunctions().describe_execution(executionArn=execution_arn))


def answer_for(execution: DescribeExecutionOutputTypeDef) -> Answer:
    """Return the answer for an execution as DescribeExecution reports it."""
    arn = execution["executionArn"]
    match execution["status"]:
        case "RUNNING" | "PENDING_REDRIVE":
            return StillRunning(arn)
        case "SUCCEEDED":
            return Succeeded(arn, _summary(execution.get("output", "{}")))
        case status:
            name = execution.get("error") or status
            return Failed(f"{name}: {plain_cause(execution.get('cause'))}", failure_type(name), arn)


def plain_cause(cause: str | None) -> str:
    """Return the sentence in a cause.

    The cause of a Lambda error is JSON with an ``errorMessage`` (Step Functions Developer Guide, "Handling errors");
    other causes are plain text, or missing.
    """
    try:
        value: Any = json.loads(cause or "")
    except ValueError:
        value = None
    if isinstance(value, dict) and isinstance(value.get("errorMessage"), str):
        return str(value["errorMessage"])
    return cause or "the state machine gave no cause; its execution history shows where it ended."


def _read_input(job: Job) -> TaskParams:
    """Return ``taskParams``: the file that the action's UserParameters name, and the job's revision."""
    file = f"The state machine's input s3://{job.input_bucket}/{job.input_key}"
    try:
        body = s3().get_object(Bucket=job.input_bucket, Key=job.input_key)["Body"].read(_MAX_INPUT_BYTES + 1)
    except ClientError as error:
        if error_code(error) in {"NoSuchKey", "NoSuchBucket"}:
            raise MisconfiguredError(f"{file} does not exist: upload it.") from error
        raise
    if len(body) > _MAX_INPUT_BYTES:
        raise MisconfiguredError(f"{file} is larger than {_MAX_INPUT_BYTES:,} bytes.")
    given = read_object(body, file, MisconfiguredError)
    return parse({**given, "revisionS3Bucket": job.revision_bucket, "revisionS3Key": job.revision_key})


def _summary(output: str) -> str:
    """Return what happened to the stack, in a sentence; for blue/green also why it is another stack."""
    params: TaskParams = json.loads(output).get("taskParams", {})
    stack = f"{params.get('environmentName')}-{params.get('stackName')}"
    successor = params.get("successorStackName")
    done = f"Stack {successor or stack} {_what_happened(params)}."
    if successor is None:
        return done
    return f"{done} It is the successor of stack {stack}, which is untouched, because {params.get('unsafeUpdate')}."


def _what_happened(params: TaskParams) -> str:
    # A stack in review exists in name only: its change set creates it.
    if not params.get("doesStackExist") or params.get("stackPhase") == Phase.IN_REVIEW:
        return "was created"
    # A change set is always created for a stack that exists and is not deleted first.
    if params.get("stackDeletionStatus") == "complete":
        return "was deleted, because its creation had failed, and created again"
    return "has no changes" if params.get("changeSetEmpty") else "was updated"


def _executions(state_machine_arn: str) -> str:
    """Return the beginning of the ARNs of a state machine's executions.

    ``arn:aws:states:REGION:ACCOUNT:stateMachine:NAME`` and ``...:execution:NAME:EXECUTION`` (Service Authorization
    Reference, resource types of AWS Step Functions).
    """
    return f"{state_machine_arn.replace(':stateMachine:', ':execution:', 1)}:"
