"""Runs executions: does the effects of the transitions, keeps the deadlines, takes the answers.

One lock guards all pipelines and jobs. Nothing waits while holding it: calls to other services run on threads of their
own, deadlines on a timetable, events on a queue that keeps their order.
"""

from __future__ import annotations

import logging
import queue
import threading
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from localstack_pipelines.codepipeline import approval, jobs, notifications, source, transitions
from localstack_pipelines.codepipeline.aws import CallError, LocalAws
from localstack_pipelines.codepipeline.clock import Timetable
from localstack_pipelines.codepipeline.errors import (
    ApprovalAlreadyCompletedException,
    InvalidApprovalTokenException,
)
from localstack_pipelines.codepipeline.model import IN_PROGRESS, Assignment, ErrorDetails, Outcome, new_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from localstack_pipelines.codepipeline.aws import Aws
    from localstack_pipelines.codepipeline.model import ActionRun, Job, Pipeline
    from localstack_pipelines.codepipeline.settings import Settings
    from localstack_pipelines.codepipeline.store import CodePipelineStore
    from localstack_pipelines.codepipeline.transitions import Effect

LOG = logging.getLogger(__name__)


def utc_now() -> datetime:
    """Return the time of now, in UTC."""
    return datetime.now(UTC)


class Conductor:
    """Moves the executions of all pipelines of all accounts and regions.

    Callers hold :attr:`lock` around reading or changing the model and around every method here.
    """

    def __init__(
        self,
        store_of: Callable[[str, str], CodePipelineStore],
        settings: Settings,
        aws_of: Callable[[str, str], Aws] = LocalAws,
    ) -> None:
        self.lock = threading.RLock()
        self._store_of = store_of
        self._settings = settings
        self._aws_of = aws_of
        self._timetable = Timetable()
        self._events: queue.SimpleQueue[tuple[Pipeline, transitions.Notify] | None] = queue.SimpleQueue()
        self._event_thread: threading.Thread | None = None

    def close(self) -> None:
        """Stop: no deadline fires any more and no event is sent."""
        self._timetable.close()
        self._events.put(None)

    def do(self, pipeline: Pipeline, effects: Iterable[Effect]) -> None:
        """Do what transitions of the pipeline ask for, in order."""
        for effect in effects:
            match effect:
                case transitions.StartAction(assignment):
                    self._in_background(assignment, partial(self._start_action, assignment))
                case transitions.AbandonAction(run):
                    self._close_jobs(pipeline, run)
                case transitions.Notify():
                    self._send(pipeline, effect)

    def finish(self, pipeline: Pipeline, run: ActionRun, outcome: Outcome) -> None:
        """End an action run and move on."""
        self.do(pipeline, transitions.finish_action(pipeline, run, outcome, utc_now()))

    # Answers

    def take_success(self, job: Job, result: dict[str, Any]) -> None:
        """Take a ``PutJobSuccessResultInput``: the action is done, or goes on with another job.

        :raises InvalidJobStateException: the job awaits no answer.
        :raises ValidationException: a continuation token together with output variables.
        :raises OutputVariablesSizeExceededException: too many output variables.
        """
        jobs.check_success_result(result)
        jobs.require_open(job)
        job.status = "Succeeded"
        found = self._run_of(job)
        if found is None:
            return
        pipeline, run = found
        details = result.get("executionDetails", {})
        outcome = Outcome(
            # What an earlier answer said stays until a later one says something else.
            summary=details.get("summary", run.outcome.summary),
            external_execution_id=details.get("externalExecutionId", run.outcome.external_execution_id),
            percent_complete=details.get("percentComplete", run.outcome.percent_complete),
            output_variables=result.get("outputVariables", {}),
        )
        token = result.get("continuationToken")
        if token is None:
            self.finish(pipeline, run, outcome)
            return
        run.outcome, run.last_update_time = outcome, utc_now()
        execution = pipeline.find_execution(run.execution_id)
        if execution is not None:
            assignment = Assignment(pipeline, execution, run)
            work = partial(self._open_job, assignment, token)
            self._timetable.after(self._settings.continuation_seconds, partial(self._in_background, assignment, work))

    def take_failure(self, job: Job, failure: dict[str, Any]) -> None:
        """Take ``FailureDetails``: the action has failed.

        :raises InvalidJobStateException: the job awaits no answer.
        """
        jobs.require_open(job)
        job.status = "Failed"
        if found := self._run_of(job):
            pipeline, run = found
            error = ErrorDetails(failure["type"], failure["message"])
            external_id = failure.get("externalExecutionId", run.outcome.external_execution_id)
            self.finish(pipeline, run, Outcome(error=error, external_execution_id=external_id))

    def take_approval(self, pipeline: Pipeline, run: ActionRun | None, request: dict[str, Any], user_arn: str) -> None:
        """Take a ``PutApprovalResultInput``.

        :raises ApprovalAlreadyCompletedException: the approval has been answered.
        :raises InvalidApprovalTokenException: the token is not that of the open request.
        """
        if run is None:
            raise InvalidApprovalTokenException("No approval has been requested for the action.")
        if run.status != IN_PROGRESS and run.outcome.updated_by:
            raise ApprovalAlreadyCompletedException("The approval action has already been approved or rejected.")
        if run.status != IN_PROGRESS or run.token != request["token"]:
            raise InvalidApprovalTokenException("The token is not that of the open approval request.")
        summary = request["result"]["summary"]
        if request["result"]["status"] == "Approved":
            self.finish(pipeline, run, Outcome(summary=summary or None, updated_by=user_arn))
            return
        error = ErrorDetails("JobFailed", summary or "The approval was rejected.")
        self.finish(pipeline, run, Outcome(error=error, summary=summary or None, updated_by=user_arn))

    # Actions

    def _start_action(self, assignment: Assignment) -> None:
        pipeline, run = assignment.pipeline, assignment.run
        category = run.declaration["actionTypeId"]["category"]
        is_approval = category == "Approval"
        time = self._approval_time(run) if is_approval else self._settings.action_timeout_seconds
        self._timetable.after(time, partial(self._time_out_action, pipeline, run))
        match category:
            case "Source":
                outcome = source.fetch(self._aws(pipeline), assignment, utc_now())
                with self.lock:
                    self.finish(pipeline, run, outcome)
            case "Invoke":
                self._open_job(assignment, None)
            case "Approval":
                self._request_approval(assignment)

    def _open_job(self, assignment: Assignment, token: str | None) -> None:
        pipeline, run = assignment.pipeline, assignment.run
        aws = self._aws(pipeline)
        function_name = run.configuration["FunctionName"]
        try:
            credentials = aws.artifact_credentials(assignment.role_arn)
            with self.lock:
                if run.status != IN_PROGRESS:
                    return
                job = jobs.new_job(assignment, credentials, token, utc_now())
                job.status = "Dispatched"
                self._store(pipeline).jobs[job.id] = job
            deadline = partial(self._time_out_job, pipeline, run, job)
            self._timetable.after(self._settings.job_timeout_seconds, deadline)
            for _ in range(2 if self._settings.duplicate_jobs else 1):
                aws.invoke_function(function_name, job.event)
        except CallError as error:
            denied = error.code in {"AccessDenied", "AccessDeniedException"}
            code = "PermissionError" if denied else "ConfigurationError"
            message = f"The AWS Lambda function {function_name} could not be invoked: {error}"
            with self.lock:
                self._close_jobs(pipeline, run)
                self.finish(pipeline, run, Outcome(error=ErrorDetails(code, message)))

    def _request_approval(self, assignment: Assignment) -> None:
        pipeline, run = assignment.pipeline, assignment.run
        with self.lock:
            if run.status != IN_PROGRESS:
                return
            token = run.token = new_id()
            # Where executions run in parallel, the token is found as the external execution id (PutApprovalResult).
            run.outcome = Outcome(external_execution_id=token)
        topic = run.configuration.get("NotificationArn")
        if not topic:
            return
        message = approval.request_message(assignment, token, self._approval_time(run))
        subject = f"APPROVAL NEEDED: AWS CodePipeline {pipeline.name} for action {run.name}"
        try:
            self._aws(pipeline).publish(topic, subject, message)
        except CallError as error:
            why = f"The approval request could not be sent to {topic}: {error}"
            with self.lock:
                self.finish(pipeline, run, Outcome(error=ErrorDetails("ConfigurationError", why)))

    # Deadlines

    def _approval_time(self, run: ActionRun) -> float:
        minutes: int | None = run.declaration.get("timeoutInMinutes")
        return self._settings.approval_timeout_seconds if minutes is None else minutes * 60.0

    def _time_out_job(self, pipeline: Pipeline, run: ActionRun, job: Job) -> None:
        with self.lock:
            if not job.is_open:
                return
            job.status = "TimedOut"
            message = (
                f"The AWS Lambda function {run.configuration['FunctionName']} did not answer its job in time. "
                "Check that it calls PutJobSuccessResult or PutJobFailureResult in every case and is allowed to."
            )
            self.finish(pipeline, run, Outcome(error=ErrorDetails("JobFailed", message)))

    def _time_out_action(self, pipeline: Pipeline, run: ActionRun) -> None:
        with self.lock:
            if run.status != IN_PROGRESS:
                return
            for job in self._jobs_of(pipeline, run):
                job.status = "TimedOut"
            self.finish(pipeline, run, Outcome(error=ErrorDetails("JobFailed", f"Action {run.name} has timed out.")))

    # Plumbing

    def _in_background(self, assignment: Assignment, work: Callable[[], None]) -> None:
        arguments = (assignment, work)
        threading.Thread(target=self._work, args=arguments, name="codepipeline-action", daemon=True).start()

    def _work(self, assignment: Assignment, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as error:
            pipeline, run = assignment.pipeline, assignment.run
            LOG.exception("Action %s of pipeline %s failed unexpectedly", run.name, pipeline.name)
            # Nobody else would ever end the action.
            with self.lock:
                self._close_jobs(pipeline, run)
                self.finish(pipeline, run, Outcome(error=ErrorDetails("SystemUnavailable", f"{error!r}")))

    def _aws(self, pipeline: Pipeline) -> Aws:
        return self._aws_of(pipeline.account_id, pipeline.region)

    def _store(self, pipeline: Pipeline) -> CodePipelineStore:
        return self._store_of(pipeline.account_id, pipeline.region)

    def _run_of(self, job: Job) -> tuple[Pipeline, ActionRun] | None:
        pipeline = self._store_of(job.account_id, job.region).pipelines.get(job.pipeline_name)
        runs = pipeline.action_runs if pipeline else []
        run = next((run for run in reversed(runs) if run.id == job.action_run_id), None)
        return (pipeline, run) if pipeline and run else None

    def _jobs_of(self, pipeline: Pipeline, run: ActionRun) -> list[Job]:
        jobs_of_store = self._store(pipeline).jobs.values()
        return [job for job in jobs_of_store if job.action_run_id == run.id and job.is_open]

    def _close_jobs(self, pipeline: Pipeline, run: ActionRun) -> None:
        for job in self._jobs_of(pipeline, run):
            job.status = "Failed"

    def _send(self, pipeline: Pipeline, event: transitions.Notify) -> None:
        if self._event_thread is None:
            self._event_thread = threading.Thread(target=self._send_events, name="codepipeline-events", daemon=True)
            self._event_thread.start()
        self._events.put((pipeline, event))

    def _send_events(self) -> None:
        while (entry := self._events.get()) is not None:
            pipeline, event = entry
            try:
                self._aws(pipeline).put_event(notifications.SOURCE, event.detail_type, pipeline.arn, event.detail)
            except Exception:
                LOG.exception("An event of pipeline %s could not be sent", pipeline.name)
