"""Waits for conditions and for processes that are not children of the tests."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from collections.abc import Callable


def wait_until(condition: Callable[[], bool], timeout_seconds: float = 20) -> bool:
    """Poll ``condition`` until it is true or the time is up; return its last value."""
    deadline = time.monotonic() + timeout_seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return condition()


def is_running(pid: int) -> bool:
    """Return whether a process runs; a zombie does not."""
    try:
        return bool(psutil.Process(pid).status() not in {psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD})
    except psutil.NoSuchProcess:
        return False


def has_ended(pid: int, timeout_seconds: float = 20) -> bool:
    """Wait for the end of a process; return whether it has ended in time."""
    return wait_until(lambda: not is_running(pid), timeout_seconds)
