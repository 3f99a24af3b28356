"""State *Get Change Set Creation Status*."""

from __future__ import annotations

import pytest

from changegate.errors import RejectedError
from changegate.states import (
    get_change_set_creation_status,
    inspect_change_set_changes,
)
from tests.unit.conftest import (
    CHANGE_SET_ID,
    WAIT,
    Aws,
    change_set,
    resource_change,
    run,
    waited,
)


@pytest.mark.parametrize(
    ("status", "reason", "progress", "empty", "error"),
    [
        ("CREATE_PENDING", "", "in_progress", False, None),
        ("CREATE_IN_PROGRESS", "", "in_progress", False, None),
        ("CREATE_COMPLETE", "", "complete", False, None),
        ("FAILED", "The submitted information didn't contain changes. Submit", "failed", True, None),
        ("FAILED", "No updates are to be performed.", "failed", True, None),
        ("FAILED", "Transform failed", "failed", False, "Changegate.Misconfigured"),
        ("DELETE_COMPLETE", "", "failed", False, "Changegate.Rejected"),
    ],
)
def test_how_a_change_set_stands(
    aws: Aws, status: str, reason: str, progress: str, empty: bool, error: str | None
) -> None:
    aws.cloudformation.add_response("describe_change_set", change_set(status, StatusReason=reason))
    answer = run(get_change_set_creation_status.handler, changeSetId=CHANGE_SET_ID)
    added = answer["taskParams"]
    assert (added["changeSetCreationStatus"], added["changeSetEmpty"]) == (progress, empty)
    assert answer.get("error", {}).get("Error") == error


@pytest.mark.parametrize(
    ("status", "reason", "progress", "words"),
    [
        ("CREATE_COMPLETE", "", "complete", None),
        ("FAILED", "No updates are to be performed.", "complete", None),
        ("CREATE_IN_PROGRESS", "", "in_progress", None),
        ("FAILED", "Template error", "failed", "nested stack prod-app-Inner: Template error"),
        ("DELETE_COMPLETE", "", "failed", "of nested stack prod-app-Inner"),
    ],
)
def test_the_change_sets_of_nested_stacks_are_waited_for(
    aws: Aws, status: str, reason: str, progress: str, words: str | None
) -> None:
    nested = resource_change("Modify", "Inner", ResourceType="AWS::CloudFormation::Stack", ChangeSetId="arn:inner")
    aws.cloudformation.add_response("describe_change_set", change_set(Changes=[nested]))
    inner = change_set(status, StatusReason=reason, ChangeSetId="arn:inner", StackName="prod-app-Inner")
    aws.cloudformation.add_response("describe_change_set", inner, {"ChangeSetName": "arn:inner"})
    answer = run(get_change_set_creation_status.handler, changeSetId=CHANGE_SET_ID)
    assert answer["taskParams"]["changeSetCreationStatus"] == progress
    assert answer["taskParams"]["changeSetEmpty"] is False
    if words is None:
        assert "error" not in answer
    else:
        assert words in answer["error"]["Cause"]


def test_a_change_set_is_waited_for_until_the_limit(aws: Aws) -> None:
    for _ in range(2):
        aws.cloudformation.add_response("describe_change_set", change_set("CREATE_PENDING"))
    answer = run(get_change_set_creation_status.handler, changeSetId=CHANGE_SET_ID, wait=waited(400))
    assert answer["taskParams"]["wait"]["seconds"] == WAIT["maximumSeconds"]
    answer = run(get_change_set_creation_status.handler, changeSetId=CHANGE_SET_ID, wait=waited(600))
    assert answer["taskParams"]["changeSetCreationStatus"] == "failed"
    assert answer["error"]["Error"] == "Changegate.Rejected"


@pytest.mark.parametrize(
    ("code", "message"),
    [("ChangeSetNotFound", "ChangeSet [x] does not exist"), ("ValidationError", "Stack [prod-app] does not exist")],
)
def test_a_change_set_that_is_gone_rejects(aws: Aws, code: str, message: str) -> None:
    for handler in (get_change_set_creation_status.handler, inspect_change_set_changes.handler):
        aws.fail("cloudformation", "describe_change_set", code, message)
        with pytest.raises(RejectedError, match="The change set no longer exists"):
            run(handler, changeSetId=CHANGE_SET_ID)


def test_an_unknown_change_set_status_raises(aws: Aws) -> None:
    aws.cloudformation.add_response("describe_change_set", change_set("SIDEWAYS"))
    with pytest.raises(ValueError, match="SIDEWAYS"):
        run(get_change_set_creation_status.handler, changeSetId=CHANGE_SET_ID)
