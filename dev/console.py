"""Shared by the commands of the workshop: their error, lines of progress, running a tool quietly.

Standard library only, for the bootstrap.
"""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

# Shows what a package installer or Terraform reports, without its progress lines.
SHOWN_LINES = 20


class CommandError(Exception):
    """The command cannot continue; the message is one sentence that says what to fix."""


def say(line: str) -> None:
    """Print one line of progress and flush it."""
    print(line, flush=True)


def complain(sentence: str) -> None:
    """Print why the command failed, after everything that it printed before."""
    sys.stdout.flush()
    sys.stderr.write(f"changegate: {sentence}\n")


def run(
    command: Sequence[str | Path], *, cwd: Path, environment: Mapping[str, str], otherwise: str
) -> subprocess.CompletedProcess[str]:
    """Run ``command`` and return it with its output.

    :param otherwise: the message of the error; the end of the command's output is printed before it.
    :raises CommandError: when the command cannot be started or fails.
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
        raise CommandError(f"{otherwise} ({error})") from error
    if done.returncode != 0:
        sys.stderr.write("".join(f"  {line}\n" for line in done.stdout.splitlines()[-SHOWN_LINES:]))
        raise CommandError(otherwise)
    return done


def main(command: Callable[[Sequence[str]], int | None]) -> None:
    """Run ``command`` with the arguments of the process, and exit.

    The exit code is the command's, 1 after an error and 130 after an interruption.
    """
    try:
        code = command(sys.argv[1:])
    except CommandError as error:
        complain(str(error))
        code = 1
    except KeyboardInterrupt:
        code = 130
    sys.exit(code)
