"""Tags of pipelines, and pipelines by their ARN."""

from __future__ import annotations

import pytest
from codepipeline.declarations import REGION, declaration

from localstack_pipelines.codepipeline import errors, tags
from localstack_pipelines.codepipeline.models import Pipeline
from localstack_pipelines.common.clock import utc_now


def test_tags_are_added_and_replaced() -> None:
    assert tags.with_tags({"a": "1"}, [{"key": "a", "value": "2"}, {"key": "b", "value": ""}]) == {"a": "2", "b": ""}


def test_tags_that_are_refused() -> None:
    with pytest.raises(errors.InvalidTagsException, match="reserved"):
        tags.with_tags({}, [{"key": "AWS:x", "value": ""}])
    with pytest.raises(errors.InvalidTagsException, match="more than once"):
        tags.with_tags({}, [{"key": "x", "value": ""}, {"key": "x", "value": ""}])
    fifty = {f"k{number}": "" for number in range(50)}
    tags.with_tags(fifty, [{"key": "k1", "value": "new"}])
    with pytest.raises(errors.TooManyTagsException):
        tags.with_tags(fifty, [{"key": "one more", "value": ""}])


def test_resources_are_found_by_their_arn() -> None:
    pipeline = Pipeline("000000000000", REGION, [declaration()], created=utc_now(), updated=utc_now())
    known = {pipeline.name: pipeline}
    assert tags.find_resource(known, "arn:aws:codepipeline:eu-west-1:000000000000:delivery") is pipeline
    for arn in ("arn:aws:codepipeline:us-east-1:000000000000:delivery", pipeline.arn + "2"):
        with pytest.raises(errors.ResourceNotFoundException):
            tags.find_resource(known, arn)
    with pytest.raises(errors.InvalidArnException):
        tags.find_resource(known, "arn:aws:codepipeline:eu-west-1:000000000000:delivery:stage")
