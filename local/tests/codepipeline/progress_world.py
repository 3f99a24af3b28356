"""A pipeline whose effects a test performs: without threads, clocks or calls to services."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from codepipeline.declarations import REGION, declaration

from localstack_pipelines.codepipeline import progress
from localstack_pipelines.codepipeline.executions import new_execution
from localstack_pipelines.codepipeline.models import (
    ActionResult,
    ErrorDetails,
    Execution,
    ExecutionTrigger,
    Pipeline,
)
from localstack_pipelines.codepipeline.structure import complete_declaration

START = datetime(2026, 1, 1, tzinfo=UTC)
FAILURE = ActionResult(error=ErrorDetails("JobFailed", "no"))


class World:
    """A pipeline, its started actions and its sent events."""

    def __init__(self, given: dict[str, Any] | None = None, mode: str = "SUPERSEDED") -> None:
        completed = complete_declaration({**(given or declaration()), "executionMode": mode}, version=1)
        self.pipeline = Pipeline("000000000000", REGION, [completed], created=START, updated=START)
        self.now = START
        self.started: list[progress.Assignment] = []
        self.abandoned: list[str] = []
        self.events: list[tuple[str, str]] = []
        self.details: list[dict[str, Any]] = []

    def perform(self, effects: list[progress.Effect]) -> None:
        self.now += timedelta(seconds=1)
        for effect in effects:
            match effect:
                case progress.StartAction(assignment):
                    self.started.append(assignment)
                case progress.AbandonAction(run):
                    self.abandoned.append(run.name)
                case progress.SendEvent(detail_type, detail):
                    self.details.append(detail)
                    self.events.append(
                        (detail_type.split()[1], f"{detail.get('action', detail.get('stage', ''))} {detail['state']}")
                    )

    def start(self, **request: Any) -> Execution:
        execution = new_execution(self.pipeline, request, ExecutionTrigger("StartPipelineExecution", "me"), self.now)
        self.perform(progress.begin(self.pipeline, execution, self.now))
        return execution

    def running(self, execution: Execution | None = None) -> list[str]:
        return [
            assignment.run.name
            for assignment in self.started
            if assignment.run.status == "InProgress" and execution in {None, assignment.execution}
        ]

    def finish(self, execution: Execution, action: str, result: ActionResult | None = None) -> None:
        run = next(
            assignment.run
            for assignment in reversed(self.started)
            if assignment.execution is execution and assignment.run.name == action
        )
        self.perform(progress.finish_action(self.pipeline, run, result or ActionResult(), self.now))

    def stop(self, execution: Execution, *, abandon: bool = False, reason: str | None = None) -> None:
        self.perform(progress.stop(self.pipeline, execution, reason, self.now, abandon=abandon))

    def retry(self, execution: Execution, stage: str, *, all_actions: bool = False) -> None:
        self.perform(progress.retry(self.pipeline, execution, stage, self.now, all_actions=all_actions))
