"""The events that report changed references: form, order and delivery."""

from __future__ import annotations

import json
import logging
from types import SimpleNamespace
from typing import Any

import pytest

from localstack_pipelines.codecommit import state_changes
from localstack_pipelines.codecommit.models import Repository
from localstack_pipelines.codecommit.state_changes import ReferenceChange, publish, state_change_detail
from localstack_pipelines.common import clients

OLD, NEW = "a" * 40, "b" * 40
CALLER = "arn:aws:iam::000000000000:root"


class Bus:
    """Accepts events after a number of failures: first exceptions, then refusals."""

    def __init__(self, raising: int = 0, refusing: int = 0) -> None:
        self.raising, self.refusing = raising, refusing
        self.taken: list[dict[str, Any]] = []
        self.clients = SimpleNamespace(get_client=lambda _: self)

    def put_events(self, **arguments: Any) -> dict[str, Any]:
        if self.raising:
            self.raising -= 1
            raise ConnectionError("no bus")
        if self.refusing:
            self.refusing -= 1
            return {"FailedEntryCount": 1, "Entries": [{"ErrorCode": "InternalFailure"}]}
        self.taken += arguments["Entries"]
        return {"FailedEntryCount": 0, "Entries": [{"EventId": "1"}]}


@pytest.fixture
def repository() -> Repository:
    return Repository("000000000000", "eu-west-1", "demo")


def use(bus: Bus, monkeypatch: pytest.MonkeyPatch) -> Bus:
    monkeypatch.setattr(clients, "connect_to", lambda **_: bus.clients)
    monkeypatch.setattr(state_changes, "PAUSE_SECONDS", 0)
    return bus


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (None, NEW, {"event": "referenceCreated", "commitId": NEW}),
        (OLD, NEW, {"event": "referenceUpdated", "commitId": NEW, "oldCommitId": OLD}),
        (OLD, None, {"event": "referenceDeleted", "oldCommitId": OLD}),
    ],
)
def test_the_detail_says_what_happened_to_a_branch(old: str | None, new: str | None, expected: dict[str, str]) -> None:
    detail = state_change_detail("demo", "id", ReferenceChange("refs/heads/a/b", old, new), CALLER)
    assert detail == {
        "repositoryName": "demo",
        "repositoryId": "id",
        "referenceType": "branch",
        "referenceName": "a/b",
        "referenceFullName": "refs/heads/a/b",
        "callerUserArn": CALLER,
        **expected,
    }


def test_a_tag_is_a_reference_of_its_own_type() -> None:
    detail = state_change_detail("demo", "id", ReferenceChange("refs/tags/v1", None, NEW), CALLER)
    assert detail is not None
    assert (detail["referenceType"], detail["referenceName"]) == ("tag", "v1")


def test_other_references_are_not_announced() -> None:
    assert state_change_detail("demo", "id", ReferenceChange("refs/notes/x", None, NEW), CALLER) is None


def test_events_are_published_in_the_order_of_the_changes(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    bus = use(Bus(), monkeypatch)
    names = ["refs/heads/b", "refs/notes/x", "refs/heads/a", "refs/tags/v1"]
    publish(repository, [ReferenceChange(name, None, NEW) for name in names], CALLER)
    details = [json.loads(entry["Detail"]) for entry in bus.taken]
    assert [detail["referenceFullName"] for detail in details] == ["refs/heads/b", "refs/heads/a", "refs/tags/v1"]
    assert {entry["Source"] for entry in bus.taken} == {"aws.codecommit"}
    assert bus.taken[0]["Resources"] == ["arn:aws:codecommit:eu-west-1:000000000000:demo"]


def test_an_event_is_published_in_the_end_and_once(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    bus = use(Bus(raising=2, refusing=2), monkeypatch)
    publish(repository, [ReferenceChange("refs/heads/main", None, NEW)], CALLER)
    assert len(bus.taken) == 1


def test_a_bus_that_keeps_failing_is_logged(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    use(Bus(raising=100), monkeypatch)
    with caplog.at_level(logging.ERROR):
        publish(repository, [ReferenceChange("refs/heads/main", None, NEW)], CALLER)
    assert "was not published" in caplog.text
