"""State *Execute Change Set*."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from changegate.errors import RejectedError
from changegate.states import (
    execute_change_set,
)
from tests.unit.conftest import (
    CHANGE_SET_ID,
    STACK_ID,
    Aws,
    change_set,
    run,
    stack,
    stack_event,
    token,
    waited,
)

WRONG_STATE = ("ValidationError", f"Stack:{STACK_ID} is in UPDATE_IN_PROGRESS state and can not be updated.")


SAFE = {"changeSetId": CHANGE_SET_ID, "stackId": STACK_ID, "changeSetAction": "CAN-SAFELY-UPDATE-EXISTING-STACK"}


def test_the_inspected_change_set_is_executed_by_its_arn_under_our_token(aws: Aws) -> None:
    aws.cloudformation.add_response("describe_change_set", change_set(), {"ChangeSetName": CHANGE_SET_ID})
    aws.cloudformation.add_response(
        "execute_change_set",
        {},
        {"ChangeSetName": CHANGE_SET_ID, "ClientRequestToken": token("ExecuteChangeSet")},
    )
    assert run(execute_change_set.handler, **SAFE)["taskParams"]["wait"] == waited(5)


@pytest.mark.parametrize(
    ("phase", "wanted", "protected"),
    [("in_review", True, True), ("in_review", False, False), ("ready", True, False)],
)
def test_only_a_stack_that_its_change_set_creates_is_protected(
    aws: Aws, phase: str, wanted: bool, protected: bool
) -> None:
    aws.cloudformation.add_response("describe_change_set", change_set())
    if protected:
        aws.cloudformation.add_response(
            "update_termination_protection", {}, {"StackName": STACK_ID, "EnableTerminationProtection": True}
        )
    aws.cloudformation.add_response("execute_change_set", {})
    run(execute_change_set.handler, **SAFE, stackPhase=phase, terminationProtection=wanted)


@pytest.mark.parametrize("action", ["RESOURCES-BEING-DELETED-OR-REPLACED", "", None])
def test_without_a_safe_verdict_nothing_is_executed(aws: Aws, action: str | None) -> None:
    with pytest.raises(RejectedError):
        run(execute_change_set.handler, changeSetId=CHANGE_SET_ID, changeSetAction=action)


@pytest.mark.parametrize("status", ["EXECUTE_IN_PROGRESS", "EXECUTE_COMPLETE", "EXECUTE_FAILED"])
def test_a_retry_does_not_execute_again(aws: Aws, status: str) -> None:
    aws.cloudformation.add_response("describe_change_set", change_set(execution_status=status))
    run(execute_change_set.handler, **SAFE)


@pytest.mark.parametrize("status", ["OBSOLETE", "UNAVAILABLE"])
def test_a_change_set_that_is_not_available_any_more_is_rejected(aws: Aws, status: str) -> None:
    aws.cloudformation.add_response("describe_change_set", change_set(execution_status=status))
    with pytest.raises(RejectedError, match=status):
        run(execute_change_set.handler, **SAFE)


@pytest.mark.parametrize(("now", "rejected"), [("EXECUTE_IN_PROGRESS", False), ("OBSOLETE", True), ("AVAILABLE", True)])
def test_a_change_set_that_changes_under_our_hands(aws: Aws, now: str, rejected: bool) -> None:
    aws.cloudformation.add_response("describe_change_set", change_set())
    aws.fail("cloudformation", "execute_change_set", "InvalidChangeSetStatus", "no")
    aws.cloudformation.add_response("describe_change_set", change_set(execution_status=now))
    if rejected:
        with pytest.raises(RejectedError, match="Another operation changed stack prod-app"):
            run(execute_change_set.handler, **SAFE)
    else:
        run(execute_change_set.handler, **SAFE)


def test_a_stack_that_is_busy_when_its_change_set_is_executed_rejects(aws: Aws) -> None:
    aws.cloudformation.add_response("describe_change_set", change_set())
    aws.fail("cloudformation", "execute_change_set", *WRONG_STATE)
    with pytest.raises(RejectedError, match="is in UPDATE_IN_PROGRESS state"):
        run(execute_change_set.handler, **SAFE)


def test_a_refusal_of_no_known_meaning_stays_what_it_is(aws: Aws) -> None:
    aws.cloudformation.add_response("describe_change_set", change_set())
    aws.fail("cloudformation", "execute_change_set", "SomethingElse", "new")
    with pytest.raises(ClientError):
        run(execute_change_set.handler, **SAFE)


@pytest.mark.parametrize("ours", [True, False])
def test_a_change_set_that_is_gone_was_executed_by_us_or_deleted_by_somebody(aws: Aws, ours: bool) -> None:
    aws.fail("cloudformation", "describe_change_set", "ChangeSetNotFound", "gone", 404)
    aws.cloudformation.add_response("describe_stacks", stack("UPDATE_COMPLETE"), {"StackName": STACK_ID})
    events = [stack_event("UPDATE_COMPLETE", ClientRequestToken=token("ExecuteChangeSet") if ours else "another")]
    aws.cloudformation.add_response("describe_stack_events", {"StackEvents": events}, {"StackName": STACK_ID})
    if ours:
        run(execute_change_set.handler, **SAFE)
    else:
        with pytest.raises(RejectedError, match="no longer exists"):
            run(execute_change_set.handler, **SAFE)


def test_a_change_set_that_is_gone_with_its_stack_rejects(aws: Aws) -> None:
    aws.fail("cloudformation", "describe_change_set", "ChangeSetNotFound", "gone", 404)
    aws.fail("cloudformation", "describe_stacks", "ValidationError", f"Stack with id {STACK_ID} does not exist")
    with pytest.raises(RejectedError, match="no longer exists"):
        run(execute_change_set.handler, **SAFE)


def test_a_token_that_is_known_means_that_it_was_started(aws: Aws) -> None:
    aws.cloudformation.add_response("describe_change_set", change_set())
    aws.fail("cloudformation", "execute_change_set", "TokenAlreadyExistsException", "token")
    run(execute_change_set.handler, **SAFE)
