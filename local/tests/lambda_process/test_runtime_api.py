"""The Runtime API, called as a runtime does."""

from __future__ import annotations

import http.client
import json
import threading
from queue import SimpleQueue
from typing import TYPE_CHECKING

import pytest

from localstack_pipelines.lambda_process.runtime_api import (
    Failed,
    InitError,
    Invocation,
    Ready,
    ResponseTooLarge,
    RuntimeApi,
    RuntimeReport,
    Succeeded,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

PREFIX = "/2018-06-01/runtime"


class Host:
    """A Runtime API and a client that calls it as a runtime does."""

    def __init__(self) -> None:
        self.reports: SimpleQueue[RuntimeReport] = SimpleQueue()
        self.api = RuntimeApi(self.reports.put, response_limit_bytes=10)

    def request(
        self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> tuple[int, http.client.HTTPMessage, bytes]:
        connection = http.client.HTTPConnection(self.api.address, timeout=10)
        try:
            connection.request(method, PREFIX + path, body, headers or {})
            response = connection.getresponse()
            return response.status, response.headers, response.read()
        finally:
            connection.close()

    def report(self) -> RuntimeReport:
        return self.reports.get(timeout=10)


@pytest.fixture
def host() -> Iterator[Host]:
    host = Host()
    yield host
    host.api.close()


def an_invocation(request_id: str = "id-1") -> Invocation:
    return Invocation(request_id, "arn:aws:lambda:x", "Root=1", 1234, b'{"a":1}')


def test_next_hands_out_the_event_with_its_headers(host: Host) -> None:
    host.api.offer(an_invocation())
    status, headers, body = host.request("GET", "/invocation/next")
    assert (status, body) == (200, b'{"a":1}')
    assert headers["Lambda-Runtime-Aws-Request-Id"] == "id-1"
    assert headers["Lambda-Runtime-Deadline-Ms"] == "1234"
    assert headers["Lambda-Runtime-Invoked-Function-Arn"] == "arn:aws:lambda:x"
    assert headers["Lambda-Runtime-Trace-Id"] == "Root=1"
    assert host.report() == Ready()


def test_next_waits_for_an_event(host: Host) -> None:
    answers: SimpleQueue[int] = SimpleQueue()
    threading.Thread(target=lambda: answers.put(host.request("GET", "/invocation/next")[0])).start()
    assert host.report() == Ready()
    assert answers.empty()
    host.api.offer(an_invocation())
    assert answers.get(timeout=10) == 200


def test_closing_lets_a_waiting_runtime_go(host: Host) -> None:
    answers: SimpleQueue[int] = SimpleQueue()
    threading.Thread(target=lambda: answers.put(host.request("GET", "/invocation/next")[0])).start()
    host.report()
    host.api.close()
    assert answers.get(timeout=10) == 410


def test_a_response_and_an_error_are_reported(host: Host) -> None:
    for request_id in ("id-1", "id-2"):
        host.api.offer(an_invocation(request_id))
    host.request("GET", "/invocation/next")
    assert host.request("POST", "/invocation/id-1/response", b"[]")[0] == 202
    host.request("GET", "/invocation/next")
    error_type = {"Lambda-Runtime-Function-Error-Type": "Refused"}
    assert host.request("POST", "/invocation/id-2/error", b"{}", error_type)[0] == 202
    assert [host.report() for _ in range(4)] == [
        Ready(),
        Succeeded("id-1", b"[]"),
        Ready(),
        Failed("id-2", b"{}", "Refused"),
    ]


def test_only_the_current_invocation_can_be_answered_and_once(host: Host) -> None:
    assert host.request("POST", "/invocation/id-1/response", b"[]")[0] == 400
    host.api.offer(an_invocation())
    host.request("GET", "/invocation/next")
    assert host.request("POST", "/invocation/other/response", b"[]")[0] == 400
    assert host.request("POST", "/invocation/id-1/response", b"[]")[0] == 202
    status, _, body = host.request("POST", "/invocation/id-1/response", b"[]")
    assert (status, json.loads(body)["errorType"]) == (400, "InvalidRequestID")


def test_a_response_above_the_limit_is_refused(host: Host) -> None:
    host.api.offer(an_invocation())
    host.request("GET", "/invocation/next")
    assert host.request("POST", "/invocation/id-1/response", b"x" * 11)[0] == 413
    assert [host.report(), host.report()] == [Ready(), ResponseTooLarge("id-1")]


def test_an_init_error_is_reported(host: Host) -> None:
    error_type = {"Lambda-Runtime-Function-Error-Type": "Runtime.HandlerNotFound"}
    assert host.request("POST", "/init/error", b"{}", error_type)[0] == 202
    assert host.report() == InitError(b"{}", "Runtime.HandlerNotFound")


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/restore/next", 404), ("PUT", "/init/error", 405)])
def test_what_the_api_does_not_offer_is_refused_in_json(host: Host, method: str, path: str, status: int) -> None:
    code, _, body = host.request(method, path)
    assert code == status
    assert set(json.loads(body)) == {"errorMessage", "errorType"}
