"""Runs make targets in parallel lanes: ``python -m dev.lanes "a b" "c d"``.

The targets of a lane run one after the other. The output of a target is shown when the target ends. The first failure
ends every lane.
"""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from typing import TYPE_CHECKING

from changegate_cli.processes import Session, end
from dev.console import CommandError, main

if TYPE_CHECKING:
    from collections.abc import Sequence

# A target that is interrupted stops what it started; a local AWS takes some seconds for that.
END_TIMEOUT_SECONDS = 60


class Lanes:
    """The lanes of one run, and the processes that are running in them."""

    def __init__(self, make: str) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._running: set[subprocess.Popen[str]] = set()
        self._ended = threading.Event()
        self.failed: list[str] = []

    def run(self, lanes: Sequence[str]) -> None:
        """Run every lane until its end, or until a target of any lane fails."""
        threads = [threading.Thread(target=self._lane, args=(lane.split(),)) for lane in lanes]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def end(self) -> None:
        """End the running targets with everything they started, and start no other."""
        with self._lock:
            self._ended.set()
            running = list(self._running)
        end([Session(process, ask_all=True) for process in running], signal.SIGINT, END_TIMEOUT_SECONDS)

    def _lane(self, targets: list[str]) -> None:
        for target in targets:
            started = time.monotonic()
            with self._lock:
                if self._ended.is_set():
                    return
                process = subprocess.Popen(
                    [self._make, "--no-print-directory", target],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    text=True,
                    errors="replace",
                    # Its own process group, so that a signal reaches everything it started.
                    start_new_session=True,
                )
                self._running.add(process)
            output, _ = process.communicate()
            with self._lock:
                self._running.discard(process)
                if self._ended.is_set():
                    return
                print(f"\n== {target} ({time.monotonic() - started:.0f} s)\n{output}", end="", flush=True)
            if process.returncode != 0:
                self.failed.append(target)
                self.end()
                return


def command(lanes: Sequence[str]) -> None:
    """Run the lanes.

    :raises CommandError: naming the target that failed.
    :raises KeyboardInterrupt: after the running targets have ended.
    """
    running = Lanes(os.environ.get("MAKE", "make"))
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        running.run(lanes)
    except KeyboardInterrupt:
        running.end()
        raise
    if running.failed:
        print(flush=True)
        raise CommandError(f"make {running.failed[0]} failed")


if __name__ == "__main__":
    main(command)
