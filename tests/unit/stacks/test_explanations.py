"""Why a stack failed: the events of the stack and of those nested in it, put into words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from changegate.stacks.explanations import Explanation, explain
from tests.unit.conftest import STACK_ID, stack_event

if TYPE_CHECKING:
    from tests.unit.conftest import Aws

INNER = "arn:aws:cloudformation:eu-west-1:111111111111:stack/prod-app-Inner-1X/1"
DEEP = "arn:aws:cloudformation:eu-west-1:111111111111:stack/prod-app-Inner-1X-Deep-2Y/2"
BEFORE, BEGUN = "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"


def of_stack(status: str, stack_id: str = STACK_ID, **fields: Any) -> dict[str, Any]:
    own = {"LogicalResourceId": stack_id.split("/")[1], "PhysicalResourceId": stack_id, "StackId": stack_id}
    return stack_event(status, **own, ResourceType="AWS::CloudFormation::Stack", Timestamp=BEGUN, **fields)


def of_nested(status: str, logical_id: str, nested_id: str) -> dict[str, Any]:
    return stack_event(
        status,
        LogicalResourceId=logical_id,
        PhysicalResourceId=nested_id,
        ResourceType="AWS::CloudFormation::Stack",
        ResourceStatusReason="Embedded stack was not successfully updated",
        Timestamp=BEGUN,
    )


def script(aws: Aws, stack_id: str, *oldest_first: dict[str, Any]) -> None:
    """Script the events of one stack, a page each."""
    pages = list(reversed(oldest_first))
    for number, page in enumerate(pages):
        request = {"StackName": stack_id} | ({"NextToken": f"token-{number}"} if number else {})
        more = {"NextToken": f"token-{number + 1}"} if number < len(pages) - 1 else {}
        aws.cloudformation.add_response("describe_stack_events", {"StackEvents": [page], **more}, request)


def test_without_events_there_is_nothing_to_tell(aws: Aws) -> None:
    aws.cloudformation.add_response("describe_stack_events", {"StackEvents": []})
    explanation = explain(aws.clients["cloudformation"], STACK_ID, "t")
    assert explanation == Explanation()
    assert explanation.because() == ""


def test_a_failure_is_followed_into_nested_stacks(aws: Aws) -> None:
    script(aws, STACK_ID, of_stack("UPDATE_IN_PROGRESS"), of_nested("UPDATE_FAILED", "Inner", INNER))
    script(aws, INNER, stack_event("CREATE_FAILED", Timestamp=BEFORE), of_nested("CREATE_FAILED", "Deep", DEEP))
    script(aws, DEEP, stack_event("CREATE_FAILED", Timestamp=BEGUN))
    # Only the oldest event of the inner stack is from before; DescribeStackEvents is read as far as that.
    explanation = explain(aws.clients["cloudformation"], STACK_ID, None)
    assert explanation.cause == (
        "in nested stack Inner, in nested stack Deep, Queue (AWS::SQS::Queue) is CREATE_FAILED: The name is taken"
    )
    assert (explanation.resource, explanation.resource_to_skip) == ("Inner", "prod-app-Inner-1X-Deep-2Y.Queue")


def test_a_nested_stack_that_has_nothing_to_add_ends_the_search(aws: Aws) -> None:
    script(aws, STACK_ID, of_stack("UPDATE_IN_PROGRESS"), of_nested("UPDATE_FAILED", "Inner", INNER))
    script(aws, INNER, of_stack("UPDATE_FAILED", INNER))
    explanation = explain(aws.clients["cloudformation"], STACK_ID, None)
    assert explanation.cause is not None
    assert explanation.cause.startswith("Inner (AWS::CloudFormation::Stack) is UPDATE_FAILED: Embedded stack")


def test_a_nested_stack_that_may_not_be_read_ends_the_search(aws: Aws) -> None:
    """The functions may read the nested stacks that the deployment lists."""
    script(aws, STACK_ID, of_stack("UPDATE_IN_PROGRESS"), of_nested("UPDATE_FAILED", "Inner", INNER))
    aws.cloudformation.add_client_error("describe_stack_events", "AccessDenied", "not authorized")
    explanation = explain(aws.clients["cloudformation"], STACK_ID, None)
    assert explanation.cause is not None
    assert explanation.cause.startswith("Inner (AWS::CloudFormation::Stack) is UPDATE_FAILED: Embedded stack")
    assert (explanation.resource, explanation.resource_to_skip) == ("Inner", "Inner")


def test_another_error_about_a_nested_stack_is_not_hidden(aws: Aws) -> None:
    script(aws, STACK_ID, of_stack("UPDATE_IN_PROGRESS"), of_nested("UPDATE_FAILED", "Inner", INNER))
    aws.cloudformation.add_client_error("describe_stack_events", "Throttling", "slow down")
    with pytest.raises(ClientError, match="Throttling"):
        explain(aws.clients["cloudformation"], STACK_ID, None)


def test_a_nested_stack_that_never_was_is_not_looked_for(aws: Aws) -> None:
    script(aws, STACK_ID, of_stack("CREATE_IN_PROGRESS"), of_nested("CREATE_FAILED", "Inner", ""))
    assert explain(aws.clients["cloudformation"], STACK_ID, None).resource == "Inner"


def test_what_the_rollback_failed_by_comes_first(aws: Aws) -> None:
    script(
        aws,
        STACK_ID,
        of_stack("UPDATE_IN_PROGRESS"),
        stack_event("UPDATE_FAILED", Timestamp=BEGUN),
        of_stack("UPDATE_ROLLBACK_IN_PROGRESS"),
        stack_event("DELETE_FAILED", LogicalResourceId="Bucket", ResourceStatusReason="Not empty.", Timestamp=BEGUN),
    )
    explanation = explain(aws.clients["cloudformation"], STACK_ID, None)
    assert explanation.because() == (
        " because Bucket (AWS::SQS::Queue) is DELETE_FAILED: Not empty (the operation itself had failed because Queue "
        "(AWS::SQS::Queue) is UPDATE_FAILED: The name is taken)"
    )
    assert (explanation.resource, explanation.resource_to_skip) == ("Bucket", "Bucket")


def test_a_rollback_without_a_failure_before_it_stands_alone(aws: Aws) -> None:
    script(
        aws,
        STACK_ID,
        of_stack("UPDATE_IN_PROGRESS"),
        of_stack("UPDATE_ROLLBACK_IN_PROGRESS", ResourceStatusReason="User initiated"),
        stack_event("UPDATE_FAILED", Timestamp=BEGUN),
    )
    because = explain(aws.clients["cloudformation"], STACK_ID, None).because()
    assert because == " because Queue (AWS::SQS::Queue) is UPDATE_FAILED: The name is taken"


def test_the_stacks_own_word_names_no_resource_to_skip(aws: Aws) -> None:
    script(
        aws,
        STACK_ID,
        of_stack("UPDATE_IN_PROGRESS"),
        of_stack("UPDATE_ROLLBACK_IN_PROGRESS", ResourceStatusReason="Rollback triggered by alarm"),
    )
    explanation = explain(aws.clients["cloudformation"], STACK_ID, None)
    assert "Rollback triggered by alarm" in explanation.because()
    assert (explanation.resource, explanation.resource_to_skip) == (None, None)
