"""A stop that hangs ends the process all the same."""

from __future__ import annotations

import subprocess
import sys

import pytest

HANGING = """
import sys, threading, time
from types import SimpleNamespace
from localstack_pipelines.server.exit import end_process_after
runtime = SimpleNamespace(stopping=threading.Event(), stopped=threading.Event(), exit_code=3)
end_process_after(runtime, stop_timeout_seconds=0.5, threads_timeout_seconds=0.5)
threading.Thread(target=time.sleep, args=(60,)).start()
runtime.stopping.set()
{then}
"""


@pytest.mark.parametrize(
    ("then", "code"),
    [
        ("time.sleep(60)", 1),  # cleaning up never ends
        ("runtime.stopped.set(); sys.exit(3)", 3),  # a thread never ends
    ],
)
def test_a_stop_that_hangs_is_ended(then: str, code: int) -> None:
    result = subprocess.run([sys.executable, "-c", HANGING.format(then=then)], check=False, timeout=30)
    assert result.returncode == code
