"""What the handlers of all operations do with a request."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from localstack_pipelines.common.operation import operation as checked_operation
from localstack_pipelines.common.paging import Pager
from localstack_pipelines.common.validation import check_request

from .errors import InvalidNextTokenException, PipelineNotFoundException, StageNotFoundException
from .store import codepipeline_stores

if TYPE_CHECKING:
    from collections.abc import Callable

    from localstack.aws.api import RequestContext

    from localstack_pipelines.common.operation import Handler, Request, Response

    from .execution_runner import ExecutionRunner
    from .models import Pipeline
    from .store import CodePipelineStore

PAGER = Pager(lambda: InvalidNextTokenException("The next token is not one that this operation returned."))


class Operations:
    """Base of the handlers: the runner of the executions."""

    runner: ExecutionRunner


def operation(name: str) -> Callable[[Handler], Handler]:
    """Make a method the handler of an API operation.

    The method receives a request that satisfies the constraints of the service model. It runs while holding the lock of
    the models.
    """

    def decorate(method: Handler) -> Handler:
        @checked_operation(name, check_request)
        @functools.wraps(method)
        def handle(operations: Operations, context: RequestContext, request: Request) -> Response:
            with operations.runner.lock:
                return method(operations, context, request)

        return handle

    return decorate


def store_of(context: RequestContext) -> CodePipelineStore:
    """Return the store of the account and region of a request."""
    return codepipeline_stores[context.account_id][context.region]


def find_pipeline(context: RequestContext, name: str) -> Pipeline:
    """Return a pipeline of the account and region of a request.

    :raises PipelineNotFoundException: the pipeline does not exist.
    """
    try:
        return store_of(context).pipelines[name]
    except KeyError:
        raise PipelineNotFoundException(
            f"Account '{context.account_id}' does not have a pipeline with name '{name}'"
        ) from None


def find_stage(pipeline: Pipeline, name: str) -> dict[str, Any]:
    """Return the declaration of a stage.

    :raises StageNotFoundException: the pipeline has no stage with that name.
    """
    for stage in pipeline.declaration["stages"]:
        if stage["name"] == name:
            found: dict[str, Any] = stage
            return found
    raise StageNotFoundException(f"Pipeline '{pipeline.name}' has no stage named '{name}'.")
