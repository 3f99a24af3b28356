"""The messages and log lines of Lambda."""

from __future__ import annotations

import signal

import pytest

from localstack_pipelines.lambda_process import messages


@pytest.mark.parametrize(
    ("returncode", "message"),
    [
        (0, "Runtime exited without providing a reason"),
        (1, "Runtime exited with error: exit status 1"),
        (129, "Runtime exited with error: exit status 129"),
        (-signal.SIGKILL, "Runtime exited with error: signal: killed"),
        (-signal.SIGSEGV, "Runtime exited with error: signal: segmentation fault"),
    ],
)
def test_exit_messages(returncode: int, message: str) -> None:
    assert messages.exit_message(returncode) == message


def test_report_line_of_a_cold_start_and_of_a_failure() -> None:
    cold = messages.Report("id", 0.0123, 128, 40, init_duration=0.5)
    assert cold.line() == (
        "REPORT RequestId: id\tDuration: 12.30 ms\tBilled Duration: 513 ms\tMemory Size: 128 MB\t"
        "Max Memory Used: 40 MB\tInit Duration: 500.00 ms\t\n"
    )
    failed = messages.Report("id", 1, 128, 40, status="error", error_type="Runtime.ExitError")
    assert failed.line().endswith("Status: error\tError Type: Runtime.ExitError\t\n")
    late = messages.Report("id", 1, 128, 40, status="timeout", error_type="Sandbox.Timedout")
    assert late.line().endswith("Status: timeout\t\n")
