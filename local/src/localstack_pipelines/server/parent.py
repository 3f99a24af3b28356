"""Stops the runtime when its parent process ends.

``LOCALSTACK_PIPELINES_EXIT_WITH_PARENT`` is ``1`` for the parent at the import of this module, or the process id of the
expected parent, which also covers a parent that ended before the import.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

LOG = logging.getLogger(__name__)

VARIABLE = "LOCALSTACK_PIPELINES_EXIT_WITH_PARENT"

POLL_SECONDS = 0.5

_PARENT_AT_IMPORT = os.getppid()


def expected_parent(environment: Mapping[str, str]) -> int | None:
    """Return the process id to watch, or ``None`` if the runtime may outlive its parent.

    :param environment: the runtime's environment variables.
    :raises ValueError: the variable is neither empty, ``0``, ``1`` nor a process id.
    """
    value = environment.get(VARIABLE, "").strip()
    if value in {"", "0"}:
        return None
    if not value.isdecimal():
        raise ValueError(f"{VARIABLE} must be 1 or the process id of the parent, not {value!r}.")
    return _PARENT_AT_IMPORT if value == "1" else int(value)


def watch_parent(parent: int, when_gone: Callable[[], object]) -> threading.Thread:
    """Call ``when_gone`` once, from a daemon thread, within half a second after ``parent`` has ended.

    An orphan gets another parent. Polling the parent's id is the only method that works on every POSIX system.
    """

    def poll() -> None:
        while os.getppid() == parent:
            time.sleep(POLL_SECONDS)
        LOG.warning("The parent process %d has ended; stopping.", parent)
        when_gone()

    thread = threading.Thread(target=poll, name="parent-watch", daemon=True)
    thread.start()
    return thread
