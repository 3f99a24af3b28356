"""The entry point of the ``loopback`` runtime server, chosen with ``GATEWAY_SERVER=loopback``."""

from __future__ import annotations

from localstack.runtime.server.core import RuntimeServer, RuntimeServerPlugin


class LoopbackRuntimeServerPlugin(RuntimeServerPlugin):
    """Provides the :class:`~localstack_pipelines.server.runtime_server.LoopbackRuntimeServer`."""

    name = "loopback"

    def load(self, *_args: object, **_kwargs: object) -> RuntimeServer:
        """Return a new server; its class is imported here to keep plug-in discovery fast."""
        from localstack_pipelines.server.runtime_server import LoopbackRuntimeServer  # noqa: PLC0415

        return LoopbackRuntimeServer()
