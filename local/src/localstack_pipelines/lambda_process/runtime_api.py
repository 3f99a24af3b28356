"""The Lambda Runtime API, served to one runtime process on its own loopback port.

Source: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html. A port per process isolates the
environments: a function can neither receive nor answer the events of another.
"""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass
from queue import SimpleQueue
from typing import TYPE_CHECKING

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

if TYPE_CHECKING:
    from collections.abc import Callable

PREFIX = "/2018-06-01/runtime"

ERROR_TYPE_HEADER = "Lambda-Runtime-Function-Error-Type"

UNHANDLED = "Unhandled"


@dataclass(frozen=True)
class Invocation:
    """One event for the runtime.

    :ivar deadline_ms: when the function times out, in milliseconds since the epoch.
    """

    request_id: str
    invoked_function_arn: str
    trace_id: str
    deadline_ms: int
    payload: bytes


@dataclass(frozen=True)
class Ready:
    """The runtime requested its next event."""


@dataclass(frozen=True)
class InitError:
    """The runtime could not load the function and will end."""

    payload: bytes
    error_type: str


@dataclass(frozen=True)
class Succeeded:
    """The function returned."""

    request_id: str
    payload: bytes


@dataclass(frozen=True)
class Failed:
    """The function raised."""

    request_id: str
    payload: bytes
    error_type: str


@dataclass(frozen=True)
class ResponseTooLarge:
    """The function returned more than Lambda's payload limit."""

    request_id: str


RuntimeReport = Ready | InitError | Succeeded | Failed | ResponseTooLarge

_URLS = Map(
    [
        Rule(f"{PREFIX}/invocation/next", methods=["GET"], endpoint="next"),
        Rule(f"{PREFIX}/invocation/<request_id>/response", methods=["POST"], endpoint="response"),
        Rule(f"{PREFIX}/invocation/<request_id>/error", methods=["POST"], endpoint="error"),
        Rule(f"{PREFIX}/init/error", methods=["POST"], endpoint="init_error"),
    ]
)


class _QuietHandler(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Log nothing: the requests of a runtime do not belong in LocalStack's log."""


class RuntimeApi:
    """Passes events to one runtime and reports its answers.

    :param report: called from the server's threads with each report of the runtime.
    :param response_limit_bytes: a larger response is refused with 413 and reported as too large.
    """

    def __init__(self, report: Callable[[RuntimeReport], object], response_limit_bytes: int) -> None:
        self._report = report
        self._response_limit_bytes = response_limit_bytes
        self._events: SimpleQueue[Invocation | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._current: str | None = None
        self._server = make_server(
            "127.0.0.1", 0, Request.application(self._answer), threaded=True, request_handler=_QuietHandler
        )
        threading.Thread(target=self._server.serve_forever, name="lambda-runtime-api", daemon=True).start()

    @property
    def address(self) -> str:
        """The value of ``AWS_LAMBDA_RUNTIME_API``: host and port."""
        return f"127.0.0.1:{self._server.server_port}"

    def offer(self, invocation: Invocation) -> None:
        """Pass ``invocation`` to the runtime when it requests its next event."""
        self._events.put(invocation)

    def close(self) -> None:
        """Answer a waiting runtime and stop serving; returns at once."""
        self._events.put(None)
        # Stopping takes up to half a second.
        threading.Thread(target=self._stop_serving, name="lambda-runtime-api-stop", daemon=True).start()

    def _stop_serving(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _answer(self, request: Request) -> Response:
        # Werkzeug answers an HTTPException with HTML; the Runtime API answers with JSON.
        try:
            endpoint, values = _URLS.bind_to_environ(request.environ).match()
        except HTTPException as error:
            return _error(error.code or 500, "InvalidRequest", error.description or error.name)
        if endpoint == "next":
            return self._next()
        if endpoint == "init_error":
            self._report(InitError(request.get_data(), request.headers.get(ERROR_TYPE_HEADER, UNHANDLED)))
            return _accepted()
        return self._finish(endpoint, values["request_id"], request)

    def _next(self) -> Response:
        self._report(Ready())
        invocation = self._events.get()
        if invocation is None:
            return _error(410, "SandboxStopped", "The execution environment has been stopped")
        with self._lock:
            self._current = invocation.request_id
        return Response(
            invocation.payload,
            content_type="application/json",
            headers={
                "Lambda-Runtime-Aws-Request-Id": invocation.request_id,
                "Lambda-Runtime-Deadline-Ms": str(invocation.deadline_ms),
                "Lambda-Runtime-Invoked-Function-Arn": invocation.invoked_function_arn,
                "Lambda-Runtime-Trace-Id": invocation.trace_id,
            },
        )

    def _finish(self, endpoint: str, request_id: str, request: Request) -> Response:
        payload = request.get_data()
        with self._lock:
            if request_id != self._current:
                return _error(400, "InvalidRequestID", "Invalid request ID")
            self._current = None
        if endpoint == "error":
            error_type = request.headers.get(ERROR_TYPE_HEADER, UNHANDLED)
            self._report(Failed(request_id, payload, error_type))
        elif len(payload) > self._response_limit_bytes:
            self._report(ResponseTooLarge(request_id))
            return _error(413, "RequestEntityTooLarge", "Exceeded maximum allowed payload size")
        else:
            self._report(Succeeded(request_id, payload))
        return _accepted()


def _accepted() -> Response:
    return Response(json.dumps({"status": "OK"}), status=202, content_type="application/json")


def _error(status: int, error_type: str, message: str) -> Response:
    body = json.dumps({"errorMessage": message, "errorType": error_type})
    return Response(body, status=status, content_type="application/json")
