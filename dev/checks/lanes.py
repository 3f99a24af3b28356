"""Runs make targets in lanes side by side: ``python -m dev.checks.lanes "a b" "c d"``.

Most tests wait for something, so lanes take much less time than one target after the other. Within a lane the targets
run one after the other. The output of a target appears in one piece when the target has ended. The first failure ends
all lanes.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

from changegate_cli.processes import Session, end

if TYPE_CHECKING:
    from collections.abc import Sequence

# A target that is interrupted stops what it has started; a local AWS takes some seconds for that.
END_TIMEOUT_SECONDS = 60


class Lanes:
    """The lanes of one run, and what is running in them."""

    def __init__(self, make: str) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._running: set[subprocess.Popen[str]] = set()
        self._ended = threading.Event()
        self.failed: list[str] = []

    def run(self, lanes: Sequence[str]) -> None:
        """Run every lane to its end, or to the first failure in any."""
        threads = [threading.Thread(target=self._lane, args=(lane.split(),)) for lane in lanes]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def end(self) -> None:
        """Start nothing more, and end everything that is running."""
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
                    # Its own session, so that ending it reaches what it has started.
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


def main(lanes: Sequence[str]) -> int:
    """Run the lanes and return the exit code: 0, 1 for a failure, 130 when interrupted."""
    running = Lanes(os.environ.get("MAKE", "make"))
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        running.run(lanes)
    except KeyboardInterrupt:
        running.end()
        return 130
    if running.failed:
        print(f"\nchangegate: make {running.failed[0]} failed", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
