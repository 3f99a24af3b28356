"""The entry point of the ``process`` executor (chosen with ``LAMBDA_RUNTIME_EXECUTOR=process``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from localstack.services.lambda_.invocation.plugins import RuntimeExecutorPlugin

if TYPE_CHECKING:
    from localstack.services.lambda_.invocation.runtime_executor import RuntimeExecutor


class ProcessRuntimeExecutorPlugin(RuntimeExecutorPlugin):
    """Names the executor class; LocalStack makes one instance of it per execution environment."""

    name = "process"

    def load(self, *_args: object, **_kwargs: object) -> type[RuntimeExecutor]:
        """Return the class; the import is late so that looking for plug-ins stays cheap."""
        from localstack_pipelines.lambda_process.executor import ProcessRuntimeExecutor  # noqa: PLC0415

        return ProcessRuntimeExecutor
