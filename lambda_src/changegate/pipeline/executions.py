"""The state machine's executions, as the trigger starts and follows them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from changegate.errors import MisconfiguredError, error_code
from changegate.pipeline.answer import Answer, Failed, StillRunning, Succeeded, failure_type
from changegate.stacks.statuses import Phase

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_stepfunctions import SFNClient
    from mypy_boto3_stepfunctions.type_defs import DescribeExecutionOutputTypeDef

    from changegate.json_types import Json


def start(stepfunctions: SFNClient, state_machine_arn: str, job_id: str, params: Mapping[str, Json]) -> str:
    """Start the execution that is named after the job, or join the one that exists, and return its ARN.

    A job is delivered at least once. StartExecution with the name and input of a running execution returns that
    execution; with the name of an ended one, or another input, it is ExecutionAlreadyExists (API reference,
    StartExecution). Either way the deployment runs once.
    """
    try:
        return stepfunctions.start_execution(
            stateMachineArn=state_machine_arn,
            name=job_id,
            input=json.dumps({"taskParams": params}, sort_keys=True),
        )["executionArn"]
    except ClientError as error:
        if error_code(error) == "ExecutionAlreadyExists":
            return f"{_executions(state_machine_arn)}{job_id}"
        raise


def follow(stepfunctions: SFNClient, state_machine_arn: str, execution_arn: str) -> Answer:
    """Return what there is to say about the execution.

    :raises MisconfiguredError: when it is not one of the state machine's.
    """
    if not execution_arn.startswith(_executions(state_machine_arn)):
        raise MisconfiguredError("The continuation token names an execution of another state machine.")
    return answer_for(stepfunctions.describe_execution(executionArn=execution_arn))


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
    of anything else it is text, or nothing at all.
    """
    try:
        value: Any = json.loads(cause or "")
    except ValueError:
        value = None
    if isinstance(value, dict) and isinstance(value.get("errorMessage"), str):
        return str(value["errorMessage"])
    return cause or "the state machine gave no cause; its execution history shows where it ended."


def _summary(output: str) -> str:
    """Return what became of the stack, in a sentence; for blue/green why it is another stack."""
    params = json.loads(output).get("taskParams", {})
    stack = f"{params.get('environmentName')}-{params.get('stackName')}"
    successor = params.get("successorStackName")
    done = f"Stack {successor or stack} {_what_became(params)}."
    if successor is None:
        return done
    return f"{done} It is the successor of stack {stack}, which is untouched, because {params.get('unsafeUpdate')}."


def _what_became(params: Mapping[str, Json]) -> str:
    # A stack in review exists in name only: its change set creates it.
    if not params.get("doesStackExist") or params.get("stackPhase") == Phase.IN_REVIEW:
        return "was created"
    # A change set is always made for a stack that exists and is not deleted first.
    if params.get("stackDeletionStatus") == "complete":
        return "was deleted, as its creation had failed, and created again"
    return "has no changes" if params.get("changeSetEmpty") else "was updated"


def _executions(state_machine_arn: str) -> str:
    """Return what the ARNs of a machine's executions begin with.

    ``arn:aws:states:REGION:ACCOUNT:stateMachine:NAME`` and ``...:execution:NAME:EXECUTION`` (Service Authorization
    Reference, resource types of AWS Step Functions).
    """
    return f"{state_machine_arn.replace(':stateMachine:', ':execution:', 1)}:"
