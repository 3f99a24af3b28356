"""State *Get Change Set Execution Status*."""

from __future__ import annotations

import pytest

from changegate.states import (
    get_change_set_execution_status,
)
from tests.unit.conftest import (
    CHANGE_SET_ID,
    STACK_ID,
    Aws,
    change_set,
    run,
    stack,
    stack_event,
)


@pytest.mark.parametrize(
    ("execution_status", "stack_status", "progress", "error"),
    [
        ("EXECUTE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "in_progress", None),
        ("EXECUTE_COMPLETE", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "in_progress", None),
        ("EXECUTE_IN_PROGRESS", "UPDATE_COMPLETE", "in_progress", None),
        ("EXECUTE_COMPLETE", "UPDATE_COMPLETE", "complete", None),
        ("EXECUTE_COMPLETE", "CREATE_COMPLETE", "complete", None),
    ],
)
def test_how_an_update_stands(
    aws: Aws, execution_status: str, stack_status: str, progress: str, error: str | None
) -> None:
    aws.cloudformation.add_response("describe_change_set", change_set(execution_status=execution_status))
    aws.cloudformation.add_response("describe_stacks", stack(stack_status))
    answer = run(get_change_set_execution_status.handler, changeSetId=CHANGE_SET_ID, stackId=STACK_ID)
    assert answer["taskParams"]["changeSetExecutionStatus"] == progress
    assert "error" not in answer


@pytest.mark.parametrize(
    ("stack_status", "error", "words"),
    [
        ("UPDATE_ROLLBACK_COMPLETE", "Changegate.RolledBack", "as it was before"),
        (
            "UPDATE_ROLLBACK_FAILED",
            "Changegate.NeedsOperator",
            "`--resources-to-skip Queue`",
        ),
        ("UPDATE_FAILED", "Changegate.NeedsOperator", "rollback-stack --stack-name prod-app"),
    ],
)
def test_an_update_that_failed_says_why_and_what_to_do(aws: Aws, stack_status: str, error: str, words: str) -> None:
    aws.cloudformation.add_response("describe_change_set", change_set(execution_status="EXECUTE_FAILED"))
    aws.cloudformation.add_response("describe_stacks", stack(stack_status))
    aws.cloudformation.add_response("describe_stack_events", {"StackEvents": [stack_event("UPDATE_FAILED")]})
    answer = run(get_change_set_execution_status.handler, changeSetId=CHANGE_SET_ID, stackId=STACK_ID)
    assert answer["taskParams"]["changeSetExecutionStatus"] == "failed"
    assert answer["error"]["Error"] == error
    assert "Queue (AWS::SQS::Queue) is UPDATE_FAILED: The name is taken" in answer["error"]["Cause"]
    assert words in answer["error"]["Cause"]


@pytest.mark.parametrize(
    ("execution_status", "error"),
    [("EXECUTE_FAILED", "RolledBack"), ("OBSOLETE", "Rejected"), ("UNAVAILABLE", "Rejected")],
)
def test_an_execution_that_never_touched_the_stack_is_no_success(aws: Aws, execution_status: str, error: str) -> None:
    aws.cloudformation.add_response("describe_change_set", change_set(execution_status=execution_status))
    aws.cloudformation.add_response("describe_stacks", stack("UPDATE_COMPLETE"))
    answer = run(get_change_set_execution_status.handler, changeSetId=CHANGE_SET_ID, stackId=STACK_ID)
    assert answer["taskParams"]["changeSetExecutionStatus"] == "failed"
    assert answer["error"]["Error"] == f"Changegate.{error}"


def test_an_executed_change_set_that_is_gone_leaves_the_word_to_the_stack(aws: Aws) -> None:
    aws.fail("cloudformation", "describe_change_set", "ChangeSetNotFound", "gone", 404)
    aws.cloudformation.add_response("describe_stacks", stack("UPDATE_COMPLETE"))
    answer = run(get_change_set_execution_status.handler, changeSetId=CHANGE_SET_ID, stackId=STACK_ID)
    assert answer["taskParams"]["changeSetExecutionStatus"] == "complete"
