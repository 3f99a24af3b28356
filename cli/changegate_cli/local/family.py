"""Processes that are known by their ids, and their descendants."""

from __future__ import annotations

import contextlib
import os

import psutil

from changegate_cli.processes import wait_until

KILL_TIMEOUT_SECONDS = 15


class Family:
    """A process and its descendants in any session (an :class:`~changegate_cli.processes.Endable`).

    :ivar members: every process seen so far. A descendant is known only while its ancestors live.
    """

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.members: set[psutil.Process] = set()
        self.look()

    def look(self) -> None:
        """Add the processes that are there now."""
        with contextlib.suppress(psutil.NoSuchProcess):
            process = psutil.Process(self.pid)
            self.members.update((process, *process.children(recursive=True)))

    def ask(self, number: int) -> None:
        """See :class:`~changegate_cli.processes.Endable`."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def is_running(self) -> bool:
        """See :class:`~changegate_cli.processes.Endable`."""
        return is_running(self.pid)

    def kill(self) -> None:
        """See :class:`~changegate_cli.processes.Endable`."""
        self.look()
        for process in self.members:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        wait_until(lambda: not self.remaining(), KILL_TIMEOUT_SECONDS)

    def remaining(self) -> list[psutil.Process]:
        """Return the members that are running."""
        return [process for process in list(self.members) if _runs(process)]


def is_running(pid: int) -> bool:
    """Return whether a process with this id is running."""
    try:
        return _runs(psutil.Process(pid))
    except psutil.NoSuchProcess:
        return False


def _runs(process: psutil.Process) -> bool:
    try:
        # A process that has ended stays in the table until its parent asks; one that adopted it may never ask.
        return process.is_running() and bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
