"""The entry point of the ``loopback`` runtime server (chosen with ``GATEWAY_SERVER=loopback``)."""

from __future__ import annotations

from localstack.runtime.server.core import RuntimeServer, RuntimeServerPlugin


class LoopbackRuntimeServerPlugin(RuntimeServerPlugin):
    """Makes the one :class:`~localstack_pipelines.server.runtime_server.LoopbackRuntimeServer`."""

    name = "loopback"

    def load(self, *_args: object, **_kwargs: object) -> RuntimeServer:
        """Return a new server; the import is late so that looking for plug-ins stays cheap."""
        from localstack_pipelines.server.runtime_server import LoopbackRuntimeServer  # noqa: PLC0415

        return LoopbackRuntimeServer()
