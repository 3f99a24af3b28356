"""The one way to end processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from changegate_cli import processes
from changegate_cli.local.family import Family, is_running
from changegate_cli.processes import Session, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def started(tmp_path: Path) -> Iterator[list[subprocess.Popen[bytes]]]:
    """What a test has started; it is killed at the end."""
    found: list[subprocess.Popen[bytes]] = []
    yield found
    for process in found:
        Session(process).kill()


def start(started: list[subprocess.Popen[bytes]], script: str, folder: Path) -> subprocess.Popen[bytes]:
    """Start a shell script as the leader of a session, and wait until it has written its file ``ready``."""
    process = subprocess.Popen(["sh", "-c", script], cwd=folder, start_new_session=True)
    started.append(process)
    assert wait_until((folder / "ready").exists, 10)
    return process


def test_what_is_asked_ends_by_itself(started: list[subprocess.Popen[bytes]], tmp_path: Path) -> None:
    process = start(started, "trap 'touch tidied; exit 5' TERM; touch ready; sleep 60 & wait", tmp_path)
    processes.end([Session(process)], signal.SIGTERM, 10)
    assert process.returncode == 5
    assert (tmp_path / "tidied").exists()


def test_what_takes_no_notice_is_killed_with_all_it_has_started(
    started: list[subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    process = start(started, "trap '' TERM; sleep 60 & echo $! >child; touch ready; wait", tmp_path)
    processes.end([Session(process)], signal.SIGTERM, 0.2)
    assert process.returncode == -signal.SIGKILL
    assert wait_until(lambda: not is_running(int((tmp_path / "child").read_text())), 10)


def test_several_have_their_time_together(started: list[subprocess.Popen[bytes]], tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        (tmp_path / name).mkdir()
        start(started, "trap '' INT; touch ready; sleep 60", tmp_path / name)
    before = time.monotonic()
    processes.end([Session(process) for process in started], signal.SIGINT, 1)
    assert time.monotonic() - before < 2.5
    assert {process.returncode for process in started} == {-signal.SIGKILL}


def test_the_whole_session_is_asked_where_that_is_wanted(
    started: list[subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    # A shell waits for its child before it runs a trap: only a child that is asked too lets it end.
    process = start(started, "trap 'exit 5' TERM; touch ready; sleep 60", tmp_path)
    processes.end([Session(process, ask_all=True)], signal.SIGTERM, 10)
    assert process.returncode == 5


def test_ending_what_has_ended_is_harmless(started: list[subprocess.Popen[bytes]], tmp_path: Path) -> None:
    process = start(started, "touch ready", tmp_path)
    process.wait()
    processes.end([Session(process), Session(process, ask_all=True), Family(process.pid)], signal.SIGTERM, 1)
    assert process.returncode == 0


def test_a_family_ends_whatever_sessions_it_is_in(started: list[subprocess.Popen[bytes]], tmp_path: Path) -> None:
    program = (
        "import pathlib, subprocess, time\n"
        "child = subprocess.Popen(['sleep', '60'], start_new_session=True)\n"
        "pathlib.Path('child').write_text(str(child.pid)); pathlib.Path('ready').touch(); time.sleep(60)\n"
    )
    (tmp_path / "program.py").write_text(program)
    process = start(started, f"exec {sys.executable} program.py", tmp_path)
    child = int((tmp_path / "child").read_text())
    family = Family(process.pid)
    assert {member.pid for member in family.members} == {process.pid, child}
    processes.end([family], signal.SIGTERM, 10)
    assert family.remaining() == []
    assert not is_running(child)


def test_a_process_that_its_parent_has_not_asked_for_is_not_running(tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", ""])
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    assert psutil.Process(process.pid).status() == psutil.STATUS_ZOMBIE
    assert not is_running(process.pid)
    process.wait()
    assert not is_running(process.pid)


def test_both_modules_need_no_package() -> None:
    root = Path(processes.__file__).parents[1]
    code = "import changegate_cli.processes, changegate_cli.terraform, changegate_cli.signals"
    # -S: without site-packages.
    done = subprocess.run(
        [sys.executable, "-S", "-c", code], env={"PYTHONPATH": str(root)}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
