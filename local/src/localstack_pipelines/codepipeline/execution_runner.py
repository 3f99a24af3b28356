"""The runner of executions: performs effects, keeps deadlines, receives answers.

One lock guards all pipelines and jobs, and nothing waits while holding it: each call to another service has its own
thread, a scheduler has the deadlines, and a queue sends events in order.
"""

from __future__ import annotations

import logging
import queue
import threading
from functools import partial
from typing import TYPE_CHECKING, Any

from localstack_pipelines.common.clients import CallError
from localstack_pipelines.common.clock import utc_now
from localstack_pipelines.common.event_bus import Event

from . import approval_action, jobs, progress, source_action, state_changes
from .errors import ApprovalAlreadyCompletedException, InvalidApprovalTokenException
from .models import ActionResult, Assignment, ErrorDetails, JobStatus, Status, new_id
from .scheduler import Scheduler
from .services import LocalStackServices

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from .models import ActionRun, Job, Pipeline
    from .progress import Effect
    from .services import Services
    from .settings import Settings
    from .store import CodePipelineStore

LOG = logging.getLogger(__name__)


class ExecutionRunner:
    """Runs the executions of all pipelines in all accounts and regions.

    Callers hold :attr:`lock` while they read or change the models and while they call a method here.
    """

    def __init__(
        self,
        store_of: Callable[[str, str], CodePipelineStore],
        settings: Settings,
        services_of: Callable[[str, str], Services] = LocalStackServices,
    ) -> None:
        self.lock = threading.RLock()
        self._store_of = store_of
        self._settings = settings
        self._services_of = services_of
        self._scheduler = Scheduler()
        self._events: queue.SimpleQueue[tuple[Pipeline, progress.SendEvent] | None] = queue.SimpleQueue()
        self._event_thread: threading.Thread | None = None

    def close(self) -> None:
        """Stop: no deadline expires any more, and no further event is sent."""
        self._scheduler.close()
        self._events.put(None)

    def perform(self, pipeline: Pipeline, effects: Iterable[Effect]) -> None:
        """Perform effects of a pipeline, in order."""
        for effect in effects:
            match effect:
                case progress.StartAction(assignment):
                    self._in_background(assignment, partial(self._start_action, assignment))
                case progress.AbandonAction(run):
                    self._close_jobs(pipeline, run)
                case progress.SendEvent():
                    self._send(pipeline, effect)

    def finish(self, pipeline: Pipeline, run: ActionRun, result: ActionResult) -> None:
        """End an action run and advance the executions."""
        self.perform(pipeline, progress.finish_action(pipeline, run, result, utc_now()))

    # Answers

    def receive_success(self, job: Job, request: dict[str, Any]) -> None:
        """Receive a ``PutJobSuccessResultInput``: the action has succeeded, or continues with another job.

        :raises InvalidJobStateException: the job cannot be answered.
        :raises ValidationException: the request has both a continuation token and output variables.
        :raises OutputVariablesSizeExceededException: the output variables are larger than the quota.
        """
        jobs.check_success_result(request)
        jobs.require_open(job)
        job.status = JobStatus.SUCCEEDED
        found = self._run_of(job)
        if found is None:
            return
        pipeline, run = found
        details = request.get("executionDetails", {})
        result = ActionResult(
            # A member keeps the value of an earlier answer unless this answer has it too.
            summary=details.get("summary", run.result.summary),
            external_execution_id=details.get("externalExecutionId", run.result.external_execution_id),
            percent_complete=details.get("percentComplete", run.result.percent_complete),
            output_variables=request.get("outputVariables", {}),
        )
        token = request.get("continuationToken")
        if token is None:
            self.finish(pipeline, run, result)
            return
        run.result, run.last_update_time = result, utc_now()
        execution = pipeline.find_execution(run.execution_id)
        if execution is not None:
            assignment = Assignment(pipeline, execution, run)
            work = partial(self._open_job, assignment, token)
            self._scheduler.after(self._settings.continuation_seconds, partial(self._in_background, assignment, work))

    def receive_failure(self, job: Job, failure: dict[str, Any]) -> None:
        """Receive ``FailureDetails``: the action has failed.

        :raises InvalidJobStateException: the job cannot be answered.
        """
        jobs.require_open(job)
        job.status = JobStatus.FAILED
        if found := self._run_of(job):
            pipeline, run = found
            error = ErrorDetails(failure["type"], failure["message"])
            external_id = failure.get("externalExecutionId", run.result.external_execution_id)
            self.finish(pipeline, run, ActionResult(error=error, external_execution_id=external_id))

    def receive_approval(self, pipeline: Pipeline, run: ActionRun | None, request: dict[str, Any], caller: str) -> None:
        """Receive a ``PutApprovalResultInput``.

        :raises ApprovalAlreadyCompletedException: the approval has been approved or rejected.
        :raises InvalidApprovalTokenException: the token is not that of the open request.
        """
        if run is None:
            raise InvalidApprovalTokenException("The action has not requested an approval.")
        if run.status != Status.IN_PROGRESS and run.result.updated_by:
            raise ApprovalAlreadyCompletedException("The approval action has already been approved or rejected.")
        if run.status != Status.IN_PROGRESS or run.token != request["token"]:
            raise InvalidApprovalTokenException("The token is not that of the open approval request.")
        summary = request["result"]["summary"]
        if request["result"]["status"] == "Approved":
            self.finish(pipeline, run, ActionResult(summary=summary or None, updated_by=caller))
            return
        error = ErrorDetails("JobFailed", summary or "The approval was rejected.")
        self.finish(pipeline, run, ActionResult(error=error, summary=summary or None, updated_by=caller))

    # Actions

    def _start_action(self, assignment: Assignment) -> None:
        pipeline, run = assignment.pipeline, assignment.run
        category = run.declaration["actionTypeId"]["category"]
        is_approval = category == "Approval"
        timeout = self._approval_timeout(run) if is_approval else self._settings.action_timeout_seconds
        self._scheduler.after(timeout, partial(self._time_out_action, pipeline, run))
        match category:
            case "Source":
                result = source_action.fetch(self._services(pipeline), assignment, utc_now())
                with self.lock:
                    self.finish(pipeline, run, result)
            case "Invoke":
                self._open_job(assignment, None)
            case "Approval":
                self._request_approval(assignment)

    def _open_job(self, assignment: Assignment, token: str | None) -> None:
        pipeline, run = assignment.pipeline, assignment.run
        services = self._services(pipeline)
        function_name = run.configuration["FunctionName"]
        try:
            credentials = services.artifact_credentials(assignment.role_arn)
            with self.lock:
                if run.status != Status.IN_PROGRESS:
                    return
                job = jobs.new_job(assignment, credentials, token, utc_now())
                job.status = JobStatus.DISPATCHED
                self._store(pipeline).jobs[job.id] = job
            deadline = partial(self._time_out_job, pipeline, run, job)
            self._scheduler.after(self._settings.job_timeout_seconds, deadline)
            for _ in range(2 if self._settings.duplicate_jobs else 1):
                services.invoke_function(function_name, job.event)
        except CallError as error:
            denied = error.code in {"AccessDenied", "AccessDeniedException"}
            code = "PermissionError" if denied else "ConfigurationError"
            message = f"The AWS Lambda function {function_name} could not be invoked: {error}"
            with self.lock:
                self._close_jobs(pipeline, run)
                self.finish(pipeline, run, ActionResult(error=ErrorDetails(code, message)))

    def _request_approval(self, assignment: Assignment) -> None:
        pipeline, run = assignment.pipeline, assignment.run
        with self.lock:
            if run.status != Status.IN_PROGRESS:
                return
            token = run.token = new_id()
            # For executions in parallel, clients read the token from the external execution id (PutApprovalResult).
            run.result = ActionResult(external_execution_id=token)
        topic = run.configuration.get("NotificationArn")
        if not topic:
            return
        message = approval_action.request_message(assignment, token, self._approval_timeout(run))
        subject = f"APPROVAL NEEDED: AWS CodePipeline {pipeline.name} for action {run.name}"
        try:
            self._services(pipeline).publish(topic, subject, message)
        except CallError as error:
            reason = f"The approval request could not be sent to {topic}: {error}"
            with self.lock:
                self.finish(pipeline, run, ActionResult(error=ErrorDetails("ConfigurationError", reason)))

    # Deadlines

    def _approval_timeout(self, run: ActionRun) -> float:
        minutes: int | None = run.declaration.get("timeoutInMinutes")
        return self._settings.approval_timeout_seconds if minutes is None else minutes * 60.0

    def _time_out_job(self, pipeline: Pipeline, run: ActionRun, job: Job) -> None:
        with self.lock:
            if not job.is_open:
                return
            job.status = JobStatus.TIMED_OUT
            message = (
                f"The AWS Lambda function {run.configuration['FunctionName']} did not answer its job in time. "
                "Check that the function always calls PutJobSuccessResult or PutJobFailureResult and that its role "
                "allows the call."
            )
            self.finish(pipeline, run, ActionResult(error=ErrorDetails("JobFailed", message)))

    def _time_out_action(self, pipeline: Pipeline, run: ActionRun) -> None:
        with self.lock:
            if run.status != Status.IN_PROGRESS:
                return
            for job in self._jobs_of(pipeline, run):
                job.status = JobStatus.TIMED_OUT
            self.finish(
                pipeline, run, ActionResult(error=ErrorDetails("JobFailed", f"Action {run.name} has timed out."))
            )

    # Threads, stores and events

    def _in_background(self, assignment: Assignment, work: Callable[[], None]) -> None:
        arguments = (assignment, work)
        threading.Thread(target=self._work, args=arguments, name="codepipeline-action", daemon=True).start()

    def _work(self, assignment: Assignment, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as error:
            pipeline, run = assignment.pipeline, assignment.run
            LOG.exception("Action %s of pipeline %s failed unexpectedly", run.name, pipeline.name)
            # Nothing else would end the action.
            with self.lock:
                self._close_jobs(pipeline, run)
                self.finish(pipeline, run, ActionResult(error=ErrorDetails("SystemUnavailable", f"{error!r}")))

    def _services(self, pipeline: Pipeline) -> Services:
        return self._services_of(pipeline.account_id, pipeline.region)

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
            job.status = JobStatus.FAILED

    def _send(self, pipeline: Pipeline, event: progress.SendEvent) -> None:
        if self._event_thread is None:
            self._event_thread = threading.Thread(target=self._send_events, name="codepipeline-events", daemon=True)
            self._event_thread.start()
        self._events.put((pipeline, event))

    def _send_events(self) -> None:
        while (entry := self._events.get()) is not None:
            pipeline, event = entry
            try:
                self._services(pipeline).put_event(
                    Event(state_changes.SOURCE, event.detail_type, pipeline.arn, event.detail)
                )
            except Exception:
                LOG.exception("An event of pipeline %s could not be sent", pipeline.name)
