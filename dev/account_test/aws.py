"""What is looked at on the account before, and cleaned up after the tests."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from changegate_cli.local.place import LOCAL_PACE
from changegate_cli.local.watch import PIPELINE_IN_PROGRESS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from changegate_cli.local.account import AwsAccount
    from changegate_cli.local.place import Place
    from dev.account_test.subject import Subject

# The error by which a service says that there is no such thing.
ABSENT = {
    "cloudformation": "ValidationError",
    "codecommit": "RepositoryDoesNotExistException",
    "codepipeline": "PipelineNotFoundException",
    "events": "ResourceNotFoundException",
    "iam": "NoSuchEntity",
    "s3": "404",
    "stepfunctions": "StateMachineDoesNotExist",
}

STACK_SECONDS = 1800


class CleanUpError(Exception):
    """Something is left over; the message says what."""


def present(aws: Place, subject: Subject) -> Iterator[str]:
    """Yield what there is already of what the tests would make.

    Some of it (an EventBridge rule for one) would not be refused by AWS but taken over, and destroyed at the end.
    """
    machine = f"arn:{partition(aws)}:states:{subject.region}:{subject.account_id}:stateMachine:{subject.name}-deploy"
    looks: list[tuple[str, str, str, dict[str, str]]] = [
        *(("cloudformation", "stack", "describe_stacks", {"StackName": stack}) for stack in subject.stacks),
        ("codecommit", "repository", "get_repository", {"repositoryName": subject.repository or ""}),
        ("codepipeline", "pipeline", "get_pipeline", {"name": subject.name}),
        ("events", "rule", "describe_rule", {"Name": subject.name}),
        ("iam", "role", "get_role", {"RoleName": f"{subject.name}-pipeline"}),
        ("s3", "bucket", "head_bucket", {"Bucket": subject.bucket}),
        ("stepfunctions", "state machine", "describe_state_machine", {"stateMachineArn": machine}),
    ]
    for service, kind, operation, arguments in looks:
        try:
            getattr(aws.client(service), operation)(**arguments)
        except ClientError as error:
            if error.response["Error"]["Code"] == ABSENT[service]:
                continue
            raise
        yield f"the {kind} {next(iter(arguments.values())).rpartition(':')[2]}"


def account_id(aws: Place) -> str:
    """Return the account that the credentials are of."""
    number: str = aws.client("sts").get_caller_identity()["Account"]
    return number


def partition(aws: Place) -> str:
    """Return the partition that the account is in: aws, aws-cn or another."""
    arn: str = aws.client("sts").get_caller_identity()["Arn"]
    return arn.split(":")[1]


def stop_deployments(aws: Place, outputs: Mapping[str, Any]) -> None:
    """Stop what a test that was broken off has left running, so that it makes no stack any more."""
    codepipeline = aws.client("codepipeline")
    name = outputs["pipeline_name"]
    pages = codepipeline.get_paginator("list_pipeline_executions").paginate(pipelineName=name)
    for summary in [summary for page in pages for summary in page["pipelineExecutionSummaries"]]:
        if summary["status"] in PIPELINE_IN_PROGRESS:
            codepipeline.stop_pipeline_execution(
                pipelineName=name,
                pipelineExecutionId=summary["pipelineExecutionId"],
                abandon=True,
                reason="The end-to-end test is over.",
            )
    stepfunctions = aws.client("stepfunctions")
    executions = stepfunctions.get_paginator("list_executions").paginate(
        stateMachineArn=outputs["state_machine_arn"], statusFilter="RUNNING"
    )
    for execution in [execution for page in executions for execution in page["executions"]]:
        stepfunctions.stop_execution(executionArn=execution["executionArn"], error="TestIsOver")


def delete_stack(aws: AwsAccount, name: str, role_arn: str) -> bool:
    """Delete the stack; return False where there is none.

    :param role_arn: of the role that it was deployed with, by which it is known to be the tests' own.
    :raises CleanUpError: when it is somebody else's, or is still there in the end.
    """
    deadline = time.monotonic() + STACK_SECONDS
    cloudformation = aws.client("cloudformation")
    stack = _stack(cloudformation, name)
    if stack is None:
        return False
    # An emulator need not tell the role.
    if stack.get("RoleARN", role_arn if aws.is_emulated else None) != role_arn:
        raise CleanUpError(f"The stack {name} was not deployed by the tests: it is left alone.")
    identity: str = stack["StackId"]
    # CloudFormation refuses to delete a stack that is being updated.
    while stack is not None and stack["StackStatus"].endswith("_IN_PROGRESS"):
        stack = _next(aws, cloudformation, identity, deadline)
    cloudformation.delete_stack(StackName=identity)
    while stack is not None and stack["StackStatus"] not in {"DELETE_COMPLETE", "DELETE_FAILED"}:
        stack = _next(aws, cloudformation, identity, deadline)
    if stack is not None and stack["StackStatus"] == "DELETE_FAILED":
        raise CleanUpError(f"The stack {name} could not be deleted: {stack.get('StackStatusReason', '')}")
    return True


def _next(aws: Place, cloudformation: Any, identity: str, deadline: float) -> dict[str, Any] | None:
    if time.monotonic() > deadline:
        raise CleanUpError(f"The stack {identity} did not come to rest within {STACK_SECONDS} seconds.")
    time.sleep(max(aws.pace.poll_seconds, LOCAL_PACE.poll_seconds))
    return _stack(cloudformation, identity)


def _stack(cloudformation: Any, name: str) -> dict[str, Any] | None:
    try:
        stack: dict[str, Any] = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
    except ClientError as error:
        if error.response["Error"]["Code"] == ABSENT["cloudformation"]:
            return None
        raise
    return stack
