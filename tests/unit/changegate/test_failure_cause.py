from __future__ import annotations

from typing import Any

from changegate.failure_cause import first_failure

STACK = "arn:stack"


def event(status: str, logical_id: str = "app", *, reason: str = "", token: str | None = "t", **fields: Any) -> Any:
    physical_id = fields.pop("physical_id", STACK if logical_id == "app" else f"{logical_id}-id")
    return {
        "StackId": STACK,
        "LogicalResourceId": logical_id,
        "PhysicalResourceId": physical_id,
        "ResourceType": "AWS::CloudFormation::Stack" if logical_id == "app" else "AWS::SQS::Queue",
        "ResourceStatus": status,
        **({"ResourceStatusReason": reason} if reason else {}),
        **({"ClientRequestToken": token} if token else {}),
    }


def newest_first(*oldest_first: Any) -> list[Any]:
    return list(reversed(oldest_first))


def test_it_is_the_first_failure_and_not_what_followed_from_it() -> None:
    failure = first_failure(
        newest_first(
            event("UPDATE_IN_PROGRESS"),
            event("CREATE_FAILED", "Other", reason="Resource creation cancelled"),
            event("CREATE_FAILED", "Queue", reason="The name is taken."),
            event("UPDATE_FAILED", "Late", reason="Later."),
            event("UPDATE_ROLLBACK_IN_PROGRESS", reason="The following resource(s) failed to create: [Queue]."),
        ),
        "t",
    )
    assert failure is not None
    assert failure.logical_resource_id == "Queue"
    assert str(failure) == "Queue (AWS::SQS::Queue) is CREATE_FAILED: The name is taken"


def test_failures_of_earlier_operations_do_not_count() -> None:
    events = newest_first(
        event("UPDATE_IN_PROGRESS", token="old"),
        event("UPDATE_FAILED", "Old", reason="Long ago.", token="old"),
        event("UPDATE_IN_PROGRESS"),
        event("UPDATE_FAILED", "New", reason="Now."),
    )
    failure = first_failure(events, "t")
    assert failure is not None
    assert failure.logical_resource_id == "New"


def test_without_a_token_the_newest_operation_counts_with_its_rollback() -> None:
    events = newest_first(
        event("CREATE_IN_PROGRESS", token=None),
        event("CREATE_FAILED", "Old", reason="Long ago.", token=None),
        event("UPDATE_IN_PROGRESS", token=None),
        event("UPDATE_FAILED", "New", reason="Now.", token=None),
        event("UPDATE_ROLLBACK_IN_PROGRESS", token=None),
        event("UPDATE_FAILED", "Undo", reason="And then.", token=None),
    )
    for token in (None, "unknown"):
        failure = first_failure(events, token)
        assert failure is not None
        assert failure.logical_resource_id == "New"


def test_where_all_are_consequences_the_first_of_them_is_told() -> None:
    failure = first_failure(newest_first(event("CREATE_FAILED", "A", reason="Resource creation cancelled")), "t")
    assert failure is not None
    assert failure.logical_resource_id == "A"


def test_no_failure_is_none() -> None:
    assert first_failure([], "t") is None
    assert first_failure([event("CREATE_COMPLETE", "Queue")], "t") is None


def test_a_failure_without_a_reason_says_so() -> None:
    failure = first_failure([event("CREATE_FAILED", "Queue")], "t")
    assert failure is not None
    assert failure.reason == "no reason was given"
