"""One runtime process and its Runtime API: started, initialized and killed once, invoked many times."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

import psutil  # type: ignore[import-untyped]  # its stubs are a separate package

from localstack_pipelines.lambda_process.process_group import kill_group
from localstack_pipelines.lambda_process.reaper import shared_reaper
from localstack_pipelines.lambda_process.runtime_api import (
    Failed,
    InitError,
    Invocation,
    Ready,
    ResponseTooLarge,
    RuntimeApi,
    RuntimeReport,
    Succeeded,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

BYTES_PER_MB = 1024 * 1024


@dataclass(frozen=True)
class Exited:
    """The process has ended; ``returncode`` is that of ``subprocess``, negative for a signal."""

    returncode: int


@dataclass(frozen=True)
class TimedOut:
    """The deadline passed, and the process was killed."""


InitResult = Ready | InitError | Exited | TimedOut
InvokeResult = Succeeded | Failed | ResponseTooLarge | Exited | TimedOut


class RuntimeProcess:
    """A running runtime.

    One thread at a time can call :meth:`wait_until_ready` and :meth:`invoke`; any thread can call :meth:`kill`.

    :param command: the runtime's command line.
    :param task_root: its working directory, the unpacked code.
    :param environment: all of its variables except ``AWS_LAMBDA_RUNTIME_API``.
    :param output: the file that receives its standard output and error. Unlike a pipe, a file is certain to have the
        output that precedes an answer by the time the answer arrives.
    :param response_limit_bytes: see :class:`RuntimeApi`.
    :ivar started: the start, as a time of ``time.monotonic()``.
    """

    def __init__(
        self,
        command: Sequence[str],
        task_root: Path,
        environment: Mapping[str, str],
        output: Path,
        response_limit_bytes: int,
    ) -> None:
        self.started = time.monotonic()
        self._reports: SimpleQueue[RuntimeReport | Exited] = SimpleQueue()
        self._lock = threading.Lock()
        self._reaped = False
        self._exited = threading.Event()
        self._api = RuntimeApi(self._reports.put, response_limit_bytes)
        try:
            with output.open("ab") as stream:
                self._process = subprocess.Popen(
                    command,
                    cwd=task_root,
                    env={**environment, "AWS_LAMBDA_RUNTIME_API": self._api.address},
                    stdin=subprocess.DEVNULL,
                    stdout=stream,
                    stderr=stream,
                    start_new_session=True,
                )
        except BaseException:
            self._api.close()
            raise
        shared_reaper().watch(self._process.pid)
        threading.Thread(target=self._watch, name="lambda-runtime", daemon=True).start()

    @property
    def is_alive(self) -> bool:
        """Whether the process can take another invocation."""
        return not self._exited.is_set()

    def memory_used_mb(self) -> int:
        """Return the current resident memory of the process in MB; 0 if it has ended."""
        try:
            return int(psutil.Process(self._process.pid).memory_info().rss) // BYTES_PER_MB
        except psutil.Error:
            return 0

    def wait_until_ready(self, deadline: float) -> InitResult:
        """Wait until the runtime has loaded the function and requests its first event.

        :param deadline: a time of ``time.monotonic()``, at which the process is killed.
        """
        while True:
            report = self._next_report(deadline)
            if isinstance(report, Ready | InitError | Exited | TimedOut):
                return report

    def invoke(self, invocation: Invocation, deadline: float) -> InvokeResult:
        """Pass ``invocation`` to the runtime and return its result.

        An invocation is over when the runtime requests its next event or ends: a runtime that answers and then ends
        must not receive another.

        :param deadline: a time of ``time.monotonic()``, at which the process is killed.
        """
        self._api.offer(invocation)
        answer: Succeeded | Failed | ResponseTooLarge | None = None
        while True:
            report = self._next_report(deadline)
            if isinstance(report, Exited | TimedOut):
                return answer or report
            if isinstance(report, Succeeded | Failed | ResponseTooLarge):
                answer = report
            elif answer is not None:
                return answer

    def kill(self) -> None:
        """Kill the process and all processes it started, and wait for its end; do nothing if it has already ended."""
        self._kill_group()
        self._exited.wait()

    def _next_report(self, deadline: float) -> RuntimeReport | Exited | TimedOut:
        try:
            return self._reports.get(timeout=max(0.0, deadline - time.monotonic()))
        except Empty:
            self.kill()
            return TimedOut()

    def _watch(self) -> None:
        # WNOWAIT keeps the process a zombie until its group is killed, so that its id is not reused before.
        os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOWAIT)
        self._kill_group()
        with self._lock:
            returncode = self._process.wait()
            self._reaped = True
        shared_reaper().forget(self._process.pid)
        self._api.close()
        self._reports.put(Exited(returncode))
        self._exited.set()

    def _kill_group(self) -> None:
        with self._lock:
            if not self._reaped:
                kill_group(self._process.pid)
