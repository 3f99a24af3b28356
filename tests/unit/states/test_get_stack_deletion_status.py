"""State *Get Stack Deletion Status*."""

from __future__ import annotations

import pytest

from changegate.states import (
    get_stack_deletion_status,
)
from tests.unit.conftest import STACK_ID, Aws, run, stack, stack_event, token

GONE = ("ValidationError", f"Stack with id {STACK_ID} does not exist")


@pytest.mark.parametrize(
    ("status", "progress"),
    [
        ("ROLLBACK_COMPLETE", "in_progress"),
        ("CREATE_FAILED", "in_progress"),
        ("DELETE_IN_PROGRESS", "in_progress"),
        ("DELETE_COMPLETE", "complete"),
    ],
)
def test_how_a_deletion_stands(aws: Aws, status: str, progress: str) -> None:
    aws.cloudformation.add_response("describe_stacks", stack(status), {"StackName": STACK_ID})
    answer = run(get_stack_deletion_status.handler, stackId=STACK_ID)
    assert answer["taskParams"]["stackDeletionStatus"] == progress
    assert "error" not in answer


def test_a_stack_that_is_gone_is_deleted(aws: Aws) -> None:
    aws.fail("cloudformation", "describe_stacks", *GONE)
    answer = run(get_stack_deletion_status.handler, stackId=STACK_ID)
    assert answer["taskParams"]["stackDeletionStatus"] == "complete"


def test_a_deletion_that_fails_says_why_and_what_to_do(aws: Aws) -> None:
    aws.cloudformation.add_response("describe_stacks", stack("DELETE_FAILED"))
    events = [stack_event("DELETE_FAILED", ClientRequestToken=token("DeleteStack"))]
    aws.cloudformation.add_response("describe_stack_events", {"StackEvents": events})
    answer = run(get_stack_deletion_status.handler, stackId=STACK_ID)
    assert answer["taskParams"]["stackDeletionStatus"] == "failed"
    assert answer["error"]["Error"] == "Changegate.NeedsOperator"
    assert "because Queue (AWS::SQS::Queue) is DELETE_FAILED: The name is taken" in answer["error"]["Cause"]
    assert "--retain-resources Queue" in answer["error"]["Cause"]
