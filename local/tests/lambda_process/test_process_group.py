"""The helper process that kills process groups."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from localstack_pipelines.lambda_process import process_group


def test_the_reaper_kills_what_is_left_at_the_end_of_its_input() -> None:
    left, forgotten = (subprocess.Popen(["sleep", "60"], start_new_session=True) for _ in range(2))
    try:
        subprocess.run(
            [sys.executable, "-I", "-S", process_group.__file__],
            input=f"+{left.pid}\n+{forgotten.pid}\n-{forgotten.pid}\n",
            text=True,
            check=True,
            timeout=30,
        )
        assert left.wait(timeout=10) == -signal.SIGKILL
        assert forgotten.poll() is None
    finally:
        for process in (left, forgotten):
            process.kill()
            process.wait()


def test_the_reaper_does_not_mind_groups_that_are_gone() -> None:
    gone = subprocess.Popen(["true"], start_new_session=True)
    gone.wait()
    assert not Path(f"/proc/{gone.pid}").exists()
    subprocess.run(
        [sys.executable, "-I", "-S", process_group.__file__],
        input=f"+{gone.pid}\n",
        text=True,
        check=True,
        timeout=30,
        env=dict(os.environ),
    )
