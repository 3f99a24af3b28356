"""The parts of the executor that need no LocalStack."""

from __future__ import annotations

import base64
import http.client
import json
import os
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from queue import SimpleQueue
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest
from localstack.services.lambda_.invocation.lambda_models import HotReloadingCode
from waiting import has_ended, wait_until

from localstack_pipelines.lambda_process import messages, reaper_main
from localstack_pipelines.lambda_process.code_store import CodeStore
from localstack_pipelines.lambda_process.ending import ending_of
from localstack_pipelines.lambda_process.environment import function_environment
from localstack_pipelines.lambda_process.interpreter import (
    VARIABLE,
    Interpreter,
    InterpreterError,
    find_interpreter,
)
from localstack_pipelines.lambda_process.output import Output
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
from localstack_pipelines.lambda_process.sandbox import Exited, Sandbox, TimedOut

if TYPE_CHECKING:
    from collections.abc import Iterator

    from localstack.services.lambda_.invocation.lambda_models import S3Code

NOW = datetime(2026, 11, 23, 8, 5, 3, 7_999, tzinfo=UTC)
PREFIX = "/2018-06-01/runtime"


# Messages


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


# Endings


def test_a_returned_value_passes_through() -> None:
    ending = ending_of(Succeeded("id", b"[1]"), "id", 3, NOW, 100)
    assert (ending.payload, ending.is_error, ending.log) == (b"[1]", False, "")


def test_a_raised_error_passes_through() -> None:
    ending = ending_of(Failed("id", b'{"errorType":"X"}', "X"), "id", 3, NOW, 100)
    assert (ending.payload, ending.is_error, ending.status) == (b'{"errorType":"X"}', True, "success")


def test_an_init_error_passes_through() -> None:
    ending = ending_of(InitError(b"{}", "Runtime.ImportModuleError"), "id", 3, NOW, 100)
    assert (ending.payload, ending.status, ending.error_type) == (b"{}", "error", "Runtime.ImportModuleError")


def test_a_timeout_names_the_seconds() -> None:
    ending = ending_of(TimedOut(), "id", 3, NOW, 100)
    assert json.loads(ending.payload) == {
        "errorType": "Sandbox.Timedout",
        "errorMessage": "RequestId: id Error: Task timed out after 3.00 seconds",
    }
    assert ending.log == "2026-11-23T08:05:03.007Z id Task timed out after 3.00 seconds\n\n"
    assert ending.is_error


def test_an_exit_names_the_status() -> None:
    ending = ending_of(Exited(3), "id", 3, NOW, 100)
    assert json.loads(ending.payload) == {
        "errorType": "Runtime.ExitError",
        "errorMessage": "RequestId: id Error: Runtime exited with error: exit status 3",
    }
    assert ending.is_error


def test_a_response_above_the_limit_names_the_limit() -> None:
    ending = ending_of(ResponseTooLarge("id"), "id", 3, NOW, 100)
    assert json.loads(ending.payload) == {
        "errorType": "Function.ResponseSizeTooLarge",
        "errorMessage": "Response payload size exceeded maximum allowed payload size (100 bytes).",
    }


# Environment


def test_a_function_sees_its_environment_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_OF_THE_MACHINE", "secret")
    given = {
        "AWS_REGION": "eu-west-1",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": 128,
        "LAMBDA_TASK_ROOT": "/var/task",
        "LOCALSTACK_HOSTNAME": "127.0.0.1",
        "LOCALSTACK_RUNTIME_ID": "abc",
        "LOCALSTACK_MINE": "kept",
        "PATH": "/mine",
    }
    configured = {"LOCALSTACK_MINE": "kept", "PATH": "/mine"}
    interpreter = Interpreter(Path("/venv/bin/python"), "python3.13")
    scratch = tmp_path / "tmp"
    assert function_environment(given, configured, interpreter, tmp_path, scratch) == {
        "AWS_REGION": "eu-west-1",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128",
        "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
        "LAMBDA_TASK_ROOT": str(tmp_path),
        "LOCALSTACK_HOSTNAME": "127.0.0.1",
        "LOCALSTACK_MINE": "kept",
        "PATH": "/mine",
        "LANG": "C.UTF-8",
        "HOME": str(scratch),
        "TMPDIR": str(scratch),
    }


# Interpreter


def test_no_interpreter_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    with pytest.raises(InterpreterError, match=f"{VARIABLE} must name a Python interpreter"):
        find_interpreter()


def test_the_interpreter_does_not_exist(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "python"))
    with pytest.raises(InterpreterError, match="which does not run"):
        find_interpreter()


def test_the_interpreter_lacks_the_runtime_client(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, sys.executable)
    with pytest.raises(InterpreterError, match="No module named 'awslambdaric'"):
        find_interpreter()


def test_the_interpreter_is_found_and_its_links_are_kept(monkeypatch: pytest.MonkeyPatch, lambda_python: Path) -> None:
    monkeypatch.setenv(VARIABLE, str(lambda_python))
    assert find_interpreter() == Interpreter(lambda_python, "python3.13")


# Output


def test_output_is_taken_in_portions(tmp_path: Path) -> None:
    output = Output(tmp_path / "log")
    assert output.take() == ""
    output.append("one\ntwo")
    assert output.take() == "one\ntwo\n"
    assert output.take() == ""
    output.append("\nthree\n")
    assert output.take() == "\nthree\n"
    assert output.everything() == "one\ntwo\nthree\n"
    output.path.unlink()
    assert output.everything() == ""


# Code


class Code:
    """Code that unpacks to one file, and counts how often."""

    code_sha256 = base64.b64encode(b"hash").decode()

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.unpacked = 0

    def is_hot_reloading(self) -> bool:
        return False

    def get_unzipped_code_location(self) -> Path:
        return self.folder / "code"

    def prepare_for_execution(self) -> None:
        self.unpacked += 1
        self.get_unzipped_code_location().mkdir(parents=True)
        (self.get_unzipped_code_location() / "app.py").touch()

    def destroy_cached(self) -> None:
        self.folder.rmdir()


def a_version(arn: str, revision: str = "1") -> Any:
    return SimpleNamespace(qualified_arn=arn, config=SimpleNamespace(internal_revision=revision))


def test_code_is_unpacked_once_and_kept_for_its_last_user(tmp_path: Path) -> None:
    store, code = CodeStore(tmp_path / "store"), cast("S3Code", Code(tmp_path / "localstack"))
    folder = store.location(code)
    store.acquire(code, a_version("a"))
    store.acquire(code, a_version("b"))
    store.acquire(code, a_version("b", "2"))  # an update of b, which starts before the old one stops
    assert [path.name for path in folder.iterdir()] == ["app.py"]
    store.release(code, a_version("b"))
    store.release(code, a_version("a"))
    store.release(code, a_version("a"))
    assert folder.exists()
    store.release(code, a_version("b", "2"))
    assert not folder.exists()
    assert cast("Code", code).unpacked == 1
    store.acquire(code, a_version("a"))
    assert folder.exists()


def test_code_that_is_edited_stays_where_it_is(tmp_path: Path) -> None:
    store, code = CodeStore(tmp_path / "store"), HotReloadingCode(str(tmp_path / "mine"))
    (tmp_path / "mine").mkdir()
    store.acquire(code, a_version("a"))
    assert store.location(code) == tmp_path / "mine"
    store.release(code, a_version("a"))
    assert (tmp_path / "mine").exists()


# Runtime API


class Host:
    """A Runtime API and a client that speaks to it as a runtime would."""

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


# Sandbox


def sandbox(tmp_path: Path, source: str) -> Sandbox:
    return Sandbox([sys.executable, "-c", source], tmp_path, {}, tmp_path / "log", 100)


def test_a_process_that_ends_is_reported_with_its_status(tmp_path: Path) -> None:
    ended = sandbox(tmp_path, "import sys; print('bye'); sys.exit(3)")
    assert ended.wait_until_ready(time.monotonic() + 20) == Exited(3)
    ended.kill()
    assert not ended.is_alive
    assert (tmp_path / "log").read_text() == "bye\n"


def test_a_process_that_never_asks_for_an_event_times_out(tmp_path: Path) -> None:
    stuck = sandbox(tmp_path, "import time; time.sleep(60)")
    assert stuck.wait_until_ready(time.monotonic() + 0.2) == TimedOut()
    assert not stuck.is_alive


def test_what_a_process_started_ends_with_it(tmp_path: Path) -> None:
    child = "import subprocess, sys; print(subprocess.Popen(['sleep', '60']).pid, flush=True)"
    ended = sandbox(tmp_path, child)
    assert ended.wait_until_ready(time.monotonic() + 20) == Exited(0)
    pid = int((tmp_path / "log").read_text())
    assert has_ended(pid)


def test_a_command_that_does_not_exist_raises_and_leaves_no_server(tmp_path: Path) -> None:
    before = threading.active_count()
    with pytest.raises(FileNotFoundError):
        Sandbox([str(tmp_path / "nothing")], tmp_path, {}, tmp_path / "log", 100)
    assert wait_until(lambda: threading.active_count() <= before)


# Reaper


def test_the_reaper_kills_what_is_left_at_the_end_of_its_input() -> None:
    left, forgotten = (subprocess.Popen(["sleep", "60"], start_new_session=True) for _ in range(2))
    try:
        subprocess.run(
            [sys.executable, "-I", "-S", str(reaper_main.__file__)],
            input=f"+{left.pid}\n+{forgotten.pid}\n-{forgotten.pid}\n",
            text=True,
            check=True,
            timeout=30,
        )
        assert left.wait(timeout=10) == -signal.SIGKILL
        assert forgotten.poll() is None
    finally:
        for process in (left, forgotten):
            process.kill()
            process.wait()


def test_the_reaper_does_not_mind_groups_that_are_gone() -> None:
    gone = subprocess.Popen(["true"], start_new_session=True)
    gone.wait()
    assert not Path(f"/proc/{gone.pid}").exists()
    subprocess.run(
        [sys.executable, "-I", "-S", str(reaper_main.__file__)],
        input=f"+{gone.pid}\n",
        text=True,
        check=True,
        timeout=30,
        env=dict(os.environ),
    )
