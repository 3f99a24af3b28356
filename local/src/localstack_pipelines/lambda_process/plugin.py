"""The entry point of the ``process`` executor, chosen with ``LAMBDA_RUNTIME_EXECUTOR=process``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from localstack.services.lambda_.invocation.plugins import RuntimeExecutorPlugin

if TYPE_CHECKING:
    from localstack.services.lambda_.invocation.runtime_executor import RuntimeExecutor


class ProcessRuntimeExecutorPlugin(RuntimeExecutorPlugin):
    """Provides the executor class; LocalStack creates an instance per execution environment."""

    name = "process"

    def load(self, *_args: object, **_kwargs: object) -> type[RuntimeExecutor]:
        """Return the class; it is imported here to keep plug-in discovery fast."""
        from localstack_pipelines.lambda_process.executor import ProcessRuntimeExecutor  # noqa: PLC0415

        return ProcessRuntimeExecutor
