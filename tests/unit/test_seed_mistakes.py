"""What the article that Changegate comes from gets wrong, point by point, each with the proof that we do not."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from changegate.errors import NeedsOperatorError, TransientError
from changegate.pipeline import trigger
from changegate.states import check_stack_existence, get_change_set_creation_status, inspect_change_set_changes
from tests.machine.definition.definition import function_arn, render
from tests.support.checkout import ROOT
from tests.unit.conftest import CHANGE_SET_ID, change_set, event, resource_change, stack
from tests.unit.pipeline.test_trigger import JOB_ID, continuing, execution, expect_failure, job

if TYPE_CHECKING:
    import io

    from .conftest import Aws

DEFINITION = json.loads(render())
STATES = DEFINITION["States"]


def calling(function: str) -> list[str]:
    """Return the states that call a function."""
    return [name for name, state in STATES.items() if function_arn(function) in json.dumps(state)]


def inspect(aws: Aws, *changes: dict[str, Any]) -> str:
    aws.cloudformation.add_response("describe_change_set", change_set(Changes=list(changes)))
    aws.s3.add_response("put_object", {})
    answer = inspect_change_set_changes.handler(event(changeSetId=CHANGE_SET_ID), None)
    action = answer["taskParams"]["changeSetAction"]  # type: ignore[index,call-overload]
    assert isinstance(action, str)
    return action


def test_1_a_removal_is_refused_and_the_api_calls_it_remove(aws: Aws) -> None:
    assert inspect(aws, resource_change("Remove")) == "RESOURCES-BEING-DELETED-OR-REPLACED"


def test_2_delete_change_set_calls_the_deleting_function() -> None:
    assert calling("delete_change_set") == ["Delete Change Set"]
    assert calling("execute_change_set") == ["Execute Change Set"]


def test_3_success_comes_after_the_update_has_finished() -> None:
    assert STATES["Execute Change Set"]["Next"] == "Wait Change Set Execution"
    assert "Deployment Succeeded" not in json.dumps(STATES["Execute Change Set"])


def test_4_throttling_is_not_read_as_absence(aws: Aws) -> None:
    aws.fail("cloudformation", "describe_stacks", "Throttling", "Rate exceeded")
    with pytest.raises(TransientError):
        check_stack_existence.handler(event(), None)


def test_5_every_page_counts(aws: Aws) -> None:
    aws.cloudformation.add_response("describe_change_set", change_set(NextToken="more"))
    aws.cloudformation.add_response("describe_change_set", change_set(Changes=[resource_change("Remove")]))
    aws.s3.add_response("put_object", {})
    answer = inspect_change_set_changes.handler(event(changeSetId=CHANGE_SET_ID), None)
    assert answer["error"]["Error"] == "Changegate.Rejected"  # type: ignore[index,call-overload]


def test_5_nested_stacks_count(aws: Aws) -> None:
    nested = resource_change(
        "Modify", "Inner", ResourceType="AWS::CloudFormation::Stack", Replacement="False", ChangeSetId="arn:inner"
    )
    aws.cloudformation.add_response("describe_change_set", change_set(Changes=[nested]))
    inner = change_set(Changes=[resource_change("Remove")], ChangeSetId="arn:inner")
    aws.cloudformation.add_response("describe_change_set", inner)
    aws.s3.add_response("put_object", {})
    answer = inspect_change_set_changes.handler(event(changeSetId=CHANGE_SET_ID), None)
    assert "Inner/Queue" in answer["error"]["Cause"]  # type: ignore[index,call-overload,operator]


@pytest.mark.parametrize("change", [resource_change("Modify", Replacement="Conditional"), resource_change("Dynamic")])
def test_5_conditional_and_dynamic_count(aws: Aws, change: dict[str, Any]) -> None:
    assert inspect(aws, change) == "RESOURCES-BEING-DELETED-OR-REPLACED"


def test_6_an_empty_change_set_is_no_failure(aws: Aws) -> None:
    reason = "The submitted information didn't contain changes. Submit different information to create a change set."
    aws.cloudformation.add_response("describe_change_set", change_set("FAILED", StatusReason=reason))
    answer = get_change_set_creation_status.handler(event(changeSetId=CHANGE_SET_ID), None)
    assert "error" not in answer
    assert STATES["Is There a Failure?"]["Default"] == "Is There a Stack Policy?"
    assert STATES["Is There a Stack Policy?"]["Default"] == "Deployment Succeeded"


def test_6_a_pending_change_set_is_waited_for(aws: Aws) -> None:
    aws.cloudformation.add_response("describe_change_set", change_set("CREATE_PENDING"))
    answer = get_change_set_creation_status.handler(event(changeSetId=CHANGE_SET_ID), None)
    assert answer["taskParams"]["changeSetCreationStatus"] == "in_progress"  # type: ignore[index,call-overload]


@pytest.mark.parametrize(("status", "phase"), [("REVIEW_IN_PROGRESS", "in_review"), ("UPDATE_IN_PROGRESS", "busy")])
def test_6_a_stack_in_review_or_busy_has_a_way(aws: Aws, status: str, phase: str) -> None:
    aws.cloudformation.add_response("describe_stacks", stack(status))
    if status == "REVIEW_IN_PROGRESS":
        aws.cloudformation.add_response("list_stack_resources", {"StackResourceSummaries": []})
    answer = check_stack_existence.handler(event(), None)
    assert answer["taskParams"]["stackPhase"] == phase  # type: ignore[index,call-overload]


def test_6_a_stack_in_rollback_complete_fails_with_the_way_out(aws: Aws) -> None:
    aws.cloudformation.add_response("describe_stacks", stack("ROLLBACK_COMPLETE"))
    aws.cloudformation.add_response("describe_stack_events", {"StackEvents": []})
    with pytest.raises(NeedsOperatorError, match=r"Fix the template, run `aws cloudformation delete-stack .* again"):
        check_stack_existence.handler(event(), None)


def test_7_every_task_has_retry_catch_and_timeout_and_the_machine_has_one() -> None:
    tasks = [state for state in STATES.values() if state["Type"] == "Task"]
    assert len(tasks) == 12
    for task in tasks:
        assert task["Retry"]
        assert task["Catch"]
        assert task["TimeoutSeconds"] == 60
    assert DEFINITION["TimeoutSeconds"] == 43200


def test_7_the_failure_says_why(aws: Aws) -> None:
    aws.stepfunctions.add_response(
        "describe_execution", execution("FAILED", error="Changegate.Rejected", cause="Queue would be replaced.")
    )
    seen = expect_failure(aws)
    trigger.handler(continuing(), None)
    assert seen[0]["message"] == "Changegate.Rejected: Queue would be replaced."


def test_8_no_credentials_in_the_log(aws: Aws, log: io.StringIO) -> None:
    aws.fail("s3", "get_object", "NoSuchKey", "no", 404)
    expect_failure(aws)
    trigger.handler(job(), None)
    assert JOB_ID in log.getvalue()
    for secret in ("ASIAEXAMPLE", "hidden-key", "hidden-token"):
        assert secret not in log.getvalue()


def test_9_true_means_update_and_false_means_create() -> None:
    choice = STATES["Does Stack Exist?"]
    exists = {"Variable": "$.taskParams.doesStackExist", "BooleanEquals": True, "Next": "Create Change Set"}
    assert exists in choice["Choices"]
    assert choice["Default"] == "Create Stack"


def test_10_no_role_may_do_everything() -> None:
    # One role per function, none with an action of "*": asserted on the plan in tests/terraform; here on the text.
    policies = "\n".join(path.read_text() for path in (ROOT / "modules" / "iam").glob("*.tf"))
    assert policies
    assert '"*:*"' not in policies
    assert 'actions   = ["*"]' not in policies
    assert "AdministratorAccess" not in policies
