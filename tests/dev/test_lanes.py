"""Lanes of make targets: their output, and what a failure or an interruption ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import psutil
import pytest

from tests.support.checkout import ROOT

if TYPE_CHECKING:
    from pathlib import Path

MAKEFILE = """
one:
\t@echo from one
two:
\t@echo from two
waits:
\t@echo $$$$ >pid; touch started; sleep 60; touch never
waits-and-tidies:
\t@trap 'touch tidied; exit 130' INT; touch started; for i in 1 2 3 4 5 6 7 8 9; do sleep 5; done
leaves-something-behind:
\t@sleep 300 >/dev/null 2>&1 & echo $$! >left; touch started; exec sleep 60
waits-for-the-other:
\t@while [ ! -e started ]; do sleep 0.05; done
fails:
\t@while [ ! -e started ]; do sleep 0.05; done; echo alas; exit 3
after:
\t@touch after
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "Makefile").write_text(MAKEFILE)
    return tmp_path


def start(folder: Path, *lanes: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "dev.lanes", *lanes],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "MAKE": "make", "MAKEFLAGS": ""},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def wait_for(path: Path) -> None:
    deadline = time.monotonic() + 20
    while not path.exists():
        assert time.monotonic() < deadline, f"{path.name} does not come"
        time.sleep(0.05)


def wait_until_gone(pid: int) -> None:
    # A killed process stays in the table until its new parent reads its exit code.
    deadline = time.monotonic() + 20
    while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline, f"{pid} does not end"
        time.sleep(0.05)


def test_every_target_is_run_and_shown_in_one_piece(folder: Path) -> None:
    process = start(folder, "one two", "after")
    out, _ = process.communicate(timeout=30)
    assert process.returncode == 0
    assert (folder / "after").exists()
    blocks = [block.splitlines() for block in out.split("\n== ")[1:]]
    assert sorted(block[0].split()[0] for block in blocks) == ["after", "one", "two"]
    assert ["from one"] in [block[1:] for block in blocks]


def test_lanes_run_side_by_side(folder: Path) -> None:
    # The second lane waits for the first lane, which is still running.
    process = start(folder, "waits-and-tidies", "waits-for-the-other fails")
    process.communicate(timeout=30)
    assert process.returncode == 1


def test_a_failure_ends_what_runs_and_starts_nothing_more(folder: Path) -> None:
    process = start(folder, "waits after", "fails")
    out, err = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "alas" in out
    assert err.splitlines()[-1] == "changegate: make fails failed"
    assert not (folder / "after").exists()
    with pytest.raises(ProcessLookupError):
        os.kill(int((folder / "pid").read_text()), 0)


def test_what_takes_no_notice_of_an_interruption_is_ended_too(folder: Path) -> None:
    # A background process of the shell ignores SIGINT, as Terraform's providers do.
    process = start(folder, "leaves-something-behind", "fails")
    process.communicate(timeout=30)
    assert process.returncode == 1
    wait_until_gone(int((folder / "left").read_text()))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_lets_what_runs_tidy_up(folder: Path, number: signal.Signals) -> None:
    process = start(folder, "waits-and-tidies after")
    wait_for(folder / "started")
    process.send_signal(number)
    process.communicate(timeout=30)
    assert process.returncode == 130
    assert (folder / "tidied").exists()
    assert not (folder / "after").exists()
