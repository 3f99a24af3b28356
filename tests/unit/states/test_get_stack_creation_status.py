"""State *Get Stack Creation Status*."""

from __future__ import annotations

import pytest

from changegate.errors import NeedsOperatorError
from changegate.states import (
    get_stack_creation_status,
)
from tests.unit.conftest import STACK_ID, Aws, run, stack, stack_event, token, waited

TOKEN = token("CreateStack")


@pytest.mark.parametrize(
    ("status", "progress"), [("CREATE_IN_PROGRESS", "in_progress"), ("CREATE_COMPLETE", "complete")]
)
def test_a_creation_that_goes_on_or_well(aws: Aws, status: str, progress: str) -> None:
    aws.cloudformation.add_response("describe_stacks", stack(status), {"StackName": STACK_ID})
    answer = run(get_stack_creation_status.handler, stackId=STACK_ID)
    assert answer["taskParams"]["stackCreationStatus"] == progress
    assert "error" not in answer


def test_a_failed_creation_ends_with_its_root_cause_in_the_nested_stack(aws: Aws) -> None:
    nested = "arn:aws:cloudformation:eu-west-1:111111111111:stack/prod-app-Inner/1"
    aws.cloudformation.add_response("describe_stacks", stack("ROLLBACK_COMPLETE"))
    aws.cloudformation.add_response(
        "describe_stack_events",
        {
            "StackEvents": [
                stack_event(
                    "CREATE_FAILED",
                    ClientRequestToken=TOKEN,
                    LogicalResourceId="Inner",
                    ResourceType="AWS::CloudFormation::Stack",
                    PhysicalResourceId=nested,
                    ResourceStatusReason="Embedded stack was not successfully created",
                )
            ]
        },
        {"StackName": STACK_ID},
    )
    aws.cloudformation.add_response(
        "describe_stack_events",
        {"StackEvents": [stack_event("CREATE_FAILED", StackId=nested, ClientRequestToken="derived")]},
        {"StackName": nested},
    )
    answer = run(get_stack_creation_status.handler, stackId=STACK_ID)
    assert answer["taskParams"]["stackCreationStatus"] == "failed"
    assert answer["error"]["Error"] == "Changegate.NeedsOperator"
    assert (
        "in nested stack Inner, Queue (AWS::SQS::Queue) is CREATE_FAILED: The name is taken" in answer["error"]["Cause"]
    )
    assert "aws cloudformation delete-stack --stack-name prod-app" in answer["error"]["Cause"]


@pytest.mark.parametrize(("recreate", "error"), [(False, "NeedsOperator"), (True, "RolledBack")])
def test_a_failed_creation_says_who_must_act(aws: Aws, recreate: bool, error: str) -> None:
    aws.cloudformation.add_response("describe_stacks", stack("ROLLBACK_COMPLETE"))
    aws.cloudformation.add_response("describe_stack_events", {"StackEvents": []})
    answer = run(get_stack_creation_status.handler, stackId=STACK_ID, recreateFailedStack=recreate)
    assert answer["error"]["Error"] == f"Changegate.{error}"


def test_a_creation_is_waited_for_until_the_limit(aws: Aws) -> None:
    for _ in range(2):
        aws.cloudformation.add_response("describe_stacks", stack("CREATE_IN_PROGRESS"))
    answer = run(get_stack_creation_status.handler, stackId=STACK_ID, wait=waited(595))
    assert answer["taskParams"]["wait"] == waited(600)
    answer = run(get_stack_creation_status.handler, stackId=STACK_ID, wait=waited(600))
    assert answer["taskParams"]["stackCreationStatus"] == "failed"
    assert answer["error"]["Error"] == "Changegate.NeedsOperator"
    assert "still CREATE_IN_PROGRESS after 600 seconds" in answer["error"]["Cause"]


def test_a_stack_that_somebody_deleted_meanwhile_needs_an_operator(aws: Aws) -> None:
    aws.fail("cloudformation", "describe_stacks", "ValidationError", f"Stack with id {STACK_ID} does not exist")
    with pytest.raises(NeedsOperatorError, match="was deleted during its deployment"):
        run(get_stack_creation_status.handler, stackId=STACK_ID)
