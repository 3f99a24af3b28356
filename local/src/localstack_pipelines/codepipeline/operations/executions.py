"""Operations on executions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from localstack_pipelines.common.arns import caller_arn
from localstack_pipelines.common.clock import utc_now
from localstack_pipelines.common.views import present

from .. import executions, progress, views
from ..errors import NotLatestPipelineExecutionException, PipelineExecutionNotStoppableException
from ..models import ExecutionTrigger
from ..request import PAGER, Operations, find_pipeline, find_stage, operation

if TYPE_CHECKING:
    from localstack.aws.api import RequestContext

    from localstack_pipelines.common.operation import Request, Response

    from ..execution_runner import ExecutionRunner
    from ..models import Execution, Pipeline


class ExecutionOperations(Operations):
    """The handlers."""

    @operation("StartPipelineExecution")
    def start_pipeline_execution(self, context: RequestContext, request: Request) -> Response:
        """Start an execution, or return the one that the same token has started."""
        pipeline = find_pipeline(context, request["name"])
        token = request.get("clientRequestToken")
        if token in pipeline.client_tokens:
            return {"pipelineExecutionId": pipeline.client_tokens[token]}
        execution = start_execution(self.runner, pipeline, request, _trigger(context))
        if token is not None:
            pipeline.client_tokens[token] = execution.id
        return {"pipelineExecutionId": execution.id}

    @operation("StopPipelineExecution")
    def stop_pipeline_execution(self, context: RequestContext, request: Request) -> Response:
        """Stop an execution after its actions in progress, or abandon them."""
        pipeline = find_pipeline(context, request["pipelineName"])
        # The operation has no PipelineExecutionNotFoundException.
        execution = executions.find(
            pipeline, request["pipelineExecutionId"], error=PipelineExecutionNotStoppableException
        )
        effects = progress.stop(
            pipeline, execution, request.get("reason"), utc_now(), abandon=request.get("abandon", False)
        )
        self.runner.perform(pipeline, effects)
        return {"pipelineExecutionId": execution.id}

    @operation("RetryStageExecution")
    def retry_stage_execution(self, context: RequestContext, request: Request) -> Response:
        """Run the failed actions of a failed stage again, or all its actions."""
        pipeline = find_pipeline(context, request["pipelineName"])
        find_stage(pipeline, request["stageName"])
        # The operation has no PipelineExecutionNotFoundException.
        execution = executions.find(pipeline, request["pipelineExecutionId"], error=NotLatestPipelineExecutionException)
        effects = progress.retry(
            pipeline,
            execution,
            request["stageName"],
            utc_now(),
            all_actions=request["retryMode"] == "ALL_ACTIONS",
        )
        self.runner.perform(pipeline, effects)
        return {"pipelineExecutionId": execution.id}

    @operation("GetPipelineExecution")
    def get_pipeline_execution(self, context: RequestContext, request: Request) -> Response:
        """Return an execution."""
        pipeline = find_pipeline(context, request["pipelineName"])
        execution = executions.find(pipeline, request["pipelineExecutionId"])
        return {"pipelineExecution": views.pipeline_execution(pipeline, execution)}

    @operation("ListPipelineExecutions")
    def list_pipeline_executions(self, context: RequestContext, request: Request) -> Response:
        """List executions, newest first."""
        pipeline = find_pipeline(context, request["pipelineName"])
        page, token = PAGER.page(
            executions.newest_first(pipeline, request.get("filter", {})),
            request.get("maxResults", 100),
            request.get("nextToken"),
            key=lambda execution: execution.id,
        )
        summaries = [views.execution_summary(execution) for execution in page]
        return present({"pipelineExecutionSummaries": summaries, "nextToken": token})

    @operation("ListActionExecutions")
    def list_action_executions(self, context: RequestContext, request: Request) -> Response:
        """List action executions, newest first."""
        pipeline = find_pipeline(context, request["pipelineName"])
        page, token = PAGER.page(
            executions.action_runs(pipeline, request.get("filter", {})),
            request.get("maxResults", 100),
            request.get("nextToken"),
            key=lambda run: run.id,
        )
        details = [
            views.action_execution_detail(run, executions.find(pipeline, run.execution_id), pipeline.region)
            for run in page
        ]
        return present({"actionExecutionDetails": details, "nextToken": token})


def start_execution(
    runner: ExecutionRunner, pipeline: Pipeline, request: Request, trigger: ExecutionTrigger
) -> Execution:
    """Start an execution of a pipeline.

    :param request: the ``StartPipelineExecutionInput``; only ``variables`` and ``sourceRevisions`` matter.
    """
    now = utc_now()
    execution = executions.new_execution(pipeline, request, trigger, now)
    runner.perform(pipeline, progress.begin(pipeline, execution, now))
    return execution


def _trigger(context: RequestContext) -> ExecutionTrigger:
    metadata = context.internal_request_params
    if metadata and metadata.get("service_principal") == "events" and metadata.get("source_arn"):
        return ExecutionTrigger("CloudWatchEvent", str(metadata["source_arn"]))
    return ExecutionTrigger("StartPipelineExecution", caller_arn(context.account_id))
