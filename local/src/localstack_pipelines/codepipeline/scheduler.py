"""Delayed function calls, on a thread that ends at once when the service stops."""

from __future__ import annotations

import heapq
import itertools
import logging
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

LOG = logging.getLogger(__name__)


class Scheduler:
    """Calls functions after a number of seconds. They must not block: they share one thread."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._entries: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._thread: threading.Thread | None = None
        self._closed = False

    def after(self, seconds: float, action: Callable[[], None]) -> None:
        """Call ``action`` once, ``seconds`` from now, but never after :meth:`close`."""
        with self._condition:
            if self._closed:
                return
            heapq.heappush(self._entries, (time.monotonic() + seconds, next(self._order), action))
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="codepipeline-scheduler", daemon=True)
                self._thread.start()
            self._condition.notify()

    def close(self) -> None:
        """Drop all pending calls and end the thread."""
        with self._condition:
            self._closed = True
            self._entries.clear()
            self._condition.notify()

    def _run(self) -> None:
        while (action := self._next()) is not None:
            try:
                action()
            except Exception:
                LOG.exception("A scheduled call of CodePipeline failed")

    def _next(self) -> Callable[[], None] | None:
        with self._condition:
            while not self._closed:
                if not self._entries:
                    self._condition.wait()
                    continue
                remaining = self._entries[0][0] - time.monotonic()
                if remaining <= 0:
                    return heapq.heappop(self._entries)[2]
                self._condition.wait(remaining)
            return None
