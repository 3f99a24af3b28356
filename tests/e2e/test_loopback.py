"""Nothing listens on anything but 127.0.0.1 while all of it runs."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from collections.abc import Iterator

    from changegate_cli.local.installation import Installation
    from tests.e2e.conftest import Pusher


def listeners(pid: int) -> Iterator[tuple[int, str, int]]:
    """Yield process id, address and port of every listening socket of a process and its descendants."""
    process = psutil.Process(pid)
    for member in [process, *process.children(recursive=True)]:
        with contextlib.suppress(psutil.NoSuchProcess):
            for connection in member.net_connections(kind="inet"):
                waits = connection.status == psutil.CONN_LISTEN or connection.type == socket.SOCK_DGRAM
                # A missing address is an empty tuple.
                if waits and list(connection.laddr) and not list(connection.raddr):
                    yield member.pid, connection.laddr.ip, connection.laddr.port


def test_only_loopback_is_listened_on(run: Installation, pusher: Pusher) -> None:
    seen: set[tuple[int, str, int]] = set(listeners(run.aws.pid))
    processes: set[int] = set()
    done = threading.Event()

    def look() -> None:
        while not done.wait(0.1):
            seen.update(listeners(run.aws.pid))
            processes.update(child.pid for child in psutil.Process(run.aws.pid).children(recursive=True))

    looking = threading.Thread(target=look)
    looking.start()
    try:
        pusher.push("look who listens")
    finally:
        done.set()
        looking.join()
    assert processes, "no function has run"
    assert (run.aws.pid, "127.0.0.1", run.aws.port) in seen
    assert {address for _, address, _ in seen} == {"127.0.0.1"}


def test_a_socket_on_all_addresses_would_be_seen() -> None:
    with socket.socket() as everywhere:
        everywhere.bind(("0.0.0.0", 0))  # noqa: S104  # the test is about this
        everywhere.listen()
        port = everywhere.getsockname()[1]
        assert (psutil.Process().pid, "0.0.0.0", port) in set(listeners(psutil.Process().pid))  # noqa: S104
