"""A LocalStack runtime server that binds only the configured addresses and stops reliably.

LocalStack has two servers. The twisted server listens on every interface, whatever the configured host. The hypercorn
server stops its event loop from another thread, which may not wake the loop. This server uses hypercorn too, but its
event loop belongs to :meth:`LoopbackRuntimeServer.run`; other threads only post to it.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import threading
from typing import TYPE_CHECKING

from hypercorn import Config
from hypercorn.asyncio import serve
from localstack.logging.setup import setup_hypercorn_logger
from localstack.runtime.current import get_current_runtime
from localstack.runtime.server.core import RuntimeServer
from rolo.gateway.asgi import AsgiGateway

from localstack_pipelines.server.exit import end_process_after
from localstack_pipelines.server.parent import expected_parent, watch_parent

if TYPE_CHECKING:
    from localstack.config import HostAndPort
    from rolo.gateway import Gateway

LOG = logging.getLogger(__name__)

# The time that running requests have to finish after the request to stop.
GRACE_SECONDS = 1.0


class LoopbackRuntimeServer(RuntimeServer):
    """Serves gateways over plain HTTP/1.1 on the given hosts and ports only."""

    def __init__(self) -> None:
        self._registered: list[tuple[Gateway, list[HostAndPort]]] = []
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._stop_requested = False

    def register(self, gateway: Gateway, listen: list[HostAndPort], ssl_creds: tuple[str, str] | None = None) -> None:
        """Register ``gateway`` to be served on all of ``listen``; :meth:`run` binds the addresses.

        :param ssl_creds: ignored, because the traffic stays on one machine.
        """
        del ssl_creds
        self._registered.append((gateway, list(listen)))

    def run(self) -> None:
        """Serve until :meth:`shutdown`.

        :raises OSError: an address cannot be bound.
        :raises ValueError: ``LOCALSTACK_PIPELINES_EXIT_WITH_PARENT`` is invalid.
        """
        runtime = get_current_runtime()
        end_process_after(runtime)
        parent = expected_parent(os.environ)
        if parent is not None:
            watch_parent(parent, runtime.exit)
        loop = asyncio.new_event_loop()
        stop = asyncio.Event()
        with self._lock:
            self._loop, self._stop = loop, stop
            if self._stop_requested:
                stop.set()
        try:
            loop.run_until_complete(self._serve(loop, stop))
        finally:
            with self._lock:
                self._loop = None
            loop.run_until_complete(loop.shutdown_asyncgens())
            loop.close()

    def shutdown(self) -> None:
        """Request the server to stop, from any thread and at any time; returns at once."""
        with self._lock:
            self._stop_requested = True
            if self._loop is not None and self._stop is not None:
                # The loop sleeps in a system call; this is the only call that wakes it and is safe in another thread.
                self._loop.call_soon_threadsafe(self._stop.set)

    async def _serve(self, loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
        applications = [AsgiGateway(gateway, event_loop=loop) for gateway, _ in self._registered]
        servers = [
            loop.create_task(serve(application, _configuration(listen), shutdown_trigger=stop.wait))
            for application, (_, listen) in zip(applications, self._registered, strict=True)
        ]
        stopping = loop.create_task(stop.wait())
        # A server that ends without a request to stop has failed to bind.
        await asyncio.wait([stopping, *servers], return_when=asyncio.FIRST_COMPLETED)
        stop.set()
        await asyncio.wait([stopping, *servers], timeout=GRACE_SECONDS)
        await _cancel_other_tasks()
        for application in applications:
            application.close()  # type: ignore[no-untyped-call]  # rolo does not annotate it
        for server in servers:
            with contextlib.suppress(asyncio.CancelledError):
                server.result()


def _configuration(listen: list[HostAndPort]) -> Config:
    configuration = Config()
    configuration.bind = [str(address) for address in listen]
    # Preserves the case of request headers for the gateway, as LocalStack's own servers do.
    configuration.h11_pass_raw_headers = True
    # Clients reuse a connection for about a minute; a server that closes it first races with a new request.
    configuration.keep_alive_timeout = 90
    configuration.loglevel = "WARNING"
    setup_hypercorn_logger(configuration)
    return configuration


async def _cancel_other_tasks() -> None:
    """Cancel the remaining tasks, mainly connections, which releases the threads that wait for them."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    if others:
        await asyncio.wait(others, timeout=GRACE_SECONDS)
