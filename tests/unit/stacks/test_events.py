from __future__ import annotations

import datetime as dt
from typing import Any

from changegate.stacks.events import first_failure, of_operation, rollback_failure, since

STACK = "arn:stack"
BEGUN = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def event(status: str, logical_id: str = "app", *, reason: str = "", token: str | None = "t", **fields: Any) -> Any:
    return {
        "StackId": STACK,
        "LogicalResourceId": logical_id,
        "PhysicalResourceId": STACK if logical_id == "app" else f"{logical_id}-id",
        "ResourceType": "AWS::CloudFormation::Stack" if logical_id == "app" else "AWS::SQS::Queue",
        "ResourceStatus": status,
        **({"ResourceStatusReason": reason} if reason else {}),
        **({"ClientRequestToken": token} if token else {}),
        **fields,
    }


def newest_first(*oldest_first: Any) -> list[Any]:
    return list(reversed(oldest_first))


def names(events: list[Any]) -> list[str]:
    return [event["LogicalResourceId"] for event in events]


# --- the events of an operation

UPDATES = newest_first(
    event("UPDATE_IN_PROGRESS", token="old"),
    event("UPDATE_FAILED", "Old", reason="Long ago.", token="old"),
    event("UPDATE_IN_PROGRESS"),
    event("UPDATE_FAILED", "New", reason="Now."),
)


def test_an_operations_events_are_those_that_bear_its_token() -> None:
    assert names(of_operation(UPDATES, "t")) == ["New", "app"]
    assert names(of_operation(UPDATES, "old")) == ["Old", "app"]


def test_without_a_token_or_with_an_unknown_one_it_is_the_newest_with_its_rollback() -> None:
    events = newest_first(
        event("CREATE_IN_PROGRESS", token=None),
        event("CREATE_FAILED", "Old", token=None),
        event("UPDATE_IN_PROGRESS", token=None),
        event("UPDATE_FAILED", "New", token=None),
        event("UPDATE_ROLLBACK_IN_PROGRESS", token=None),
        event("UPDATE_FAILED", "Undo", token=None),
    )
    for token in (None, "unknown"):
        assert names(of_operation(events, token)) == ["Undo", "app", "New", "app"]


def test_no_more_events_are_taken_than_the_operation_has() -> None:
    assert names(of_operation((item for item in [*UPDATES[:2], None]), "t")) == ["New", "app"]
    assert names(of_operation((item for item in [*UPDATES[:2], None]), None)) == ["New", "app"]


def test_what_happened_since_a_moment_is_taken_and_no_more() -> None:
    later = event("CREATE_FAILED", "Late", Timestamp=BEGUN + dt.timedelta(seconds=1))
    same = event("CREATE_IN_PROGRESS", Timestamp=BEGUN)
    before = event("CREATE_FAILED", "Old", Timestamp=BEGUN - dt.timedelta(seconds=1))
    assert names(since((item for item in [later, same, before, None]), BEGUN)) == ["Late", "app"]


# --- the failure that the others follow from


def test_it_is_the_first_failure_and_not_what_followed_from_it() -> None:
    failure = first_failure(
        newest_first(
            event("UPDATE_IN_PROGRESS"),
            event("CREATE_FAILED", "Other", reason="Resource creation cancelled"),
            event("CREATE_FAILED", "Queue", reason="The name is taken."),
            event("UPDATE_FAILED", "Late", reason="Later."),
            event("UPDATE_ROLLBACK_IN_PROGRESS", reason="The following resource(s) failed to create: [Queue]."),
        )
    )
    assert failure is not None
    assert failure.logical_resource_id == "Queue"
    assert str(failure) == "Queue (AWS::SQS::Queue) is CREATE_FAILED: The name is taken"


def test_without_a_failed_resource_the_stack_says_why_it_is_rolled_back() -> None:
    failure = first_failure(
        newest_first(
            event("UPDATE_IN_PROGRESS"),
            event("UPDATE_ROLLBACK_IN_PROGRESS", reason="Rollback was triggered by alarm: errors."),
            event("UPDATE_ROLLBACK_COMPLETE"),
        )
    )
    assert failure is not None
    assert str(failure).endswith("UPDATE_ROLLBACK_IN_PROGRESS: Rollback was triggered by alarm: errors")


def test_what_a_rollback_failed_by_is_told_from_what_it_undoes() -> None:
    events = newest_first(
        event("UPDATE_IN_PROGRESS"),
        event("UPDATE_FAILED", "Queue", reason="The name is taken."),
        event("UPDATE_ROLLBACK_IN_PROGRESS", reason="The following resource(s) failed to update: [Queue]."),
        event("UPDATE_FAILED", "Other", reason="Resource update cancelled"),
        event("UPDATE_FAILED", "Bucket", reason="The bucket is not empty."),
        event("UPDATE_ROLLBACK_FAILED", reason="The following resource(s) failed to update: [Bucket]."),
    )
    rollback, cause = rollback_failure(events), first_failure(events)
    assert rollback is not None
    assert cause is not None
    assert (rollback.logical_resource_id, cause.logical_resource_id) == ("Bucket", "Queue")


def test_a_rollback_that_went_well_or_never_was_has_no_failure() -> None:
    assert rollback_failure(newest_first(event("UPDATE_IN_PROGRESS"), event("UPDATE_FAILED", "Queue"))) is None
    undone = newest_first(event("UPDATE_FAILED", "Queue"), event("UPDATE_ROLLBACK_IN_PROGRESS"))
    assert rollback_failure(undone) is None


def test_where_all_are_consequences_the_first_of_them_is_told() -> None:
    failure = first_failure(newest_first(event("CREATE_FAILED", "A", reason="Resource creation cancelled")))
    assert failure is not None
    assert failure.logical_resource_id == "A"


def test_no_failure_is_none() -> None:
    assert first_failure([]) is None
    assert first_failure([event("CREATE_COMPLETE", "Queue")]) is None


def test_a_failure_without_a_reason_says_so() -> None:
    failure = first_failure([event("CREATE_FAILED", "Queue")])
    assert failure is not None
    assert failure.reason == "no reason was given"
