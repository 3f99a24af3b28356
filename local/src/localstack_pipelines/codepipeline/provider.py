"""The CodePipeline API (https://docs.aws.amazon.com/codepipeline/latest/APIReference/).

Each handler checks the request against the service model, finds what it names, has a pure function decide, and answers.
Operations without a handler here answer HTTP 501, as LocalStack does for what it does not have.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from localstack.aws.api import RequestContext, handler
from localstack.services.plugins import ServiceLifecycleHook

from localstack_pipelines.codepipeline import executions, jobs, tagging, transitions, views
from localstack_pipelines.codepipeline.conductor import Conductor, utc_now
from localstack_pipelines.codepipeline.constraints import check_request
from localstack_pipelines.codepipeline.errors import (
    ActionNotFoundException,
    NotLatestPipelineExecutionException,
    PipelineExecutionNotStoppableException,
    PipelineNameInUseException,
    PipelineNotFoundException,
    PipelineVersionNotFoundException,
    StageNotFoundException,
)
from localstack_pipelines.codepipeline.model import Pipeline, Transition, Trigger
from localstack_pipelines.codepipeline.paging import page_of
from localstack_pipelines.codepipeline.settings import Settings
from localstack_pipelines.codepipeline.store import CodePipelineStore, codepipeline_stores
from localstack_pipelines.codepipeline.structure import check_structure, complete_declaration

if TYPE_CHECKING:
    from collections.abc import Callable

    from localstack_pipelines.codepipeline.model import Execution

type Request = dict[str, Any]
type Response = dict[str, Any]


def operation(
    name: str,
) -> Callable[[Callable[[Any, RequestContext, Request], Response]], Callable[[Any, RequestContext, Request], Response]]:
    """Mark a method as the handler of an API operation.

    The method gets a request that keeps the service model's constraints, and runs while holding the lock of the model.
    """

    def decorate(
        method: Callable[[Any, RequestContext, Request], Response],
    ) -> Callable[[Any, RequestContext, Request], Response]:
        @handler(name, expand=False)
        @functools.wraps(method)
        def handle(self: CodePipelineProvider, context: RequestContext, request: Request) -> Response:
            if context.operation is None or context.operation.input_shape is None:
                raise TypeError(f"{name} has no input shape in the service model.")
            checked = check_request(request or {}, context.operation.input_shape)
            with self.conductor.lock:
                return method(self, context, checked)

        return handle

    return decorate


class CodePipelineProvider(ServiceLifecycleHook):
    """The handlers; one instance serves all accounts and regions."""

    service: str

    def __init__(self) -> None:
        self.service = "codepipeline"
        self.conductor = Conductor(
            lambda account_id, region: codepipeline_stores[account_id][region], Settings.from_environment()
        )

    def on_before_stop(self) -> None:
        """Stop with LocalStack."""
        self.conductor.close()

    # Pipelines

    @operation("CreatePipeline")
    def create_pipeline(self, context: RequestContext, request: Request) -> Response:
        """Create a pipeline and start its first execution."""
        store = _store(context)
        declaration = complete_declaration(request["pipeline"], version=1)
        check_structure(declaration, context.region)
        if declaration["name"] in store.pipelines:
            raise PipelineNameInUseException(
                f"A pipeline with the name '{declaration['name']}' already exists in account '{context.account_id}'"
            )
        now = utc_now()
        pipeline = Pipeline(context.account_id, context.region, [declaration], created=now, updated=now)
        pipeline.tags = tagging.with_tags({}, request.get("tags", []))
        store.pipelines[pipeline.name] = pipeline
        if executions.can_start_unasked(declaration):
            self._start(pipeline, {}, Trigger("CreatePipeline", _user_arn(context)))
        return {"pipeline": declaration, "tags": views.tag_list(pipeline.tags)}

    @operation("GetPipeline")
    def get_pipeline(self, context: RequestContext, request: Request) -> Response:
        """Return a pipeline's declaration, the latest or that of a version."""
        pipeline = _pipeline(context, request["name"])
        version = request.get("version", len(pipeline.versions))
        if version > len(pipeline.versions):
            raise PipelineVersionNotFoundException(f"Pipeline '{pipeline.name}' has no version {version}.")
        return {"pipeline": pipeline.versions[version - 1], "metadata": views.pipeline_metadata(pipeline)}

    @operation("UpdatePipeline")
    def update_pipeline(self, context: RequestContext, request: Request) -> Response:
        """Replace a pipeline's declaration by a new version; executions in progress are cancelled."""
        pipeline = _pipeline(context, request["pipeline"]["name"])
        declaration = complete_declaration(request["pipeline"], version=len(pipeline.versions) + 1)
        check_structure(declaration, context.region)
        now = utc_now()
        self.conductor.do(pipeline, transitions.cancel_all(pipeline, now))
        pipeline.versions.append(declaration)
        pipeline.updated = now
        return {"pipeline": declaration}

    @operation("DeletePipeline")
    def delete_pipeline(self, context: RequestContext, request: Request) -> Response:
        """Delete a pipeline; it is no error when there is none."""
        pipeline = _store(context).pipelines.pop(request["name"], None)
        if pipeline:
            self.conductor.do(pipeline, transitions.cancel_all(pipeline, utc_now()))
        return {}

    @operation("ListPipelines")
    def list_pipelines(self, context: RequestContext, request: Request) -> Response:
        """List the pipelines by name."""
        pipelines = sorted(_store(context).pipelines.values(), key=lambda pipeline: pipeline.name)
        page, token = page_of(
            pipelines, lambda pipeline: pipeline.name, request.get("maxResults", 1000), request.get("nextToken")
        )
        return _with_token({"pipelines": [views.pipeline_summary(pipeline) for pipeline in page]}, token)

    @operation("GetPipelineState")
    def get_pipeline_state(self, context: RequestContext, request: Request) -> Response:
        """Return the state of each stage and action."""
        return views.pipeline_state(_pipeline(context, request["name"]))

    # Executions

    @operation("StartPipelineExecution")
    def start_pipeline_execution(self, context: RequestContext, request: Request) -> Response:
        """Start an execution, or return the one that was started with the same token."""
        pipeline = _pipeline(context, request["name"])
        token = request.get("clientRequestToken")
        if token in pipeline.client_tokens:
            return {"pipelineExecutionId": pipeline.client_tokens[token]}
        execution = self._start(pipeline, request, _trigger(context))
        if token is not None:
            pipeline.client_tokens[token] = execution.id
        return {"pipelineExecutionId": execution.id}

    @operation("StopPipelineExecution")
    def stop_pipeline_execution(self, context: RequestContext, request: Request) -> Response:
        """Stop an execution after its actions in progress, or abandon them."""
        pipeline = _pipeline(context, request["pipelineName"])
        execution = pipeline.find_execution(request["pipelineExecutionId"])
        if execution is None:
            # The operation has no exception of its own for an execution that does not exist.
            raise PipelineExecutionNotStoppableException(
                f"Pipeline '{pipeline.name}' has no execution with the id {request['pipelineExecutionId']}."
            )
        effects = transitions.stop(
            pipeline, execution, request.get("reason"), utc_now(), abandon=request.get("abandon", False)
        )
        self.conductor.do(pipeline, effects)
        return {"pipelineExecutionId": execution.id}

    @operation("RetryStageExecution")
    def retry_stage_execution(self, context: RequestContext, request: Request) -> Response:
        """Run a failed stage's failed actions, or all its actions, again."""
        pipeline = _pipeline(context, request["pipelineName"])
        _stage(pipeline, request["stageName"])
        execution = pipeline.find_execution(request["pipelineExecutionId"])
        if execution is None:
            # The operation has no exception of its own for an execution that does not exist.
            raise NotLatestPipelineExecutionException(
                f"Pipeline '{pipeline.name}' has no execution with the id {request['pipelineExecutionId']}."
            )
        effects = transitions.retry(
            pipeline,
            execution,
            request["stageName"],
            utc_now(),
            all_actions=request["retryMode"] == "ALL_ACTIONS",
        )
        self.conductor.do(pipeline, effects)
        return {"pipelineExecutionId": execution.id}

    @operation("GetPipelineExecution")
    def get_pipeline_execution(self, context: RequestContext, request: Request) -> Response:
        """Return an execution."""
        pipeline = _pipeline(context, request["pipelineName"])
        execution = executions.find(pipeline, request["pipelineExecutionId"])
        return {"pipelineExecution": views.pipeline_execution(pipeline, execution)}

    @operation("ListPipelineExecutions")
    def list_pipeline_executions(self, context: RequestContext, request: Request) -> Response:
        """List executions, the newest first."""
        pipeline = _pipeline(context, request["pipelineName"])
        page, token = page_of(
            executions.newest_first(pipeline, request.get("filter", {})),
            lambda execution: execution.id,
            request.get("maxResults", 100),
            request.get("nextToken"),
        )
        summaries = [views.execution_summary(execution) for execution in page]
        return _with_token({"pipelineExecutionSummaries": summaries}, token)

    @operation("ListActionExecutions")
    def list_action_executions(self, context: RequestContext, request: Request) -> Response:
        """List action executions, the newest first."""
        pipeline = _pipeline(context, request["pipelineName"])
        page, token = page_of(
            executions.action_runs(pipeline, request.get("filter", {})),
            lambda run: run.id,
            request.get("maxResults", 100),
            request.get("nextToken"),
        )
        details = [
            views.action_execution_detail(run, executions.find(pipeline, run.execution_id), pipeline.region)
            for run in page
        ]
        return _with_token({"actionExecutionDetails": details}, token)

    # Transitions and approvals

    @operation("DisableStageTransition")
    def disable_stage_transition(self, context: RequestContext, request: Request) -> Response:
        """Keep executions from entering or leaving a stage."""
        return self._change_transition(context, request, enabled=False)

    @operation("EnableStageTransition")
    def enable_stage_transition(self, context: RequestContext, request: Request) -> Response:
        """Let executions enter or leave a stage again."""
        return self._change_transition(context, request, enabled=True)

    @operation("PutApprovalResult")
    def put_approval_result(self, context: RequestContext, request: Request) -> Response:
        """Approve or reject what a manual approval action waits for."""
        pipeline = _pipeline(context, request["pipelineName"])
        stage = _stage(pipeline, request["stageName"])
        if request["actionName"] not in {
            action["name"] for action in stage["actions"] if action["actionTypeId"]["category"] == "Approval"
        }:
            raise ActionNotFoundException(
                f"Stage '{stage['name']}' has no approval action named '{request['actionName']}'."
            )
        run = executions.approval_run(pipeline, stage["name"], request["actionName"], request["token"])
        self.conductor.take_approval(pipeline, run, request, _user_arn(context))
        return {"approvedAt": utc_now()}

    # Jobs

    @operation("GetJobDetails")
    def get_job_details(self, context: RequestContext, request: Request) -> Response:
        """Return a job."""
        return {"jobDetails": views.job_details(jobs.find_job(_store(context).jobs, request["jobId"]))}

    @operation("AcknowledgeJob")
    def acknowledge_job(self, context: RequestContext, request: Request) -> Response:
        """Confirm that a job was received."""
        job = jobs.find_job(_store(context).jobs, request["jobId"])
        return {"status": jobs.acknowledge(job, request["nonce"])}

    @operation("PutJobSuccessResult")
    def put_job_success_result(self, context: RequestContext, request: Request) -> Response:
        """Take the answer that a job succeeded, or goes on later."""
        self.conductor.take_success(jobs.find_job(_store(context).jobs, request["jobId"]), request)
        return {}

    @operation("PutJobFailureResult")
    def put_job_failure_result(self, context: RequestContext, request: Request) -> Response:
        """Take the answer that a job failed."""
        job = jobs.find_job(_store(context).jobs, request["jobId"])
        self.conductor.take_failure(job, request["failureDetails"])
        return {}

    # Tags and webhooks

    @operation("TagResource")
    def tag_resource(self, context: RequestContext, request: Request) -> Response:
        """Add tags to a pipeline."""
        pipeline = tagging.find_resource(_store(context).pipelines, request["resourceArn"])
        pipeline.tags = tagging.with_tags(pipeline.tags, request["tags"])
        return {}

    @operation("UntagResource")
    def untag_resource(self, context: RequestContext, request: Request) -> Response:
        """Remove tags from a pipeline."""
        pipeline = tagging.find_resource(_store(context).pipelines, request["resourceArn"])
        for key in request["tagKeys"]:
            pipeline.tags.pop(key, None)
        return {}

    @operation("ListTagsForResource")
    def list_tags_for_resource(self, context: RequestContext, request: Request) -> Response:
        """List a pipeline's tags by key."""
        pipeline = tagging.find_resource(_store(context).pipelines, request["resourceArn"])
        page, token = page_of(
            views.tag_list(pipeline.tags),
            lambda tag: tag["key"],
            request.get("maxResults", 100),
            request.get("nextToken"),
        )
        return _with_token({"tags": page}, token)

    @operation("ListWebhooks")
    def list_webhooks(self, context: RequestContext, request: Request) -> Response:  # noqa: ARG002
        """List webhooks: none can be made here."""
        return {"webhooks": []}

    def _start(self, pipeline: Pipeline, request: Request, trigger: Trigger) -> Execution:
        now = utc_now()
        execution = executions.new_execution(pipeline, request, trigger, now)
        self.conductor.do(pipeline, transitions.begin(pipeline, execution, now))
        return execution

    def _change_transition(self, context: RequestContext, request: Request, *, enabled: bool) -> Response:
        pipeline = _pipeline(context, request["pipelineName"])
        _stage(pipeline, request["stageName"])
        ways = pipeline.inbound if request["transitionType"] == "Inbound" else pipeline.outbound
        now = utc_now()
        ways[request["stageName"]] = Transition(enabled, _user_arn(context), now, request.get("reason"))
        self.conductor.do(pipeline, transitions.advance(pipeline, now))
        return {}


def _store(context: RequestContext) -> CodePipelineStore:
    return codepipeline_stores[context.account_id][context.region]


def _pipeline(context: RequestContext, name: str) -> Pipeline:
    try:
        return _store(context).pipelines[name]
    except KeyError:
        raise PipelineNotFoundException(
            f"Account '{context.account_id}' does not have a pipeline with name '{name}'"
        ) from None


def _stage(pipeline: Pipeline, name: str) -> dict[str, Any]:
    for stage in pipeline.declaration["stages"]:
        if stage["name"] == name:
            found: dict[str, Any] = stage
            return found
    raise StageNotFoundException(f"Pipeline '{pipeline.name}' has no stage named '{name}'.")


def _user_arn(context: RequestContext) -> str:
    # LocalStack takes everybody for the root user of the account that the credentials name.
    return f"arn:aws:iam::{context.account_id}:root"


def _trigger(context: RequestContext) -> Trigger:
    metadata = context.internal_request_params
    if metadata and metadata.get("service_principal") == "events" and metadata.get("source_arn"):
        return Trigger("CloudWatchEvent", str(metadata["source_arn"]))
    return Trigger("StartPipelineExecution", _user_arn(context))


def _with_token(response: Response, token: str | None) -> Response:
    return response if token is None else {**response, "nextToken": token}
