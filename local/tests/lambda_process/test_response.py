"""The responses to the results of a runtime."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from localstack_pipelines.lambda_process.response import response_to
from localstack_pipelines.lambda_process.runtime_api import Failed, InitError, ResponseTooLarge, Succeeded
from localstack_pipelines.lambda_process.runtime_process import Exited, TimedOut

NOW = datetime(2026, 11, 23, 8, 5, 3, 7_999, tzinfo=UTC)


def test_a_returned_value_passes_through() -> None:
    response = response_to(Succeeded("id", b"[1]"), "id", 3, NOW, 100)
    assert (response.payload, response.is_error, response.log) == (b"[1]", False, "")


def test_a_raised_error_passes_through() -> None:
    response = response_to(Failed("id", b'{"errorType":"X"}', "X"), "id", 3, NOW, 100)
    assert (response.payload, response.is_error, response.status) == (b'{"errorType":"X"}', True, "success")


def test_an_init_error_passes_through() -> None:
    response = response_to(InitError(b"{}", "Runtime.ImportModuleError"), "id", 3, NOW, 100)
    assert (response.payload, response.status, response.error_type) == (b"{}", "error", "Runtime.ImportModuleError")


def test_a_timeout_names_the_seconds() -> None:
    response = response_to(TimedOut(), "id", 3, NOW, 100)
    assert json.loads(response.payload) == {
        "errorType": "Sandbox.Timedout",
        "errorMessage": "RequestId: id Error: Task timed out after 3.00 seconds",
    }
    assert response.log == "2026-11-23T08:05:03.007Z id Task timed out after 3.00 seconds\n\n"
    assert response.is_error


def test_an_exit_names_the_status() -> None:
    response = response_to(Exited(3), "id", 3, NOW, 100)
    assert json.loads(response.payload) == {
        "errorType": "Runtime.ExitError",
        "errorMessage": "RequestId: id Error: Runtime exited with error: exit status 3",
    }
    assert response.is_error


def test_a_response_above_the_limit_names_the_limit() -> None:
    response = response_to(ResponseTooLarge("id"), "id", 3, NOW, 100)
    assert json.loads(response.payload) == {
        "errorType": "Function.ResponseSizeTooLarge",
        "errorMessage": "Response payload size exceeded maximum allowed payload size (100 bytes).",
    }
