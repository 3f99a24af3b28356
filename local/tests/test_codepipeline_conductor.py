"""Executions with threads and deadlines, and stand-ins for the other services."""

from __future__ import annotations

import queue
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest
from codepipeline_declarations import REGION, approve, declaration, invoke, stages

from localstack_pipelines.codepipeline import errors, jobs, transitions
from localstack_pipelines.codepipeline.aws import CallError, Commit
from localstack_pipelines.codepipeline.conductor import Conductor, utc_now
from localstack_pipelines.codepipeline.executions import new_execution
from localstack_pipelines.codepipeline.model import Pipeline, Trigger
from localstack_pipelines.codepipeline.settings import Settings
from localstack_pipelines.codepipeline.store import CodePipelineStore
from localstack_pipelines.codepipeline.structure import complete_declaration

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from localstack_pipelines.codepipeline.model import Artifact, Execution, Job

KEY = {"id": "arn:aws:kms:eu-west-1:000000000000:key/1", "type": "KMS"}
CREDENTIALS = {"accessKeyId": "A", "secretAccessKey": "S", "sessionToken": "T", "expirationTime": 1}
SOON = 0.05
PATIENCE = 5.0


class FakeAws:
    """Records what it is asked for; ``refuse`` names the calls that raise, and what."""

    def __init__(self) -> None:
        self.refuse: dict[str, Exception] = {}
        self.invocations: queue.Queue[tuple[str, dict[str, Any]]] = queue.Queue()
        self.artifacts: list[tuple[Artifact, bytes, dict[str, str] | None]] = []
        self.messages: list[tuple[str, str, dict[str, Any]]] = []
        self.events: list[tuple[str, str, dict[str, Any]]] = []
        self.roles: list[str] = []
        self.commits = {"a" * 40: "first", "b" * 40: "second\n\nwith a body\n"}

    def _may(self, call: str) -> None:
        if call in self.refuse:
            raise self.refuse[call]

    def head_commit(self, repository_name: str, branch_name: str) -> str:
        self._may("head_commit")
        assert (repository_name, branch_name) == ("app", "main")
        return "b" * 40

    def commit(self, repository_name: str, commit_id: str) -> Commit:
        self._may("commit")
        return Commit(commit_id, self.commits[commit_id])

    def export_zip(self, repository_name: str, commit_id: str) -> bytes:
        self._may("export_zip")
        return f"zip of {commit_id}".encode()

    def put_artifact(self, artifact: Artifact, content: bytes, encryption_key: dict[str, str] | None) -> None:
        self._may("put_artifact")
        self.artifacts.append((artifact, content, encryption_key))

    def artifact_credentials(self, role_arn: str) -> dict[str, Any]:
        self._may("artifact_credentials")
        self.roles.append(role_arn)
        return dict(CREDENTIALS)

    def invoke_function(self, function_name: str, event: dict[str, Any]) -> None:
        self._may("invoke_function")
        self.invocations.put((function_name, event))

    def publish(self, topic_arn: str, subject: str, message: dict[str, Any]) -> None:
        self._may("publish")
        self.messages.append((topic_arn, subject, message))

    def put_event(self, source: str, detail_type: str, resource: str, detail: dict[str, Any]) -> None:
        self._may("put_event")
        self.events.append((detail_type, resource, detail))


class Stage:
    """A conductor with one pipeline."""

    def __init__(self, given: dict[str, Any] | None = None, **settings: Any) -> None:
        self.aws = FakeAws()
        self.store = CodePipelineStore()
        self.conductor = Conductor(
            lambda *_: self.store, Settings(**{"continuation_seconds": SOON, **settings}), lambda *_: self.aws
        )
        now = utc_now()
        completed = complete_declaration(given or declaration(), version=1)
        self.pipeline = Pipeline("000000000000", REGION, [completed], created=now, updated=now)
        self.store.pipelines[self.pipeline.name] = self.pipeline

    def start(self, **request: Any) -> Execution:
        with self.conductor.lock:
            execution = new_execution(self.pipeline, request, Trigger("StartPipelineExecution", "me"), utc_now())
            self.conductor.do(self.pipeline, transitions.begin(self.pipeline, execution, utc_now()))
        return execution

    def job(self) -> Job:
        """Wait for an invocation and return its job."""
        _, event = self.aws.invocations.get(timeout=PATIENCE)
        return self.store.jobs[event["CodePipeline.job"]["id"]]

    def succeed(self, job: Job, **result: Any) -> None:
        with self.conductor.lock:
            self.conductor.take_success(job, result)

    def fail(self, job: Job, **details: Any) -> None:
        with self.conductor.lock:
            self.conductor.take_failure(job, {"type": "JobFailed", "message": "no", **details})

    def outcome_of(self, action: str) -> Any:
        return next(run for run in reversed(self.pipeline.action_runs) if run.name == action).outcome


@pytest.fixture
def make() -> Iterator[Callable[..., Stage]]:
    """Return a maker of stages that are closed after the test."""
    made: list[Stage] = []

    def make_one(given: dict[str, Any] | None = None, **settings: Any) -> Stage:
        made.append(Stage(given, **settings))
        return made[-1]

    yield make_one
    for stage in made:
        stage.conductor.close()


def wait_for(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it did not come to that"
        time.sleep(0.005)


def ended(execution: Execution) -> str:
    wait_for(lambda: not execution.is_active)
    return execution.status


def test_from_the_commit_to_the_answer(make: Callable[..., Stage]) -> None:
    stage = make(declaration(artifactStore={"type": "S3", "location": "artifacts", "encryptionKey": KEY}))
    execution = stage.start()
    function, event = stage.aws.invocations.get(timeout=PATIENCE)

    ((artifact, content, key),) = stage.aws.artifacts
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

    stage.succeed(
        stage.store.jobs[job["id"]],
        executionDetails={"summary": "all good", "externalExecutionId": "e-1", "percentComplete": 100},
    )
    assert execution.status == "Succeeded"
    (revision,) = execution.revisions
    assert (revision.revision_id, revision.summary) == ("b" * 40, "second\n\nwith a body")
    assert stage.aws.roles == ["arn:aws:iam::000000000000:role/pipeline"]


def test_an_execution_can_start_with_a_commit_of_its_own(make: Callable[..., Stage]) -> None:
    stage = make()
    execution = stage.start(
        sourceRevisions=[{"actionName": "Source", "revisionType": "COMMIT_ID", "revisionValue": "a" * 40}]
    )
    stage.succeed(stage.job())
    assert execution.revisions[0].revision_id == "a" * 40


def test_an_action_with_a_role_of_its_own_works_with_it(make: Callable[..., Stage]) -> None:
    stage = make(stages([invoke(roleArn="arn:aws:iam::000000000000:role/action")]))
    stage.start()
    stage.job()
    assert stage.aws.roles == ["arn:aws:iam::000000000000:role/action"]


def test_a_continuation_is_another_job_with_the_token_and_keeps_what_was_said(make: Callable[..., Stage]) -> None:
    stage = make()
    execution = stage.start()
    first = stage.job()
    stage.succeed(first, continuationToken="t-1", executionDetails={"externalExecutionId": "e-1", "summary": "going"})
    assert stage.outcome_of("Deploy").summary == "going"

    second = stage.job()
    assert second.id != first.id
    assert second.data["continuationToken"] == "t-1"
    assert "continuationToken" not in first.data
    for answer in (stage.succeed, stage.fail):
        with pytest.raises(errors.InvalidJobStateException, match="Succeeded"):
            answer(first)

    stage.succeed(second, executionDetails={"percentComplete": 100})
    assert execution.status == "Succeeded"
    outcome = stage.outcome_of("Deploy")
    assert (outcome.external_execution_id, outcome.summary, outcome.percent_complete) == ("e-1", "going", 100)
    with pytest.raises(errors.InvalidJobStateException):
        stage.succeed(second)


def test_a_failure_reaches_the_action(make: Callable[..., Stage]) -> None:
    stage = make()
    execution = stage.start()
    stage.fail(stage.job(), type="RevisionOutOfSync", message="Changegate.Rejected: no", externalExecutionId="e-2")
    assert execution.status == "Failed"
    outcome = stage.outcome_of("Deploy")
    assert (outcome.error.code, outcome.error.message) == ("RevisionOutOfSync", "Changegate.Rejected: no")
    assert outcome.external_execution_id == "e-2"


def test_output_variables_reach_later_actions_and_never_come_with_a_token(make: Callable[..., Stage]) -> None:
    later = invoke("Later", configuration={"FunctionName": "f-#{First.name}"})
    stage = make(stages([invoke(namespace="First")], [later]))
    stage.start()
    job = stage.job()
    with pytest.raises(errors.ValidationException, match="continuationToken"):
        stage.succeed(job, continuationToken="t", outputVariables={"name": "x"})
    with pytest.raises(errors.OutputVariablesSizeExceededException, match="122880"):
        stage.succeed(job, outputVariables={"name": "x" * 122877})
    stage.succeed(job, outputVariables={"name": "x"})
    function, _ = stage.aws.invocations.get(timeout=PATIENCE)
    assert function == "f-x"


def test_an_unanswered_job_times_out(make: Callable[..., Stage]) -> None:
    stage = make(job_timeout_seconds=SOON)
    execution = stage.start()
    job = stage.job()
    assert ended(execution) == "Failed"
    assert job.status == "TimedOut"
    assert "trigger did not answer" in stage.outcome_of("Deploy").error.message
    with pytest.raises(errors.InvalidJobStateException, match="TimedOut"):
        stage.succeed(job)


def test_each_job_has_its_own_time_and_the_action_has_one_for_all(make: Callable[..., Stage]) -> None:
    stage = make(job_timeout_seconds=60, action_timeout_seconds=0.4)
    execution = stage.start()
    while execution.is_active:
        try:
            job = stage.store.jobs[stage.aws.invocations.get(timeout=0.2)[1]["CodePipeline.job"]["id"]]
            stage.succeed(job, continuationToken="t")
        except (queue.Empty, errors.InvalidJobStateException):
            continue
    assert execution.status == "Failed"
    assert "timed out" in stage.outcome_of("Deploy").error.message
    assert len(stage.store.jobs) > 2
    assert not [job for job in stage.store.jobs.values() if job.is_open]


def test_jobs_can_be_delivered_twice_as_lambda_may_do(make: Callable[..., Stage]) -> None:
    stage = make(duplicate_jobs=True)
    stage.start()
    first = stage.aws.invocations.get(timeout=PATIENCE)
    second = stage.aws.invocations.get(timeout=PATIENCE)
    assert first == second


def test_the_answer_to_an_abandoned_action_comes_too_late(make: Callable[..., Stage]) -> None:
    stage = make()
    execution = stage.start()
    job = stage.job()
    with stage.conductor.lock:
        effects = transitions.stop(stage.pipeline, execution, None, utc_now(), abandon=True)
        stage.conductor.do(stage.pipeline, effects)
    assert execution.status == "Stopped"
    with pytest.raises(errors.InvalidJobStateException):
        stage.succeed(job)


def test_an_abandoned_action_is_not_continued(make: Callable[..., Stage]) -> None:
    stage = make(continuation_seconds=0.2)
    execution = stage.start()
    stage.succeed(stage.job(), continuationToken="t")
    with stage.conductor.lock:
        effects = transitions.stop(stage.pipeline, execution, None, utc_now(), abandon=True)
        stage.conductor.do(stage.pipeline, effects)
    with pytest.raises(queue.Empty):
        stage.aws.invocations.get(timeout=0.5)
    assert len(stage.store.jobs) == 1


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
    make: Callable[..., Stage], call: str, error: Exception, action: str, code: str, sentence: str
) -> None:
    stage = make()
    stage.aws.refuse[call] = error
    assert ended(stage.start()) == "Failed"
    outcome = stage.outcome_of(action)
    assert outcome.error.code == code
    assert sentence in outcome.error.message
    assert not [job for job in stage.store.jobs.values() if job.is_open]


def test_an_empty_commit_message_still_gives_a_valid_summary(make: Callable[..., Stage]) -> None:
    stage = make()
    stage.aws.commits["b" * 40] = ""
    execution = stage.start()
    stage.job()
    assert execution.revisions[0].summary == "b" * 40


def test_events_are_sent_in_order_and_a_refused_one_stops_nothing(make: Callable[..., Stage]) -> None:
    stage = make()
    stage.aws.refuse["put_event"] = RuntimeError("no bus")
    stage.start()
    stage.job()
    wait_for(stage.conductor._events.empty)
    stage.aws.refuse.clear()
    execution = stage.start()
    stage.succeed(next(job for job in stage.store.jobs.values()))
    stage.succeed(stage.job())
    assert ended(execution) == "Succeeded"
    wait_for(lambda: len(stage.aws.events) >= 13)
    mine = [event for event in stage.aws.events if event[2]["execution-id"] == execution.id]
    states = [(kind.split()[1], detail["state"]) for kind, _, detail in mine]
    assert states[0] == ("Pipeline", "STARTED")
    assert states[-1] == ("Pipeline", "SUCCEEDED")
    assert {resource for _, resource, _ in mine} == {stage.pipeline.arn}
    deploy = next(
        detail for _, _, detail in mine if detail.get("action") == "Deploy" and detail["state"] == "SUCCEEDED"
    )
    assert deploy["type"] == {"owner": "AWS", "provider": "Lambda", "category": "Invoke", "version": "1"}


TOPIC = "arn:aws:sns:eu-west-1:000000000000:approvals"


def approval_stage(make: Callable[..., Stage], **settings: Any) -> tuple[Stage, Execution, Any]:
    configuration = {"NotificationArn": TOPIC, "CustomData": "look closely"}
    stage = make(stages([approve(configuration=configuration)]), **settings)
    execution = stage.start()
    wait_for(lambda: stage.aws.messages)
    return stage, execution, stage.pipeline.action_runs[-1]


def test_an_approval_waits_for_its_answer(make: Callable[..., Stage]) -> None:
    stage, execution, run = approval_stage(make)
    ((topic, subject, message),) = stage.aws.messages
    assert topic == TOPIC
    assert "delivery" in subject
    assert message["approval"]["token"] == run.token
    assert message["approval"]["customData"] == "look closely"
    request = {"result": {"status": "Approved", "summary": "fine"}, "token": run.token}

    with stage.conductor.lock:
        with pytest.raises(errors.InvalidApprovalTokenException):
            stage.conductor.take_approval(stage.pipeline, run, {**request, "token": "other"}, "me")
        stage.conductor.take_approval(stage.pipeline, run, request, "me")
        with pytest.raises(errors.ApprovalAlreadyCompletedException):
            stage.conductor.take_approval(stage.pipeline, run, request, "me")
    assert execution.status == "Succeeded"
    assert (run.outcome.summary, run.outcome.updated_by) == ("fine", "me")


def test_a_rejected_approval_fails(make: Callable[..., Stage]) -> None:
    stage, execution, run = approval_stage(make)
    request = {"result": {"status": "Rejected", "summary": "not today"}, "token": run.token}
    with stage.conductor.lock:
        stage.conductor.take_approval(stage.pipeline, run, request, "me")
    assert execution.status == "Failed"
    assert run.outcome.error.message == "not today"


def test_an_approval_expires(make: Callable[..., Stage]) -> None:
    stage, execution, run = approval_stage(make, approval_timeout_seconds=SOON)
    token = run.token
    assert ended(execution) == "Failed"
    request = {"result": {"status": "Approved", "summary": ""}, "token": token}
    with stage.conductor.lock, pytest.raises(errors.InvalidApprovalTokenException):
        stage.conductor.take_approval(stage.pipeline, run, request, "me")


def test_an_approval_that_cannot_be_sent_fails(make: Callable[..., Stage]) -> None:
    stage = make(stages([approve(configuration={"NotificationArn": TOPIC})]))
    stage.aws.refuse["publish"] = CallError("NotFound", "no topic")
    assert ended(stage.start()) == "Failed"
    assert TOPIC in stage.outcome_of("Approve").error.message


def test_after_closing_nothing_comes_later_and_no_thread_is_left(make: Callable[..., Stage]) -> None:
    before = set(threading.enumerate())
    stage = make(continuation_seconds=0.2)
    stage.start()
    stage.succeed(stage.job(), continuationToken="t")
    stage.conductor.close()
    wait_for(lambda: set(threading.enumerate()) <= before)
    with pytest.raises(queue.Empty):
        stage.aws.invocations.get(timeout=0.4)


def test_acknowledging_a_job_takes_its_nonce(make: Callable[..., Stage]) -> None:
    stage = make()
    stage.start()
    job = stage.job()
    with pytest.raises(errors.InvalidNonceException):
        jobs.acknowledge(job, "wrong")
    assert jobs.acknowledge(job, job.nonce) == "InProgress"
    stage.succeed(job)
    assert jobs.acknowledge(job, job.nonce) == "Succeeded"
    with pytest.raises(errors.JobNotFoundException):
        jobs.find_job(stage.store.jobs, "11111111-2222-3333-4444-555555555555")
