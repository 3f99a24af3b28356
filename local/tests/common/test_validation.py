"""Validation of requests against the service model, with requests of CodePipeline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from codepipeline.declarations import declaration
from localstack.aws.spec import load_service

from localstack_pipelines.common.errors import SerializationException, ValidationException
from localstack_pipelines.common.validation import check_request, check_types

if TYPE_CHECKING:
    from collections.abc import Callable


def request_for(operation: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    shape = load_service("codepipeline").operation_model(operation).input_shape
    return lambda request: check_request(request, shape)


def test_a_request_that_keeps_the_constraints_loses_only_its_nulls() -> None:
    given = {"pipeline": declaration(version=None), "tags": None}
    assert request_for("CreatePipeline")(given) == {"pipeline": declaration()}


@pytest.mark.parametrize(
    ("operation", "request_", "sentence"),
    [
        ("GetPipeline", {}, r"Value null at 'name' failed .* must not be null"),
        ("GetPipeline", {"name": None}, "must not be null"),
        ("GetPipeline", {"name": "a b"}, r"'a b' at 'name' .* pattern: \[A-Za-z0-9"),
        ("GetPipeline", {"name": "x" * 101}, "length less than or equal to 100"),
        ("GetPipeline", {"name": "a", "version": 0}, "value greater than or equal to 1"),
        ("CreatePipeline", {"pipeline": {"name": "a"}}, "2 validation errors .*roleArn.*stages"),
        (
            "CreatePipeline",
            {"pipeline": declaration(stages=[{"name": "Source", "actions": [{"name": "?"}]}])},
            r"pipeline\.stages\.1\.member\.actions\.1\.member\.",
        ),
        ("CreatePipeline", {"pipeline": declaration(executionMode="FAST")}, r"enum value set: \[QUEUED"),
        ("PutJobSuccessResult", {"jobId": "1"}, "pattern"),
        ("PutJobFailureResult", {"jobId": "1" * 36, "failureDetails": {"type": "Bad", "message": "m"}}, "JobFailed"),
    ],
)
def test_broken_constraints(operation: str, request_: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationException, match=sentence):
        request_for(operation)(request_)


JOB_ID = "11111111-2222-3333-4444-555555555555"


@pytest.mark.parametrize(
    ("member", "limit"),
    [("continuationToken", 2048), ("summary", 2048), ("externalExecutionId", 1500)],
)
def test_the_limits_of_a_success_result(member: str, limit: int) -> None:
    def result(length: int) -> dict[str, Any]:
        members = {member: "x" * length}
        return {"jobId": JOB_ID, **(members if member == "continuationToken" else {"executionDetails": members})}

    request_for("PutJobSuccessResult")(result(limit))
    with pytest.raises(ValidationException, match=f"less than or equal to {limit}"):
        request_for("PutJobSuccessResult")(result(limit + 1))


def test_the_limit_of_a_failure_message() -> None:
    def failure(length: int) -> dict[str, Any]:
        return {"jobId": JOB_ID, "failureDetails": {"type": "JobFailed", "message": "x" * length}}

    request_for("PutJobFailureResult")(failure(5000))
    with pytest.raises(ValidationException, match="less than or equal to 5000"):
        request_for("PutJobFailureResult")(failure(5001))


@pytest.mark.parametrize("name", [7, True, ["a"], {"a": "b"}])
def test_a_member_of_another_type(name: object) -> None:
    with pytest.raises(SerializationException, match="must be of type string"):
        request_for("GetPipeline")({"name": name})


def test_types_can_be_checked_without_the_constraints() -> None:
    shape = load_service("codepipeline").operation_model("GetPipeline").input_shape
    assert check_types({"name": "a b", "version": None}, shape) == {"name": "a b"}
    assert check_types({}, shape) == {}
    with pytest.raises(SerializationException, match="'version' must be of type integer"):
        check_types({"name": "a", "version": "1"}, shape)
