"""The trigger: from a CodePipeline.job event to the answer that CodePipeline gets."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.response import StreamingBody
from botocore.stub import ANY

from changegate.pipeline import trigger
from changegate.pipeline.answer import MAX_FAILURE_MESSAGE, MAX_SUMMARY, Failed, StillRunning, Succeeded, send
from changegate.pipeline.executions import answer_for, plain_cause
from changegate.pipeline.job import read
from changegate.wording import shorten
from tests.unit.conftest import PARAMS, Aws

JOB_ID = "11111111-2222-3333-4444-555555555555"
MACHINE = "arn:aws:states:eu-west-1:111111111111:stateMachine:changegate"
EXECUTION = f"arn:aws:states:eu-west-1:111111111111:execution:changegate:{JOB_ID}"
SECRETS = {"accessKeyId": "ASIAEXAMPLE", "secretAccessKey": "hidden-key", "sessionToken": "hidden-token"}
INPUT = {"environmentName": "prod", "stackName": "app", "templatePath": "infra/template.yaml"}


def job(token: str | None = None, **changed: Any) -> dict[str, Any]:
    data = {
        "actionConfiguration": {
            "configuration": {
                "FunctionName": "changegate-trigger",
                "UserParameters": json.dumps({"s3Bucket": "inputs", "stateMachineFile": "prod.json"}),
            }
        },
        "inputArtifacts": [
            {
                "name": "Source",
                "revision": "abc",
                "location": {
                    "type": "S3",
                    "s3Location": {"bucketName": "artifacts", "objectKey": "pipeline/Source/abc1234"},
                },
            }
        ],
        "outputArtifacts": [],
        "artifactCredentials": SECRETS,
        **({"continuationToken": token} if token else {}),
        **changed,
    }
    return {"CodePipeline.job": {"id": JOB_ID, "accountId": "111111111111", "data": data}}


def continuing(arn: str = EXECUTION) -> dict[str, Any]:
    return job(json.dumps({"stateMachineExecutionArn": arn}))


def input_file(aws: Aws, content: bytes) -> None:
    aws.s3.add_response(
        "get_object",
        {"Body": StreamingBody(io.BytesIO(content), len(content))},
        {"Bucket": "inputs", "Key": "prod.json"},
    )


def started(aws: Aws) -> None:
    aws.stepfunctions.add_response(
        "start_execution",
        {"executionArn": EXECUTION, "startDate": "2026-01-01T00:00:00Z"},
        {"stateMachineArn": MACHINE, "name": JOB_ID, "input": json.dumps({"taskParams": PARAMS}, sort_keys=True)},
    )


def expect_still_running(aws: Aws) -> None:
    aws.codepipeline.add_response(
        "put_job_success_result",
        {},
        {
            "jobId": JOB_ID,
            "continuationToken": json.dumps({"stateMachineExecutionArn": EXECUTION}),
            "executionDetails": {"summary": "The deployment is running.", "externalExecutionId": EXECUTION},
        },
    )


def expect_failure(aws: Aws) -> list[dict[str, Any]]:
    """Script the answer and return the list that its failureDetails will be in."""
    seen: list[dict[str, Any]] = []
    aws.codepipeline.add_response("put_job_failure_result", {}, {"jobId": JOB_ID, "failureDetails": ANY})

    def note(params: dict[str, Any], **_: Any) -> None:
        seen.append(params["failureDetails"])

    aws.clients["codepipeline"].meta.events.register("provide-client-params.codepipeline.PutJobFailureResult", note)
    return seen


def execution(status: str, **fields: Any) -> dict[str, Any]:
    return {
        "executionArn": EXECUTION,
        "stateMachineArn": MACHINE,
        "status": status,
        "startDate": "2026-01-01T00:00:00Z",
        **fields,
    }


# --- the first call


def test_the_first_call_starts_the_execution_that_bears_the_jobs_id(aws: Aws) -> None:
    input_file(aws, json.dumps(INPUT).encode())
    started(aws)
    expect_still_running(aws)
    trigger.handler(job(), None)


def test_a_job_that_comes_twice_joins_the_execution_that_exists(aws: Aws) -> None:
    input_file(aws, json.dumps(INPUT).encode())
    aws.fail("stepfunctions", "start_execution", "ExecutionAlreadyExists")
    expect_still_running(aws)
    trigger.handler(job(), None)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"{not json", "is not JSON"),
        (b"\xff\xfe", "is not JSON"),
        (b"[]", "is not a JSON object"),
        (b"{}", "'environmentName'"),
        (b" " * 200_000, "larger than"),
    ],
)
def test_an_input_file_that_is_wrong_fails_the_job_with_what_to_mend(aws: Aws, content: bytes, words: str) -> None:
    input_file(aws, content)
    seen = expect_failure(aws)
    trigger.handler(job(), None)
    assert seen[0]["type"] == "ConfigurationError"
    assert seen[0]["message"].startswith("Changegate.Misconfigured: ")
    assert words in seen[0]["message"]


def test_an_input_file_that_is_missing_is_named(aws: Aws) -> None:
    aws.fail("s3", "get_object", "NoSuchKey", "no", 404)
    seen = expect_failure(aws)
    trigger.handler(job(), None)
    assert "s3://inputs/prod.json does not exist" in seen[0]["message"]


@pytest.mark.parametrize(
    "data",
    [
        {"actionConfiguration": {"configuration": {"FunctionName": "f"}}},
        {"actionConfiguration": {"configuration": {"FunctionName": "f", "UserParameters": "prod.json"}}},
        {"actionConfiguration": {"configuration": {"FunctionName": "f", "UserParameters": '{"s3Bucket": "b"}'}}},
        {"inputArtifacts": []},
        {"continuationToken": "another function's"},
        {"continuationToken": '{"stateMachineExecutionArn": 1}'},
        {"continuationToken": "[]"},
    ],
)
def test_an_action_that_is_set_up_wrong_fails_as_a_configuration_error(aws: Aws, data: dict[str, Any]) -> None:
    seen = expect_failure(aws)
    trigger.handler(job(**data), None)
    assert seen[0]["type"] == "ConfigurationError"


@pytest.mark.parametrize("data", [{"actionConfiguration": None}, {"inputArtifacts": [{}]}, {"inputArtifacts": None}])
def test_whatever_is_in_the_event_codepipeline_gets_an_answer(aws: Aws, data: dict[str, Any]) -> None:
    seen = expect_failure(aws)
    trigger.handler(job(**data), None)
    assert seen[0]["type"] == "JobFailed"


def test_an_error_that_nobody_foresaw_is_an_answer_too(aws: Aws) -> None:
    input_file(aws, json.dumps(INPUT).encode())
    aws.fail("stepfunctions", "start_execution", "StateMachineDoesNotExist", "gone")
    seen = expect_failure(aws)
    trigger.handler(job(), None)
    assert "gone" in seen[0]["message"]


@pytest.mark.parametrize("event", [{}, {"CodePipeline.job": None}, {"CodePipeline.job": {"id": ""}}])
def test_an_event_that_is_no_job_has_nobody_to_answer(event: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"CodePipeline\.job"):
        trigger.handler(event, None)


# --- the calls that follow


def test_a_running_execution_is_still_running(aws: Aws) -> None:
    aws.stepfunctions.add_response("describe_execution", execution("RUNNING"), {"executionArn": EXECUTION})
    expect_still_running(aws)
    trigger.handler(continuing(), None)


def test_a_throttled_look_does_not_fail_a_deployment_that_goes_on(aws: Aws) -> None:
    aws.fail("stepfunctions", "describe_execution", "ThrottlingException", "Rate exceeded")
    expect_still_running(aws)
    trigger.handler(continuing(), None)


@pytest.mark.parametrize(
    ("params", "summary"),
    [
        ({"doesStackExist": False}, "Stack prod-app was created."),
        ({"doesStackExist": True}, "Stack prod-app was updated."),
        ({"doesStackExist": True, "stackPhase": "in_review"}, "Stack prod-app was created."),
        ({"doesStackExist": True, "changeSetEmpty": True}, "Stack prod-app has no changes."),
        (
            {"doesStackExist": True, "stackDeletionStatus": "complete"},
            "Stack prod-app was deleted, because its creation had failed, and created again.",
        ),
        (
            {"doesStackExist": False, "successorStackName": "prod-app-0", "unsafeUpdate": "x"},
            "Stack prod-app-0 was created. It is the successor of stack prod-app, which is untouched, because x.",
        ),
    ],
)
def test_success_says_what_was_done(aws: Aws, params: dict[str, Any], summary: str) -> None:
    output = json.dumps({"taskParams": {**PARAMS, **params}})
    aws.stepfunctions.add_response("describe_execution", execution("SUCCEEDED", output=output))
    aws.codepipeline.add_response(
        "put_job_success_result",
        {},
        {
            "jobId": JOB_ID,
            "executionDetails": {"summary": summary, "externalExecutionId": EXECUTION, "percentComplete": 100},
        },
    )
    trigger.handler(continuing(), None)


@pytest.mark.parametrize(
    ("fields", "kind", "message"),
    [
        (
            {"error": "Changegate.Rejected", "cause": "Queue would be replaced."},
            "JobFailed",
            "Changegate.Rejected: Queue would be replaced.",
        ),
        (
            {
                "error": "Changegate.Misconfigured",
                "cause": json.dumps({"errorMessage": "no file 'a'", "errorType": "x", "stackTrace": ["..."]}),
            },
            "ConfigurationError",
            "Changegate.Misconfigured: no file 'a'",
        ),
    ],
)
def test_a_failure_brings_the_name_and_the_sentence(aws: Aws, fields: dict[str, Any], kind: str, message: str) -> None:
    aws.stepfunctions.add_response("describe_execution", execution("FAILED", **fields))
    seen = expect_failure(aws)
    trigger.handler(continuing(), None)
    assert seen == [{"type": kind, "message": message, "externalExecutionId": EXECUTION}]


@pytest.mark.parametrize("status", ["TIMED_OUT", "ABORTED"])
def test_an_execution_that_was_ended_from_outside_is_a_failure(status: str) -> None:
    answer = answer_for(execution(status))  # type: ignore[arg-type]
    assert isinstance(answer, Failed)
    assert answer.message.startswith(status)


def test_an_execution_of_another_state_machine_is_not_followed(aws: Aws) -> None:
    seen = expect_failure(aws)
    trigger.handler(continuing(EXECUTION.replace(":changegate:", ":changegate-other:")), None)
    assert "another state machine" in seen[0]["message"]


# --- answering


@pytest.mark.parametrize("code", ["InvalidJobStateException", "JobNotFoundException"])
@pytest.mark.parametrize("answer", [StillRunning("arn"), Failed("no")])
def test_a_job_that_was_answered_before_is_let_be(aws: Aws, code: str, answer: StillRunning | Failed) -> None:
    operation = "put_job_success_result" if isinstance(answer, StillRunning) else "put_job_failure_result"
    aws.fail("codepipeline", operation, code)
    assert send(JOB_ID, answer) is False


def test_an_answer_that_cannot_be_given_raises_so_that_lambda_tries_again(aws: Aws) -> None:
    aws.fail("codepipeline", "put_job_success_result", "ServiceUnavailable", status=503)
    with pytest.raises(ClientError):
        send(JOB_ID, StillRunning("arn"))


def test_long_texts_are_cut_to_what_the_api_takes(aws: Aws) -> None:
    seen = expect_failure(aws)
    assert send(JOB_ID, Failed("x" * 9000))
    assert len(seen[0]["message"]) == MAX_FAILURE_MESSAGE
    aws.codepipeline.add_response("put_job_success_result", {}, {"jobId": JOB_ID, "executionDetails": ANY})
    assert send(JOB_ID, Succeeded("arn", "y" * 9000))
    assert shorten("y" * MAX_SUMMARY, MAX_SUMMARY) == "y" * MAX_SUMMARY
    assert shorten("abcd", 3) == "ab…"


@pytest.mark.parametrize(
    ("cause", "text"),
    [
        ("Plain.", "Plain."),
        ('{"errorMessage": "In JSON."}', "In JSON."),
        ('{"other": 1}', '{"other": 1}'),
        ('"a string"', '"a string"'),
    ],
)
def test_the_sentence_in_a_cause(cause: str, text: str) -> None:
    assert plain_cause(cause) == text


@pytest.mark.parametrize("cause", [None, ""])
def test_no_cause_says_where_to_look(cause: str | None) -> None:
    assert "execution history" in plain_cause(cause)


def test_credentials_are_dropped_when_the_event_is_parsed() -> None:
    assert "hidden" not in repr(read(job()))


def test_an_execution_whose_output_is_missing_has_succeeded_all_the_same() -> None:
    answer = answer_for({"executionArn": EXECUTION, "status": "SUCCEEDED"})  # type: ignore[typeddict-item]
    assert isinstance(answer, Succeeded)
