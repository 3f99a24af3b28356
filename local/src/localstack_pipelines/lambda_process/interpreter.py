"""The Python interpreter of the functions; a separate one, so that they do not see LocalStack's packages."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

VARIABLE = "LOCALSTACK_PIPELINES_LAMBDA_PYTHON"

PROBE_TIMEOUT_SECONDS = 30

_PROBE = "import sys, awslambdaric; print('python%d.%d' % sys.version_info[:2])"


class InterpreterError(Exception):
    """The interpreter is not configured, does not exist or lacks the runtime interface client."""


@dataclass(frozen=True)
class Interpreter:
    """A Python with ``awslambdaric`` installed.

    :ivar executable: its path with symbolic links kept, because they lead to the virtual environment.
    :ivar runtime: the Lambda runtime identifier of its version, such as ``python3.13``.
    """

    executable: Path
    runtime: str


def find_interpreter() -> Interpreter:
    """Return the interpreter that ``LOCALSTACK_PIPELINES_LAMBDA_PYTHON`` names.

    :raises InterpreterError: it cannot run functions; the message says what to fix.
    """
    value = os.environ.get(VARIABLE, "")
    if not value:
        raise InterpreterError(f"{VARIABLE} must name a Python interpreter that has awslambdaric installed.")
    return _probe(value)


@lru_cache
def _probe(value: str) -> Interpreter:
    executable = Path(value).absolute()
    try:
        probe = subprocess.run(
            [str(executable), "-c", _PROBE],
            env={"PATH": os.defpath},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PROBE_TIMEOUT_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise InterpreterError(f"{VARIABLE} names {executable}, which does not run: {error}") from error
    if probe.returncode != 0:
        reason = (probe.stderr.strip().splitlines() or ["it gave no reason"])[-1]
        raise InterpreterError(f"{VARIABLE} names {executable}, which cannot run functions: {reason}")
    return Interpreter(executable, probe.stdout.strip())
