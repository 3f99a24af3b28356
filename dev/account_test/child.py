"""Runs a program to its end, even when this program is interrupted meanwhile."""

from __future__ import annotations

import signal
import subprocess
from typing import TYPE_CHECKING

from changegate_cli.processes import Session, end
from changegate_cli.signals import ignored

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

# Terraform finishes the operations that it has started, and writes them into its state.
END_SECONDS = 900


def run(command: Sequence[str], folder: Path) -> int:
    """Run ``command`` in ``folder`` and return its exit code.

    It runs in its own session: Ctrl-C reaches this program alone, which then interrupts the other one and waits for it.
    """
    process = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, start_new_session=True)
    try:
        return process.wait()
    except BaseException:
        with ignored():
            end([Session(process)], signal.SIGINT, END_SECONDS)
        raise
