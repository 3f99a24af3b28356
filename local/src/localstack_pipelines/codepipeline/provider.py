"""The provider of the CodePipeline API (https://docs.aws.amazon.com/codepipeline/latest/APIReference/)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from localstack.services.plugins import ServiceLifecycleHook

from .execution_runner import ExecutionRunner
from .operations.executions import ExecutionOperations
from .operations.jobs import JobOperations
from .operations.pipelines import PipelineOperations
from .operations.stages import StageOperations
from .operations.tags import TagOperations
from .operations.webhooks import WebhookOperations
from .settings import Settings
from .store import codepipeline_stores

if TYPE_CHECKING:
    from .store import CodePipelineStore


class CodePipelineProvider(
    PipelineOperations,
    ExecutionOperations,
    StageOperations,
    JobOperations,
    TagOperations,
    WebhookOperations,
    ServiceLifecycleHook,
):
    """The handlers of the operations. One instance serves all accounts and regions.

    LocalStack has no generated API class for CodePipeline: it parses requests and writes responses with botocore's
    model of the service. It answers operations without a handler with HTTP 501.
    """

    service = "codepipeline"

    def __init__(self) -> None:
        self.runner = ExecutionRunner(_store_of, Settings.from_environment())

    def on_before_stop(self) -> None:
        """Stop the runner."""
        self.runner.close()


def _store_of(account_id: str, region: str) -> CodePipelineStore:
    return codepipeline_stores[account_id][region]
