"""A runner of executions, with threads and deadlines, and fakes of the other services."""

from __future__ import annotations

import queue
import time
from typing import TYPE_CHECKING, Any

from codepipeline.declarations import REGION, declaration

from localstack_pipelines.codepipeline import progress
from localstack_pipelines.codepipeline.execution_runner import ExecutionRunner
from localstack_pipelines.codepipeline.executions import new_execution
from localstack_pipelines.codepipeline.models import ExecutionTrigger, Pipeline
from localstack_pipelines.codepipeline.services import Commit
from localstack_pipelines.codepipeline.settings import Settings
from localstack_pipelines.codepipeline.store import CodePipelineStore
from localstack_pipelines.codepipeline.structure import complete_declaration
from localstack_pipelines.common.clients import CallError
from localstack_pipelines.common.clock import utc_now

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    from localstack_pipelines.codepipeline.models import Artifact, Execution, Job
    from localstack_pipelines.common.event_bus import Event

CREDENTIALS = {"accessKeyId": "A", "secretAccessKey": "S", "sessionToken": "T", "expirationTime": 1}
SOON = 0.05
PATIENCE = 5.0


class FakeServices:
    """Records the calls.

    By the name of the call, ``refuse`` has the exception that it raises, ``meet`` the barrier at which callers wait for
    each other, ``gate`` the event that they wait for after that. ``missing`` has the names of functions that do not
    exist.
    """

    def __init__(self) -> None:
        self.refuse: dict[str, Exception] = {}
        self.meet: dict[str, threading.Barrier] = {}
        self.gate: dict[str, threading.Event] = {}
        self.missing: set[str] = set()
        self.invocations: queue.Queue[tuple[str, dict[str, Any]]] = queue.Queue()
        self.artifacts: list[tuple[Artifact, bytes, dict[str, str] | None]] = []
        self.messages: list[tuple[str, str, dict[str, Any]]] = []
        self.events: list[tuple[str, str, dict[str, Any]]] = []
        self.roles: list[str] = []
        self.commits = {"a" * 40: "first", "b" * 40: "second\n\nwith a body\n"}

    def _receive(self, call: str) -> None:
        if call in self.refuse:
            raise self.refuse[call]
        if call in self.meet:
            self.meet[call].wait(PATIENCE)
        if call in self.gate:
            assert self.gate[call].wait(PATIENCE)

    def head_commit(self, repository_name: str, branch_name: str) -> str:
        self._receive("head_commit")
        assert (repository_name, branch_name) == ("app", "main")
        return "b" * 40

    def commit(self, repository_name: str, commit_id: str) -> Commit:
        self._receive("commit")
        return Commit(commit_id, self.commits[commit_id])

    def export_zip(self, repository_name: str, commit_id: str) -> bytes:
        self._receive("export_zip")
        return f"zip of {commit_id}".encode()

    def put_artifact(self, artifact: Artifact, content: bytes, encryption_key: dict[str, str] | None) -> None:
        self._receive("put_artifact")
        self.artifacts.append((artifact, content, encryption_key))

    def artifact_credentials(self, role_arn: str) -> dict[str, Any]:
        self._receive("artifact_credentials")
        self.roles.append(role_arn)
        return dict(CREDENTIALS)

    def invoke_function(self, function_name: str, event: dict[str, Any]) -> None:
        self._receive("invoke_function")
        if function_name in self.missing:
            raise CallError("ResourceNotFoundException", f"no function {function_name}")
        self.invocations.put((function_name, event))

    def publish(self, topic_arn: str, subject: str, message: dict[str, Any]) -> None:
        self._receive("publish")
        self.messages.append((topic_arn, subject, message))

    def put_event(self, event: Event) -> None:
        self._receive("put_event")
        self.events.append((event.detail_type, event.resource, event.detail))


class World:
    """A runner with one pipeline."""

    def __init__(self, given: dict[str, Any] | None = None, **settings: Any) -> None:
        self.services = FakeServices()
        self.store = CodePipelineStore()
        self.runner = ExecutionRunner(
            lambda *_: self.store, Settings(**{"continuation_seconds": SOON, **settings}), lambda *_: self.services
        )
        now = utc_now()
        completed = complete_declaration(given or declaration(), version=1)
        self.pipeline = Pipeline("000000000000", REGION, [completed], created=now, updated=now)
        self.store.pipelines[self.pipeline.name] = self.pipeline

    def start(self, **request: Any) -> Execution:
        with self.runner.lock:
            execution = new_execution(
                self.pipeline, request, ExecutionTrigger("StartPipelineExecution", "me"), utc_now()
            )
            self.runner.perform(self.pipeline, progress.begin(self.pipeline, execution, utc_now()))
        return execution

    def job(self) -> Job:
        """Wait for an invocation and return its job."""
        _, event = self.services.invocations.get(timeout=PATIENCE)
        return self.store.jobs[event["CodePipeline.job"]["id"]]

    def succeed(self, job: Job, **result: Any) -> None:
        with self.runner.lock:
            self.runner.receive_success(job, result)

    def fail(self, job: Job, **details: Any) -> None:
        with self.runner.lock:
            self.runner.receive_failure(job, {"type": "JobFailed", "message": "no", **details})

    def result_of(self, action: str) -> Any:
        return next(run for run in reversed(self.pipeline.action_runs) if run.name == action).result


def wait_for(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "the condition did not become true"
        time.sleep(0.005)


def ended(execution: Execution) -> str:
    wait_for(lambda: not execution.is_active)
    return execution.status
