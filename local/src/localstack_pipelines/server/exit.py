"""Ends the process soon after the runtime has stopped, or some seconds after it began to stop.

Two things would delay the end: the interpreter waits for threads that never return, and its finalization takes
LocalStack's modules apart for seconds, to no use.
"""

from __future__ import annotations

import atexit
import logging
import os
import sys
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from localstack.runtime.runtime import LocalstackRuntime

LOG = logging.getLogger(__name__)

# From the request to stop to the end of the cleanup. Supervisors should wait longer before they kill the process.
STOP_TIMEOUT_SECONDS = 10.0

# From the end of the cleanup to the end of the process: the time that non-daemon threads have.
THREADS_TIMEOUT_SECONDS = 1.0


def end_process_after(
    runtime: LocalstackRuntime,
    *,
    stop_timeout_seconds: float = STOP_TIMEOUT_SECONDS,
    threads_timeout_seconds: float = THREADS_TIMEOUT_SECONDS,
    exit_process: Callable[[int], object] = os._exit,
) -> threading.Thread:
    """End the process after ``runtime`` has stopped, with its exit code, or with 1 if the stop takes too long.

    :param exit_process: ends the process at once.
    """

    def end(code: int) -> None:
        logging.shutdown()
        sys.stdout.flush()
        sys.stderr.flush()
        exit_process(code)

    def at_interpreter_exit() -> None:
        if runtime.stopped.is_set():
            # Set if an exception has ended the main thread; it has been printed by now.
            failed = getattr(sys, "last_exc", None) is not None
            end(1 if failed else runtime.exit_code)

    def watch() -> None:
        runtime.stopping.wait()
        stopped = runtime.stopped.wait(stop_timeout_seconds)
        if stopped:
            time.sleep(threads_timeout_seconds)
        else:
            LOG.warning("The runtime did not stop within %.0f s; ending the process.", stop_timeout_seconds)
        end(runtime.exit_code if stopped else 1)

    # Handlers run last in, first out: those registered later run before this one.
    atexit.register(at_interpreter_exit)
    thread = threading.Thread(target=watch, name="exit-watch", daemon=True)
    thread.start()
    return thread
