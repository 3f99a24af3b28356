"""One runtime process and its Runtime API: started once, initialized once, invoked many times, killed once."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

import psutil  # type: ignore[import-untyped]  # its stubs are a package of their own

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
    """The process has ended; the code is as ``subprocess`` gives it, negative for a signal."""

    returncode: int


@dataclass(frozen=True)
class TimedOut:
    """The deadline passed; the process has been killed."""


InitOutcome = Ready | InitError | Exited | TimedOut
InvokeOutcome = Succeeded | Failed | ResponseTooLarge | Exited | TimedOut


class Sandbox:
    """A running runtime.

    One thread at a time may call :meth:`wait_until_ready` and :meth:`invoke`; any may call :meth:`kill`.

    :param command: the runtime's command line.
    :param task_root: its working folder, the unpacked code.
    :param environment: all of its variables; ``AWS_LAMBDA_RUNTIME_API`` is added.
    :param output: the file that its standard output and error are appended to. A file rather than a pipe, as
        what was written before an answer is then certain to be there when the answer arrives.
    :param response_limit_bytes: see :class:`RuntimeApi`.
    :ivar started: when it was, as a time of ``time.monotonic()``.
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
        threading.Thread(target=self._watch, name="lambda-sandbox", daemon=True).start()

    @property
    def is_alive(self) -> bool:
        """Whether the process can still take an invocation."""
        return not self._exited.is_set()

    def memory_used_mb(self) -> int:
        """Return the resident memory of the process right now, in MB; 0 when it has ended."""
        try:
            return int(psutil.Process(self._process.pid).memory_info().rss) // BYTES_PER_MB
        except psutil.Error:
            return 0

    def wait_until_ready(self, deadline: float) -> InitOutcome:
        """Wait until the runtime has loaded the function and asks for its first event.

        :param deadline: a time of ``time.monotonic()``; the process is killed when it passes.
        """
        while True:
            report = self._next_report(deadline)
            if isinstance(report, Ready | InitError | Exited | TimedOut):
                return report

    def invoke(self, invocation: Invocation, deadline: float) -> InvokeOutcome:
        """Hand ``invocation`` to the runtime and wait for what becomes of it.

        An invocation is over when the runtime asks for its next event, or ends: one that answers and then ends
        must not be given another.

        :param deadline: a time of ``time.monotonic()``; the process is killed when it passes.
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
        """End the process and all it started; returns once it has ended. Harmless when it has already."""
        self._kill_group()
        self._exited.wait()

    def _next_report(self, deadline: float) -> RuntimeReport | Exited | TimedOut:
        try:
            return self._reports.get(timeout=max(0.0, deadline - time.monotonic()))
        except Empty:
            self.kill()
            return TimedOut()

    def _watch(self) -> None:
        # The process is left a zombie until its group is killed: its id cannot belong to anybody else till then.
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
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(self._process.pid, signal.SIGKILL)
