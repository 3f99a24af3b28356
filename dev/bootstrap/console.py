"""What every command of the bootstrap shares: its error, its lines of progress, running a tool quietly."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

# Enough to show what a package installer or Terraform complains about, without its progress lines.
SHOWN_LINES = 20


class BootstrapError(Exception):
    """Something is missing or refused; the message is one sentence that says what to mend."""


def say(line: str) -> None:
    """Print one line of progress at once."""
    print(line, flush=True)


def run(
    command: Sequence[str | Path], *, cwd: Path, environment: Mapping[str, str], otherwise: str
) -> subprocess.CompletedProcess[str]:
    """Run ``command`` and return it with its output.

    :param otherwise: the sentence to raise when it cannot be started or fails; what the command wrote precedes it.
    :raises BootstrapError: with ``otherwise``.
    """
    try:
        done = subprocess.run(
            [str(part) for part in command],
            cwd=cwd,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
    except OSError as error:
        raise BootstrapError(f"{otherwise} ({error})") from error
    if done.returncode != 0:
        sys.stderr.write("".join(f"  {line}\n" for line in done.stdout.splitlines()[-SHOWN_LINES:]))
        raise BootstrapError(otherwise)
    return done


def main(command: Callable[[Sequence[str]], None]) -> None:
    """Run ``command`` with the arguments of the process and exit with 1 and one sentence where it fails."""
    try:
        command(sys.argv[1:])
    except BootstrapError as error:
        sys.stderr.write(f"changegate: {error}\n")
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
