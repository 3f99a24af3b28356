"""Operations on pipelines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from localstack_pipelines.common.arns import caller_arn
from localstack_pipelines.common.clock import utc_now
from localstack_pipelines.common.views import present

from .. import progress, tags, views
from ..errors import PipelineNameInUseException, PipelineVersionNotFoundException
from ..executions import can_start_without_input
from ..models import ExecutionTrigger, Pipeline
from ..request import PAGER, Operations, find_pipeline, operation, store_of
from ..structure import check_structure, complete_declaration
from .executions import start_execution

if TYPE_CHECKING:
    from localstack.aws.api import RequestContext

    from localstack_pipelines.common.operation import Request, Response


class PipelineOperations(Operations):
    """The handlers."""

    @operation("CreatePipeline")
    def create_pipeline(self, context: RequestContext, request: Request) -> Response:
        """Create a pipeline and start its first execution."""
        store = store_of(context)
        declaration = complete_declaration(request["pipeline"], version=1)
        check_structure(declaration, context.region)
        if declaration["name"] in store.pipelines:
            raise PipelineNameInUseException(
                f"A pipeline with the name '{declaration['name']}' already exists in account '{context.account_id}'"
            )
        now = utc_now()
        pipeline = Pipeline(context.account_id, context.region, [declaration], created=now, updated=now)
        pipeline.tags = tags.with_tags({}, request.get("tags", []))
        store.pipelines[pipeline.name] = pipeline
        if can_start_without_input(declaration):
            trigger = ExecutionTrigger("CreatePipeline", caller_arn(context.account_id))
            start_execution(self.runner, pipeline, {}, trigger)
        return {"pipeline": declaration, "tags": views.tag_list(pipeline.tags)}

    @operation("GetPipeline")
    def get_pipeline(self, context: RequestContext, request: Request) -> Response:
        """Return the declaration of a pipeline, of the latest or of a given version."""
        pipeline = find_pipeline(context, request["name"])
        version = request.get("version", len(pipeline.versions))
        if version > len(pipeline.versions):
            raise PipelineVersionNotFoundException(f"Pipeline '{pipeline.name}' has no version {version}.")
        return {"pipeline": pipeline.versions[version - 1], "metadata": views.pipeline_metadata(pipeline)}

    @operation("UpdatePipeline")
    def update_pipeline(self, context: RequestContext, request: Request) -> Response:
        """Add a new version to a pipeline and cancel the executions in progress."""
        pipeline = find_pipeline(context, request["pipeline"]["name"])
        declaration = complete_declaration(request["pipeline"], version=len(pipeline.versions) + 1)
        check_structure(declaration, context.region)
        now = utc_now()
        self.runner.perform(pipeline, progress.cancel_all(pipeline, now))
        pipeline.versions.append(declaration)
        pipeline.updated = now
        return {"pipeline": declaration}

    @operation("DeletePipeline")
    def delete_pipeline(self, context: RequestContext, request: Request) -> Response:
        """Delete a pipeline. The deletion of a pipeline that does not exist succeeds."""
        pipeline = store_of(context).pipelines.pop(request["name"], None)
        if pipeline:
            self.runner.perform(pipeline, progress.cancel_all(pipeline, utc_now()))
        return {}

    @operation("ListPipelines")
    def list_pipelines(self, context: RequestContext, request: Request) -> Response:
        """List the pipelines, sorted by name."""
        pipelines = sorted(store_of(context).pipelines.values(), key=lambda pipeline: pipeline.name)
        page, token = PAGER.page(
            pipelines, request.get("maxResults", 1000), request.get("nextToken"), key=lambda pipeline: pipeline.name
        )
        return present({"pipelines": [views.pipeline_summary(pipeline) for pipeline in page], "nextToken": token})

    @operation("GetPipelineState")
    def get_pipeline_state(self, context: RequestContext, request: Request) -> Response:
        """Return the state of each stage and action."""
        return views.pipeline_state(find_pipeline(context, request["name"]))
