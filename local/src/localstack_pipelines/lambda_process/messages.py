"""The error payloads and log lines that Lambda adds to those of a function.

Sources: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html (payloads),
https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html (INIT_REPORT),
https://docs.aws.amazon.com/lambda/latest/dg/python-logging.html (START, END, REPORT).
"""

from __future__ import annotations

import json
import math
import signal
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

TIMED_OUT = "Sandbox.Timedout"
EXIT_ERROR = "Runtime.ExitError"
RESPONSE_TOO_LARGE = "Function.ResponseSizeTooLarge"


def error_payload(error_type: str, message: str) -> bytes:
    """Return the JSON that a caller receives for an error that the runtime could not report."""
    return json.dumps({"errorType": error_type, "errorMessage": message}, separators=(",", ":")).encode()


def timeout_message(timeout_seconds: float) -> str:
    """Return Lambda's message for a timeout."""
    return f"Task timed out after {timeout_seconds:.2f} seconds"


def exit_message(returncode: int) -> str:
    """Return Lambda's message for a runtime that ended.

    :param returncode: that of ``subprocess``: negative for a signal.
    """
    if returncode == 0:
        return "Runtime exited without providing a reason"
    if returncode < 0:
        name = signal.strsignal(-returncode) or f"signal {-returncode}"
        return f"Runtime exited with error: signal: {name.lower()}"
    return f"Runtime exited with error: exit status {returncode}"


def too_large_message(limit_bytes: int) -> str:
    """Return Lambda's message for a response above its payload limit."""
    return f"Response payload size exceeded maximum allowed payload size ({limit_bytes} bytes)."


def start_line(request_id: str, version: str) -> str:
    """Return the first line of an invocation."""
    return f"START RequestId: {request_id} Version: {version}\n"


def end_line(request_id: str) -> str:
    """Return the line after the function's last one."""
    return f"END RequestId: {request_id}\n"


def timeout_line(request_id: str, now: datetime, timeout_seconds: float) -> str:
    """Return the line of a timeout; ``now`` is in UTC."""
    stamp = f"{now:%Y-%m-%dT%H:%M:%S}.{now.microsecond // 1000:03d}Z"
    return f"{stamp} {request_id} {timeout_message(timeout_seconds)}\n\n"


def exit_lines(request_id: str, message: str) -> str:
    """Return the lines for a runtime that ended during an invocation."""
    return f"RequestId: {request_id} Error: {message}\n{EXIT_ERROR}\n"


def init_report_line(seconds: float, phase: str, status: str, error_type: str | None) -> str:
    """Return the line of a failed Init phase, in the ``init`` phase or, for a suppressed init, the ``invoke`` phase."""
    error = f"\tError Type: {error_type}" if error_type and status == "error" else ""
    return f"INIT_REPORT Init Duration: {seconds * 1000:.2f} ms\tPhase: {phase}\tStatus: {status}{error}\n"


@dataclass(frozen=True)
class Report:
    """The content of the REPORT line of one invocation: times in seconds, sizes in MB."""

    request_id: str
    duration: float
    memory_size: int
    memory_used: int
    init_duration: float | None = None
    status: str = "success"
    error_type: str | None = None

    def line(self) -> str:
        """Return the REPORT line; only failures that the runtime did not report have a status."""
        billed = math.ceil((self.duration + (self.init_duration or 0)) * 1000)
        fields = [
            f"REPORT RequestId: {self.request_id}",
            f"Duration: {self.duration * 1000:.2f} ms",
            f"Billed Duration: {billed} ms",
            f"Memory Size: {self.memory_size} MB",
            f"Max Memory Used: {self.memory_used} MB",
        ]
        if self.init_duration is not None:
            fields.append(f"Init Duration: {self.init_duration * 1000:.2f} ms")
        if self.status != "success":
            fields.append(f"Status: {self.status}")
        if self.error_type is not None and self.status == "error":
            fields.append(f"Error Type: {self.error_type}")
        return "\t".join(fields) + "\t\n"
