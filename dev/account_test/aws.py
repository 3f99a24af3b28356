"""Checks the account before the tests, and cleans up after them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from changegate_cli.local.provisioned import LOCAL_PACE
from changegate_cli.watch.aws import state_machine_of
from changegate_cli.watch.watcher import PIPELINE_IN_PROGRESS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from changegate_cli.local.account import AwsAccount
    from changegate_cli.watch.aws import WatchedAws
    from dev.account_test.under_test import EnvironmentUnderTest

# The error code of each service for a resource that does not exist.
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
    """Something is left over; the message names it."""


def present(aws: WatchedAws, environment: EnvironmentUnderTest) -> Iterator[str]:
    """Yield what exists already of what the tests would create.

    AWS would not refuse to create some of it again (an EventBridge rule, for example): the tests would take it over,
    and destroy it at the end.
    """
    name = environment.name
    # The names are those of names.tf.
    pipeline = f"{environment.pipeline}_{name}"
    arn = f"arn:{partition(aws)}:codepipeline:{environment.region}:{environment.account_id}:{pipeline}"
    machine = state_machine_of({"metadata": {"pipelineArn": arn}})
    lookups: list[tuple[str, str, str, dict[str, str]]] = [
        *(("cloudformation", "stack", "describe_stacks", {"StackName": stack}) for stack in environment.stacks),
        ("codecommit", "repository", "get_repository", {"repositoryName": environment.repository or ""}),
        ("codepipeline", "pipeline", "get_pipeline", {"name": pipeline}),
        ("events", "rule", "describe_rule", {"Name": f"{name}-pipeline-{environment.pipeline}"}),
        ("iam", "role", "get_role", {"RoleName": f"{name}-state-machine"}),
        ("s3", "bucket", "head_bucket", {"Bucket": environment.bucket}),
        ("stepfunctions", "state machine", "describe_state_machine", {"stateMachineArn": machine}),
    ]
    for service, kind, operation, arguments in lookups:
        try:
            getattr(aws.client(service), operation)(**arguments)
        except ClientError as error:
            if error.response["Error"]["Code"] == ABSENT[service]:
                continue
            raise
        yield f"the {kind} {next(iter(arguments.values())).rpartition(':')[2]}"


def account_id(aws: WatchedAws) -> str:
    """Return the account that the credentials belong to."""
    number: str = aws.client("sts").get_caller_identity()["Account"]
    return number


def partition(aws: WatchedAws) -> str:
    """Return the partition of the account: aws, aws-cn or another."""
    arn: str = aws.client("sts").get_caller_identity()["Arn"]
    return arn.split(":")[1]


def stop_deployments(aws: WatchedAws, outputs: Mapping[str, Any]) -> None:
    """Stop what an interrupted test has left running, so that it creates no stack."""
    codepipeline = aws.client("codepipeline")
    for name in [pipeline["name"] for pipeline in outputs["pipelines"].values()]:
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
    """Delete the stack; return False if there is none.

    :param role_arn: of the role that the tests deploy with: a stack with another role is not theirs.
    :raises CleanUpError: when the stack is not the tests' own, or still exists in the end.
    """
    deadline = time.monotonic() + STACK_SECONDS
    cloudformation = aws.client("cloudformation")
    stack = _stack(cloudformation, name)
    if stack is None:
        return False
    # An emulator may not report the role.
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


def _next(aws: WatchedAws, cloudformation: Any, identity: str, deadline: float) -> dict[str, Any] | None:
    if time.monotonic() > deadline:
        raise CleanUpError(f"The stack {identity} was still changing after {STACK_SECONDS} seconds.")
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
