"""A LocalStack runtime server that binds what it is told to bind, and that stops when it is told to stop.

Of the two servers LocalStack ships, the one on twisted listens on every interface whatever host it is given,
and the one on hypercorn stops its event loop from another thread, which may not wake it.
This one uses hypercorn too, but its event loop belongs to :meth:`LoopbackRuntimeServer.run`; other threads
only ever post to it.
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

# How long requests in flight may take to finish once the server was told to stop.
GRACE_SECONDS = 1.0


class LoopbackRuntimeServer(RuntimeServer):
    """Serves gateways over plain HTTP/1.1 on the given hosts and ports, and on nothing else."""

    def __init__(self) -> None:
        self._registered: list[tuple[Gateway, list[HostAndPort]]] = []
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._told_to_stop = False

    def register(self, gateway: Gateway, listen: list[HostAndPort], ssl_creds: tuple[str, str] | None = None) -> None:
        """Note that ``gateway`` is to be served on all of ``listen``; nothing is bound before run().

        :param ssl_creds: ignored: what stays on one machine is spoken in plain HTTP.
        """
        del ssl_creds
        self._registered.append((gateway, list(listen)))

    def run(self) -> None:
        """Serve until :meth:`shutdown`, blocking the calling thread.

        :raises OSError: when an address cannot be bound.
        :raises ValueError: when ``LOCALSTACK_PIPELINES_EXIT_WITH_PARENT`` makes no sense.
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
            if self._told_to_stop:
                stop.set()
        try:
            loop.run_until_complete(self._serve(loop, stop))
        finally:
            with self._lock:
                self._loop = None
            loop.run_until_complete(loop.shutdown_asyncgens())
            loop.close()

    def shutdown(self) -> None:
        """Tell the server to stop, from any thread and at any time; returns at once."""
        with self._lock:
            self._told_to_stop = True
            if self._loop is not None and self._stop is not None:
                # The loop sleeps in a system call; this is the one call that is safe here and that wakes it.
                self._loop.call_soon_threadsafe(self._stop.set)

    async def _serve(self, loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
        applications = [AsgiGateway(gateway, event_loop=loop) for gateway, _ in self._registered]
        servers = [
            loop.create_task(serve(application, _configuration(listen), shutdown_trigger=stop.wait))
            for application, (_, listen) in zip(applications, self._registered, strict=True)
        ]
        stopping = loop.create_task(stop.wait())
        # A server that ends without being told to has failed to bind.
        await asyncio.wait([stopping, *servers], return_when=asyncio.FIRST_COMPLETED)
        stop.set()
        await asyncio.wait([stopping, *servers], timeout=GRACE_SECONDS)
        await _cancel_other_tasks()
        for application in applications:
            application.close()  # type: ignore[no-untyped-call]  # rolo leaves it without annotations
        for server in servers:
            with contextlib.suppress(asyncio.CancelledError):
                server.result()


def _configuration(listen: list[HostAndPort]) -> Config:
    configuration = Config()
    configuration.bind = [str(address) for address in listen]
    # The gateway tells AWS's services apart by headers whose case some clients check.
    configuration.h11_pass_raw_headers = True
    # Clients reuse a connection for a minute or so; a server that closes it first races with a new request.
    configuration.keep_alive_timeout = 90
    configuration.loglevel = "WARNING"
    setup_hypercorn_logger(configuration)
    return configuration


async def _cancel_other_tasks() -> None:
    """Cancel what is still running, connections above all, so that threads waiting for it are let go."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    if others:
        await asyncio.wait(others, timeout=GRACE_SECONDS)
