"""The state machine, started with the contract's input and without a pipeline."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from changegate_cli.watch.result import PushOutcome, PushResult, result_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from changegate_cli.local.installation import Installation
    from changegate_cli.local.provisioned import ProvisionedAws
    from tests.e2e.conftest import Pusher

STACK = "prod-by-hand"


@pytest.fixture
def revision(run: Installation[ProvisionedAws]) -> dict[str, str]:
    """The location of the first revision in the pipeline's bucket: the sample as it is."""
    pages = (
        run.aws.client("codepipeline")
        .get_paginator("list_action_executions")
        .paginate(pipelineName=run.pipeline["name"])
    )
    actions = [action for page in pages for action in page["actionExecutionDetails"]]
    artifacts = [
        action["output"]["outputArtifacts"][0]["s3location"]
        for action in actions
        if action["stageName"] == "Source" and action["status"] == "Succeeded"
    ]
    # The newest comes first.
    return {"revisionS3Bucket": artifacts[-1]["bucket"], "revisionS3Key": artifacts[-1]["key"]}


@pytest.fixture
def stack(run: Installation[ProvisionedAws]) -> Iterator[str]:
    """The name of the test's own stack, which is deleted at the end."""
    yield STACK
    cloudformation = run.aws.client("cloudformation")
    cloudformation.delete_stack(StackName=STACK)
    cloudformation.get_waiter("stack_delete_complete").wait(StackName=STACK, WaiterConfig={"Delay": 1})


def start(run: Installation[ProvisionedAws], revision: dict[str, str], **changes: Any) -> PushResult:
    stepfunctions = run.aws.client("stepfunctions")
    bucket, key = run.outputs["bucket_name"], run.pipeline["deployments"][0]["state_machine_file"]
    content = json.loads(run.aws.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read())
    execution = stepfunctions.start_execution(
        stateMachineArn=run.outputs["state_machine_arn"],
        input=json.dumps({"taskParams": {**content, **revision, **changes}}),
    )
    return result_of(list(run.watcher.follow_deployment(execution["executionArn"])))


# On an account the functions may change only the stacks of the configuration.
def test_another_stack_is_created_then_left_alone(
    run: Installation[ProvisionedAws], revision: dict[str, str], stack: str
) -> None:
    created = start(run, revision, stackName="by-hand", parameters={"MaximumReceives": "7"})
    assert (created.outcome, created.reason) == (PushOutcome.CREATED, "")
    described = run.aws.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
    assert described["StackStatus"] == "CREATE_COMPLETE"
    assert {"ParameterKey": "MaximumReceives", "ParameterValue": "7"} in described["Parameters"]

    again = start(run, revision, stackName="by-hand", parameters={"MaximumReceives": "7"})
    assert (again.outcome, again.reason) == (PushOutcome.UNCHANGED, "")


@pytest.mark.on_account
def test_no_pipeline_execution_comes_of_it(run: Installation[ProvisionedAws], revision: dict[str, str]) -> None:
    before = run.watcher.known_executions()
    start(run, revision, stackName="9-is-no-name", environmentName="9")
    assert run.watcher.known_executions() == before


@pytest.mark.on_account
def test_an_input_that_is_wrong_fails_with_a_sentence(
    run: Installation[ProvisionedAws], revision: dict[str, str]
) -> None:
    result = start(run, revision, templatePath="")
    assert result.outcome is PushOutcome.FAILED
    assert result.error == "Changegate.Misconfigured"
    assert "templatePath" in result.reason


def missing(revision: dict[str, str]) -> dict[str, str]:
    # Next to the one that exists: the functions may read nothing outside the pipeline's folder.
    return {**revision, "revisionS3Key": f"{revision['revisionS3Key']}-missing"}


def is_missed(result: PushResult) -> bool:
    misconfigured = (result.outcome, result.error) == (PushOutcome.FAILED, "Changegate.Misconfigured")
    return misconfigured and "-missing does not exist" in result.reason


@pytest.mark.on_account
def test_a_revision_that_is_missing_is_not_taken_for_a_denied_one(
    pusher: Pusher, run: Installation[ProvisionedAws], revision: dict[str, str]
) -> None:
    pusher.push("that there is a stack")
    assert is_missed(start(run, missing(revision)))


def test_nor_is_it_where_there_is_no_stack_yet(run: Installation[ProvisionedAws], revision: dict[str, str]) -> None:
    assert is_missed(start(run, missing(revision), stackName="by-hand"))


@pytest.mark.on_account
def test_what_the_pipeline_deployed_is_deployed_again(pusher: Pusher, run: Installation[ProvisionedAws]) -> None:
    """The pipeline's own input, with the revision that it has just deployed, changes nothing."""
    pushed = pusher.push("no change to the template")
    assert (pushed.outcome, pushed.reason) == (PushOutcome.UNCHANGED, "")
    stepfunctions = run.aws.client("stepfunctions")
    machine = run.outputs["state_machine_arn"]
    last = stepfunctions.list_executions(stateMachineArn=machine)["executions"][0]
    content = stepfunctions.describe_execution(executionArn=last["executionArn"])["input"]
    execution = stepfunctions.start_execution(stateMachineArn=machine, input=content)
    result = result_of(list(run.watcher.follow_deployment(execution["executionArn"])))
    assert result.outcome is PushOutcome.UNCHANGED
