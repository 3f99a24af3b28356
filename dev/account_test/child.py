"""Runs a program to its end, whatever happens to this one meanwhile."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from typing import TYPE_CHECKING

from changegate_cli.local.signals import ignored

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

# Terraform finishes what it has begun, and writes it into its state.
END_SECONDS = 900


def run(command: Sequence[str], folder: Path) -> int:
    """Run ``command`` in ``folder`` and return its exit code.

    It is in a session of its own: Ctrl-C reaches this program alone, which then tells the other to end, and waits.
    """
    process = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, start_new_session=True)
    try:
        return process.wait()
    except BaseException:
        with ignored():
            process.send_signal(signal.SIGINT)
            try:
                process.wait(END_SECONDS)
            except subprocess.TimeoutExpired:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        raise
