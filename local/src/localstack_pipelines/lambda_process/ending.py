"""How an invocation ends: from what the sandbox saw to what the caller and the log are told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, assert_never

from localstack_pipelines.lambda_process import messages
from localstack_pipelines.lambda_process.runtime_api import Failed, InitError, ResponseTooLarge, Succeeded
from localstack_pipelines.lambda_process.sandbox import Exited, TimedOut

if TYPE_CHECKING:
    from datetime import datetime

Outcome = Succeeded | Failed | ResponseTooLarge | InitError | Exited | TimedOut


@dataclass(frozen=True)
class Ending:
    """What becomes of an invocation.

    :ivar payload: what the caller receives, JSON.
    :ivar is_error: whether the caller sees ``FunctionError``.
    :ivar status: ``success``, ``error`` or ``timeout``, of the runtime: a function that raises has a healthy one.
    :ivar error_type: what the status ``error`` was about.
    :ivar log: lines of Lambda's own, to follow the function's.
    """

    payload: bytes
    is_error: bool = True
    status: str = "error"
    error_type: str | None = None
    log: str = ""


def ending_of(
    outcome: Outcome, request_id: str, timeout_seconds: float, now: datetime, response_limit_bytes: int
) -> Ending:
    """Return the ending that belongs to ``outcome``; ``now``, in UTC, goes into the line of a timeout."""
    match outcome:
        case Succeeded(payload=payload):
            return Ending(payload, is_error=False, status="success")
        case Failed(payload=payload):
            return Ending(payload, status="success")
        case InitError(payload=payload, error_type=error_type):
            return Ending(payload, error_type=error_type)
        case ResponseTooLarge():
            message = messages.too_large_message(response_limit_bytes)
            payload = messages.error_payload(messages.RESPONSE_TOO_LARGE, message)
            return Ending(payload, error_type=messages.RESPONSE_TOO_LARGE)
        case Exited(returncode=returncode):
            message = messages.exit_message(returncode)
            return Ending(
                messages.error_payload(messages.EXIT_ERROR, f"RequestId: {request_id} Error: {message}"),
                error_type=messages.EXIT_ERROR,
                log=messages.exit_lines(request_id, message),
            )
        case TimedOut():
            message = messages.timeout_message(timeout_seconds)
            return Ending(
                messages.error_payload(messages.TIMED_OUT, f"RequestId: {request_id} Error: {message}"),
                status="timeout",
                error_type=messages.TIMED_OUT,
                log=messages.timeout_line(request_id, now, timeout_seconds),
            )
        case _:
            assert_never(outcome)
