"""Sees to it that no function's process outlives LocalStack, even when LocalStack is killed.

A function's process group is its own, so that a timeout can kill it whole. The price is that a SIGKILL to
LocalStack does not reach it; a helper process that notices the end of its input does (see ``reaper_main``).
"""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
from functools import lru_cache
from pathlib import Path

LOG = logging.getLogger(__name__)


class Reaper:
    """The helper process, started on first use; it ends when this process does."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None

    def watch(self, group: int) -> None:
        """Have process group ``group`` killed when this process ends."""
        self._send(f"+{group}\n")

    def forget(self, group: int) -> None:
        """Take back :meth:`watch`: the group has ended."""
        self._send(f"-{group}\n")

    def _send(self, line: str) -> None:
        with self._lock:
            if self._process is None:
                self._process = _start()
            stdin = self._process.stdin
            try:
                if stdin is not None:
                    stdin.write(line)
                    stdin.flush()
            except OSError as error:
                LOG.warning("Functions may outlive LocalStack: the process that would end them: %s", error)


@lru_cache(maxsize=1)
def shared_reaper() -> Reaper:
    """Return the one reaper of this process."""
    return Reaper()


def _start() -> subprocess.Popen[str]:
    # A session of its own, so that what ends LocalStack does not end it first. -I and -S make it start fast.
    return subprocess.Popen(
        [sys.executable, "-I", "-S", str(Path(__file__).with_name("reaper_main.py"))],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={},
        cwd="/",
        text=True,
        start_new_session=True,
    )
