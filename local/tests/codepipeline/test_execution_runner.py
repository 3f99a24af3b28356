"""Executions with threads and deadlines, and fakes of the other services."""

from __future__ import annotations

import queue
import threading
from typing import TYPE_CHECKING, Any

import pytest
from codepipeline.declarations import approve, declaration, invoke, stages
from codepipeline.runner_world import CREDENTIALS, PATIENCE, SOON, World, ended, wait_for

from localstack_pipelines.codepipeline import errors, jobs, progress
from localstack_pipelines.common.clients import CallError
from localstack_pipelines.common.clock import utc_now
from localstack_pipelines.common.errors import ValidationException

if TYPE_CHECKING:
    from collections.abc import Callable

    from localstack_pipelines.codepipeline.models import Execution

KEY = {"id": "arn:aws:kms:eu-west-1:000000000000:key/1", "type": "KMS"}


def test_from_the_commit_to_the_answer(make: Callable[..., World]) -> None:
    world = make(declaration(artifactStore={"type": "S3", "location": "artifacts", "encryptionKey": KEY}))
    execution = world.start()
    function, event = world.services.invocations.get(timeout=PATIENCE)

    ((artifact, content, key),) = world.services.artifacts
    assert (artifact.bucket, content, key) == ("artifacts", b"zip of " + b"b" * 40, KEY)
    job = event["CodePipeline.job"]
    assert function == "trigger"
    assert event == {
        "CodePipeline.job": {
            "id": job["id"],
            "accountId": "000000000000",
            "data": {
                "actionConfiguration": {"configuration": {"FunctionName": "trigger"}},
                "inputArtifacts": [
                    {
                        "name": "App",
                        "revision": None,
                        "location": {
                            "type": "S3",
                            "s3Location": {"bucketName": "artifacts", "objectKey": artifact.key},
                        },
                    }
                ],
                "outputArtifacts": [],
                "artifactCredentials": CREDENTIALS,
                "encryptionKey": KEY,
            },
        }
    }

    world.succeed(
        world.store.jobs[job["id"]],
        executionDetails={"summary": "all good", "externalExecutionId": "e-1", "percentComplete": 100},
    )
    assert execution.status == "Succeeded"
    (revision,) = execution.revisions
    assert (revision.revision_id, revision.summary) == ("b" * 40, "second\n\nwith a body")
    assert world.services.roles == ["arn:aws:iam::000000000000:role/pipeline"]


def test_an_execution_can_start_with_a_commit_of_its_own(make: Callable[..., World]) -> None:
    world = make()
    execution = world.start(
        sourceRevisions=[{"actionName": "Source", "revisionType": "COMMIT_ID", "revisionValue": "a" * 40}]
    )
    world.succeed(world.job())
    assert execution.revisions[0].revision_id == "a" * 40


def test_an_action_with_a_role_of_its_own_works_with_it(make: Callable[..., World]) -> None:
    world = make(stages([invoke(roleArn="arn:aws:iam::000000000000:role/action")]))
    world.start()
    world.job()
    assert world.services.roles == ["arn:aws:iam::000000000000:role/action"]


def test_a_continuation_is_another_job_with_the_token_and_keeps_what_was_said(make: Callable[..., World]) -> None:
    world = make()
    execution = world.start()
    first = world.job()
    world.succeed(first, continuationToken="t-1", executionDetails={"externalExecutionId": "e-1", "summary": "going"})
    assert world.result_of("Deploy").summary == "going"

    second = world.job()
    assert second.id != first.id
    assert second.data["continuationToken"] == "t-1"
    assert "continuationToken" not in first.data
    for answer in (world.succeed, world.fail):
        with pytest.raises(errors.InvalidJobStateException, match="Succeeded"):
            answer(first)

    world.succeed(second, executionDetails={"percentComplete": 100})
    assert execution.status == "Succeeded"
    result = world.result_of("Deploy")
    assert (result.external_execution_id, result.summary, result.percent_complete) == ("e-1", "going", 100)
    with pytest.raises(errors.InvalidJobStateException):
        world.succeed(second)


def test_a_failure_reaches_the_action(make: Callable[..., World]) -> None:
    world = make()
    execution = world.start()
    world.fail(world.job(), type="RevisionOutOfSync", message="Changegate.Rejected: no", externalExecutionId="e-2")
    assert execution.status == "Failed"
    result = world.result_of("Deploy")
    assert (result.error.code, result.error.message) == ("RevisionOutOfSync", "Changegate.Rejected: no")
    assert result.external_execution_id == "e-2"


def test_output_variables_reach_later_actions_and_never_come_with_a_token(make: Callable[..., World]) -> None:
    later = invoke("Later", configuration={"FunctionName": "f-#{First.name}"})
    world = make(stages([invoke(namespace="First")], [later]))
    world.start()
    job = world.job()
    with pytest.raises(ValidationException, match="continuationToken"):
        world.succeed(job, continuationToken="t", outputVariables={"name": "x"})
    with pytest.raises(errors.OutputVariablesSizeExceededException, match="122880"):
        world.succeed(job, outputVariables={"name": "x" * 122877})
    world.succeed(job, outputVariables={"name": "x"})
    function, _ = world.services.invocations.get(timeout=PATIENCE)
    assert function == "f-x"


def test_an_unanswered_job_times_out(make: Callable[..., World]) -> None:
    world = make(job_timeout_seconds=SOON)
    execution = world.start()
    job = world.job()
    assert ended(execution) == "Failed"
    assert job.status == "TimedOut"
    assert "trigger did not answer" in world.result_of("Deploy").error.message
    with pytest.raises(errors.InvalidJobStateException, match="TimedOut"):
        world.succeed(job)


def test_each_job_has_its_own_time_and_the_action_has_one_for_all(make: Callable[..., World]) -> None:
    world = make(job_timeout_seconds=60, action_timeout_seconds=0.4)
    execution = world.start()
    while execution.is_active:
        try:
            job = world.store.jobs[world.services.invocations.get(timeout=0.2)[1]["CodePipeline.job"]["id"]]
            world.succeed(job, continuationToken="t")
        except (queue.Empty, errors.InvalidJobStateException):
            continue
    assert execution.status == "Failed"
    assert "timed out" in world.result_of("Deploy").error.message
    assert len(world.store.jobs) > 2
    assert not [job for job in world.store.jobs.values() if job.is_open]


def test_jobs_can_be_delivered_twice_as_lambda_may_do(make: Callable[..., World]) -> None:
    world = make(duplicate_jobs=True)
    world.start()
    first = world.services.invocations.get(timeout=PATIENCE)
    second = world.services.invocations.get(timeout=PATIENCE)
    assert first == second


def test_the_answer_to_an_abandoned_action_comes_too_late(make: Callable[..., World]) -> None:
    world = make()
    execution = world.start()
    job = world.job()
    with world.runner.lock:
        effects = progress.stop(world.pipeline, execution, None, utc_now(), abandon=True)
        world.runner.perform(world.pipeline, effects)
    assert execution.status == "Stopped"
    with pytest.raises(errors.InvalidJobStateException):
        world.succeed(job)


def test_an_abandoned_action_is_not_continued(make: Callable[..., World]) -> None:
    world = make(continuation_seconds=0.2)
    execution = world.start()
    world.succeed(world.job(), continuationToken="t")
    with world.runner.lock:
        effects = progress.stop(world.pipeline, execution, None, utc_now(), abandon=True)
        world.runner.perform(world.pipeline, effects)
    with pytest.raises(queue.Empty):
        world.services.invocations.get(timeout=0.5)
    assert len(world.store.jobs) == 1


@pytest.mark.parametrize(
    ("call", "error", "action", "code", "sentence"),
    [
        ("head_commit", CallError("RepositoryDoesNotExistException", "-"), "Source", "RevisionUnavailable", "app;"),
        ("head_commit", CallError("BranchDoesNotExistException", "-"), "Source", "RevisionUnavailable", "named main"),
        ("commit", CallError("CommitDoesNotExistException", "-"), "Source", "RevisionUnavailable", "no commit"),
        ("export_zip", CallError("Odd", "gone"), "Source", "RevisionUnavailable", "gone"),
        ("put_artifact", CallError("NoSuchBucket", "no bucket"), "Source", "ConfigurationError", "artifacts: no b"),
        ("invoke_function", CallError("ResourceNotFoundException", "nope"), "Deploy", "ConfigurationError", "nope"),
        ("invoke_function", CallError("AccessDeniedException", "nope"), "Deploy", "PermissionError", "nope"),
        ("artifact_credentials", CallError("AccessDenied", "no role"), "Deploy", "PermissionError", "no role"),
        ("invoke_function", RuntimeError("boom"), "Deploy", "SystemUnavailable", "boom"),
        ("head_commit", RuntimeError("boom"), "Source", "SystemUnavailable", "boom"),
    ],
)
def test_what_other_services_refuse_fails_the_action(
    make: Callable[..., World], call: str, error: Exception, action: str, code: str, sentence: str
) -> None:
    world = make()
    world.services.refuse[call] = error
    assert ended(world.start()) == "Failed"
    result = world.result_of(action)
    assert result.error.code == code
    assert sentence in result.error.message
    assert not [job for job in world.store.jobs.values() if job.is_open]


def test_an_empty_commit_message_still_gives_a_valid_summary(make: Callable[..., World]) -> None:
    world = make()
    world.services.commits["b" * 40] = ""
    execution = world.start()
    world.job()
    assert execution.revisions[0].summary == "b" * 40


def test_events_are_sent_in_order_and_a_refused_one_stops_nothing(make: Callable[..., World]) -> None:
    world = make()
    world.services.refuse["put_event"] = RuntimeError("no bus")
    world.start()
    world.job()
    wait_for(world.runner._events.empty)
    world.services.refuse.clear()
    execution = world.start()
    world.succeed(next(job for job in world.store.jobs.values()))
    world.succeed(world.job())
    assert ended(execution) == "Succeeded"
    wait_for(lambda: len(world.services.events) >= 13)
    mine = [event for event in world.services.events if event[2]["execution-id"] == execution.id]
    states = [(kind.split()[1], detail["state"]) for kind, _, detail in mine]
    assert states[0] == ("Pipeline", "STARTED")
    assert states[-1] == ("Pipeline", "SUCCEEDED")
    assert {resource for _, resource, _ in mine} == {world.pipeline.arn}
    deploy = next(
        detail for _, _, detail in mine if detail.get("action") == "Deploy" and detail["state"] == "SUCCEEDED"
    )
    assert deploy["type"] == {"owner": "AWS", "provider": "Lambda", "category": "Invoke", "version": "1"}


TOPIC = "arn:aws:sns:eu-west-1:000000000000:approvals"


def approval_world(make: Callable[..., World], **settings: Any) -> tuple[World, Execution, Any]:
    configuration = {"NotificationArn": TOPIC, "CustomData": "look closely"}
    world = make(stages([approve(configuration=configuration)]), **settings)
    execution = world.start()
    wait_for(lambda: world.services.messages)
    return world, execution, world.pipeline.action_runs[-1]


def test_an_approval_waits_for_its_answer(make: Callable[..., World]) -> None:
    world, execution, run = approval_world(make)
    ((topic, subject, message),) = world.services.messages
    assert topic == TOPIC
    assert "delivery" in subject
    assert message["approval"]["token"] == run.token
    assert message["approval"]["customData"] == "look closely"
    request = {"result": {"status": "Approved", "summary": "fine"}, "token": run.token}

    with world.runner.lock:
        with pytest.raises(errors.InvalidApprovalTokenException):
            world.runner.receive_approval(world.pipeline, run, {**request, "token": "other"}, "me")
        world.runner.receive_approval(world.pipeline, run, request, "me")
        with pytest.raises(errors.ApprovalAlreadyCompletedException):
            world.runner.receive_approval(world.pipeline, run, request, "me")
    assert execution.status == "Succeeded"
    assert (run.result.summary, run.result.updated_by) == ("fine", "me")


def test_a_rejected_approval_fails(make: Callable[..., World]) -> None:
    world, execution, run = approval_world(make)
    request = {"result": {"status": "Rejected", "summary": "not today"}, "token": run.token}
    with world.runner.lock:
        world.runner.receive_approval(world.pipeline, run, request, "me")
    assert execution.status == "Failed"
    assert run.result.error.message == "not today"


def test_an_approval_expires(make: Callable[..., World]) -> None:
    world, execution, run = approval_world(make, approval_timeout_seconds=SOON)
    token = run.token
    assert ended(execution) == "Failed"
    request = {"result": {"status": "Approved", "summary": ""}, "token": token}
    with world.runner.lock, pytest.raises(errors.InvalidApprovalTokenException):
        world.runner.receive_approval(world.pipeline, run, request, "me")


def test_an_approval_that_cannot_be_sent_fails(make: Callable[..., World]) -> None:
    world = make(stages([approve(configuration={"NotificationArn": TOPIC})]))
    world.services.refuse["publish"] = CallError("NotFound", "no topic")
    assert ended(world.start()) == "Failed"
    assert TOPIC in world.result_of("Approve").error.message


def test_after_closing_nothing_comes_later_and_no_thread_is_left(make: Callable[..., World]) -> None:
    before = set(threading.enumerate())
    world = make(continuation_seconds=0.2)
    world.start()
    world.succeed(world.job(), continuationToken="t")
    world.runner.close()
    wait_for(lambda: set(threading.enumerate()) <= before)
    with pytest.raises(queue.Empty):
        world.services.invocations.get(timeout=0.4)


def test_acknowledging_a_job_takes_its_nonce(make: Callable[..., World]) -> None:
    world = make()
    world.start()
    job = world.job()
    with pytest.raises(errors.InvalidNonceException):
        jobs.acknowledge(job, "wrong")
    assert jobs.acknowledge(job, job.nonce) == "InProgress"
    world.succeed(job)
    assert jobs.acknowledge(job, job.nonce) == "Succeeded"
    with pytest.raises(errors.JobNotFoundException):
        jobs.find_job(world.store.jobs, "11111111-2222-3333-4444-555555555555")
