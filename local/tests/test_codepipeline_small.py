"""Pages, tags, settings and the timetable."""

from __future__ import annotations

import threading
import time

import pytest
from codepipeline_declarations import REGION, declaration

from localstack_pipelines.codepipeline import errors, tagging
from localstack_pipelines.codepipeline.clock import Timetable
from localstack_pipelines.codepipeline.conductor import utc_now
from localstack_pipelines.codepipeline.model import Pipeline
from localstack_pipelines.codepipeline.paging import page_of
from localstack_pipelines.codepipeline.settings import Settings


def test_pages_hold_every_entry_once_also_when_entries_come_in_at_the_front() -> None:
    entries = [f"e{number}" for number in range(5)]
    first, token = page_of(entries, str, 2, None)
    second, token = page_of(["new", *entries], str, 2, token)
    third, token = page_of(["newer", "new", *entries], str, 2, token)
    assert first + second + third == entries
    assert token is None


@pytest.mark.parametrize("size", [1, 2, 5, 6])
def test_the_last_page_has_no_token(size: int) -> None:
    entries, token, pages = [f"e{number}" for number in range(5)], None, 0
    while True:
        _, token = page_of(entries, str, size, token)
        pages += 1
        if token is None:
            break
    assert pages == -(-5 // size)


@pytest.mark.parametrize("token", ["?", "Zm9yZWlnbg==", "/w=="])
def test_a_foreign_token_is_refused(token: str) -> None:
    with pytest.raises(errors.InvalidNextTokenException):
        page_of(["a"], str, 1, token)


def test_tags_are_added_and_replaced() -> None:
    assert tagging.with_tags({"a": "1"}, [{"key": "a", "value": "2"}, {"key": "b", "value": ""}]) == {"a": "2", "b": ""}


def test_tags_that_are_refused() -> None:
    with pytest.raises(errors.InvalidTagsException, match="reserved"):
        tagging.with_tags({}, [{"key": "AWS:x", "value": ""}])
    with pytest.raises(errors.InvalidTagsException, match="more than once"):
        tagging.with_tags({}, [{"key": "x", "value": ""}, {"key": "x", "value": ""}])
    fifty = {f"k{number}": "" for number in range(50)}
    tagging.with_tags(fifty, [{"key": "k1", "value": "new"}])
    with pytest.raises(errors.TooManyTagsException):
        tagging.with_tags(fifty, [{"key": "one more", "value": ""}])


def test_resources_are_found_by_their_arn() -> None:
    pipeline = Pipeline("000000000000", REGION, [declaration()], created=utc_now(), updated=utc_now())
    known = {pipeline.name: pipeline}
    assert tagging.find_resource(known, "arn:aws:codepipeline:eu-west-1:000000000000:delivery") is pipeline
    for arn in ("arn:aws:codepipeline:us-east-1:000000000000:delivery", pipeline.arn + "2"):
        with pytest.raises(errors.ResourceNotFoundException):
            tagging.find_resource(known, arn)
    with pytest.raises(errors.InvalidArnException):
        tagging.find_resource(known, "arn:aws:codepipeline:eu-west-1:000000000000:delivery:stage")


def test_settings_are_those_of_the_service_unless_the_environment_says_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    default = Settings.from_environment()
    assert (default.job_timeout_seconds, default.action_timeout_seconds) == (20 * 60, 24 * 60 * 60)
    assert not default.duplicate_jobs

    monkeypatch.setenv("LOCALSTACK_PIPELINES_CONTINUATION_SECONDS", "0.5")
    monkeypatch.setenv("LOCALSTACK_PIPELINES_DUPLICATE_JOBS", "1")
    changed = Settings.from_environment()
    assert (changed.continuation_seconds, changed.duplicate_jobs) == (0.5, True)

    for wrong in ("soon", "-1", "nan", "inf"):
        monkeypatch.setenv("LOCALSTACK_PIPELINES_CONTINUATION_SECONDS", wrong)
        with pytest.raises(ValueError, match="CONTINUATION_SECONDS"):
            Settings.from_environment()


def test_the_timetable_keeps_the_order_of_times_and_survives_a_failing_step() -> None:
    timetable, seen, done = Timetable(), [], threading.Event()

    def fail() -> None:
        seen.append("failing")
        raise RuntimeError("expected in the log")

    timetable.after(0.2, lambda: seen.append("late"))
    timetable.after(0.05, fail)
    timetable.after(0.1, lambda: seen.append("early"))
    timetable.after(0.3, done.set)
    assert done.wait(5)
    timetable.close()
    assert seen == ["failing", "early", "late"]


def test_a_closed_timetable_does_nothing_more() -> None:
    timetable, seen = Timetable(), []
    timetable.after(0.05, lambda: seen.append("before"))
    timetable.close()
    timetable.after(0.01, lambda: seen.append("after"))
    time.sleep(0.15)
    assert seen == []
