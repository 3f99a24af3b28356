"""The process of a runtime."""

from __future__ import annotations

import sys
import threading
import time
from typing import TYPE_CHECKING

import pytest
from waiting import has_ended, wait_until

from localstack_pipelines.lambda_process.runtime_process import Exited, RuntimeProcess, TimedOut

if TYPE_CHECKING:
    from pathlib import Path


def runtime(tmp_path: Path, source: str) -> RuntimeProcess:
    return RuntimeProcess([sys.executable, "-c", source], tmp_path, {}, tmp_path / "log", 100)


def test_a_process_that_ends_is_reported_with_its_status(tmp_path: Path) -> None:
    ended = runtime(tmp_path, "import sys; print('bye'); sys.exit(3)")
    assert ended.wait_until_ready(time.monotonic() + 20) == Exited(3)
    ended.kill()
    assert not ended.is_alive
    assert (tmp_path / "log").read_text() == "bye\n"


def test_a_process_that_never_asks_for_an_event_times_out(tmp_path: Path) -> None:
    stuck = runtime(tmp_path, "import time; time.sleep(60)")
    assert stuck.wait_until_ready(time.monotonic() + 0.2) == TimedOut()
    assert not stuck.is_alive


def test_what_a_process_started_ends_with_it(tmp_path: Path) -> None:
    child = "import subprocess, sys; print(subprocess.Popen(['sleep', '60']).pid, flush=True)"
    ended = runtime(tmp_path, child)
    assert ended.wait_until_ready(time.monotonic() + 20) == Exited(0)
    pid = int((tmp_path / "log").read_text())
    assert has_ended(pid)


def test_a_command_that_does_not_exist_raises_and_leaves_no_server(tmp_path: Path) -> None:
    before = threading.active_count()
    with pytest.raises(FileNotFoundError):
        RuntimeProcess([str(tmp_path / "nothing")], tmp_path, {}, tmp_path / "log", 100)
    assert wait_until(lambda: threading.active_count() <= before)
