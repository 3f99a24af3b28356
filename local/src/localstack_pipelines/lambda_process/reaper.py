"""Kills the processes of functions when LocalStack ends, even if LocalStack is killed.

The process of a function leads its own process group, so that a timeout can kill all of its processes. A SIGKILL of
LocalStack does not reach that group. A helper process does: it notices the end of its input (see ``process_group``).
"""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
from functools import lru_cache

from localstack_pipelines.lambda_process import process_group

LOG = logging.getLogger(__name__)


class Reaper:
    """The helper process, started on first use; it ends with this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None

    def watch(self, group: int) -> None:
        """Kill process group ``group`` when this process ends."""
        self._send(f"+{group}\n")

    def forget(self, group: int) -> None:
        """Undo :meth:`watch`, because the group has ended."""
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
                LOG.warning("Functions may outlive LocalStack, because the process that ends them failed: %s", error)


@lru_cache(maxsize=1)
def shared_reaper() -> Reaper:
    """Return the reaper of this process."""
    return Reaper()


def _start() -> subprocess.Popen[str]:
    # In its own session, so that a signal to LocalStack's does not end it first. -I and -S make it start fast.
    return subprocess.Popen(
        [sys.executable, "-I", "-S", process_group.__file__],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={},
        cwd="/",
        text=True,
        start_new_session=True,
    )
