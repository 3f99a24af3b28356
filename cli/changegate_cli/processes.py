"""Ends processes: the one way, for the command, the workshop and the tests.

Standard library only: ``dev/lanes.py`` runs without a virtual environment. What is known by its id alone is in
:mod:`changegate_cli.local.family`, which needs psutil.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Sequence

_POLL_SECONDS = 0.05


class Endable(Protocol):
    """A process together with everything it has started."""

    def ask(self, number: int) -> None:
        """Send the signal that asks the process to end; do nothing if it has ended."""

    def is_running(self) -> bool:
        """Return whether the process itself is running."""

    def kill(self) -> None:
        """Kill everything that is left, and wait until it is gone."""


@dataclass(frozen=True)
class Session:
    """A child process that was started with ``start_new_session=True``, and what it has started in its session.

    :ivar process: the child.
    :ivar ask_all: whether the signal that asks goes to the whole session, as Ctrl-C in a terminal does.
    """

    process: subprocess.Popen[Any]
    ask_all: bool = False

    def ask(self, number: int) -> None:
        """See :class:`Endable`."""
        if self.ask_all:
            self._signal_all(number)
        else:
            self.process.send_signal(number)

    def is_running(self) -> bool:
        """See :class:`Endable`."""
        return self.process.poll() is None

    def kill(self) -> None:
        """See :class:`Endable`; providers of Terraform ignore SIGINT and can outlive the child."""
        self._signal_all(signal.SIGKILL)
        self.process.wait()

    def _signal_all(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)


def end(processes: Sequence[Endable], number: int, seconds: float) -> None:
    """Ask all processes to end, give them time together, then kill what is left of each.

    :param number: the signal that asks.
    :param seconds: how long they may take.
    """
    for process in processes:
        process.ask(number)
    wait_until(lambda: not any(process.is_running() for process in processes), seconds)
    for process in processes:
        process.kill()


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    """Wait until ``condition`` holds; return whether it does."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() >= deadline:
            return False
        time.sleep(_POLL_SECONDS)
    return True
