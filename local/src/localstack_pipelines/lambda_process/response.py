"""Lambda's response to an invocation, derived from the result of the runtime."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, assert_never

from localstack_pipelines.lambda_process import messages
from localstack_pipelines.lambda_process.runtime_api import Failed, InitError, ResponseTooLarge, Succeeded
from localstack_pipelines.lambda_process.runtime_process import Exited, TimedOut

if TYPE_CHECKING:
    from datetime import datetime

RuntimeResult = Succeeded | Failed | ResponseTooLarge | InitError | Exited | TimedOut


@dataclass(frozen=True)
class Response:
    """What the caller and the log receive.

    :ivar payload: what the caller receives, JSON.
    :ivar is_error: whether the caller receives ``FunctionError``.
    :ivar status: ``success``, ``error`` or ``timeout`` of the runtime; ``success`` for a function that raises.
    :ivar error_type: the error of the status ``error``.
    :ivar log: Lambda's lines after the function's.
    """

    payload: bytes
    is_error: bool = True
    status: str = "error"
    error_type: str | None = None
    log: str = ""


def response_to(
    result: RuntimeResult, request_id: str, timeout_seconds: float, now: datetime, response_limit_bytes: int
) -> Response:
    """Return the response for ``result``; ``now``, in UTC, is the timestamp of a timeout."""
    match result:
        case Succeeded(payload=payload):
            return Response(payload, is_error=False, status="success")
        case Failed(payload=payload):
            return Response(payload, status="success")
        case InitError(payload=payload, error_type=error_type):
            return Response(payload, error_type=error_type)
        case ResponseTooLarge():
            message = messages.too_large_message(response_limit_bytes)
            payload = messages.error_payload(messages.RESPONSE_TOO_LARGE, message)
            return Response(payload, error_type=messages.RESPONSE_TOO_LARGE)
        case Exited(returncode=returncode):
            message = messages.exit_message(returncode)
            return Response(
                messages.error_payload(messages.EXIT_ERROR, f"RequestId: {request_id} Error: {message}"),
                error_type=messages.EXIT_ERROR,
                log=messages.exit_lines(request_id, message),
            )
        case TimedOut():
            message = messages.timeout_message(timeout_seconds)
            return Response(
                messages.error_payload(messages.TIMED_OUT, f"RequestId: {request_id} Error: {message}"),
                status="timeout",
                error_type=messages.TIMED_OUT,
                log=messages.timeout_line(request_id, now, timeout_seconds),
            )
        case _:
            assert_never(result)
