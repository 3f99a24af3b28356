"""Whole instances: how they start, what they listen on, and that nothing of them is left."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest
from botocore.exceptions import BotoCoreError, ClientError
from functions import deploy
from waiting import has_ended, is_running, wait_until

from changegate_cli.local import instance
from localstack_pipelines.server.parent import VARIABLE, expected_parent

if TYPE_CHECKING:
    from changegate_cli.local.instance import LocalAws

START_SECONDS = 30
# An instance without functions stops within a fraction of this, also on a machine that is busy.
STOP_SECONDS = 5

CLI = Path(instance.__file__).parents[2]

# A process that starts an instance with a function, says so, and waits to be killed.
PARENT = f"""
import json, sys, time
from pathlib import Path
sys.path[:0] = [{str(CLI)!r}, {str(Path(__file__).parent)!r}]
from changegate_cli.local.instance import launch
from functions import deploy
aws = launch(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]))
function = deploy(aws, "functions.count").invoke().payload["pid"]
print(json.dumps({{"instance": aws.pid, "function": function}}), flush=True)
time.sleep(300)
"""


def stop(aws: LocalAws) -> float:
    """Stop an instance the way its runner does and return how long that took, in seconds."""
    began = time.monotonic()
    aws.stop()
    return time.monotonic() - began


def tree(aws: LocalAws) -> list[int]:
    """Return the process ids of an instance and of all it started."""
    return [aws.pid, *(child.pid for child in psutil.Process(aws.pid).children(recursive=True))]


# Starting and stopping


@pytest.mark.timeout(600)
def test_starts_and_stops_ten_times_in_time(tmp_path: Path, localstack_python: Path, lambda_python: Path) -> None:
    for _ in range(10):
        began = time.monotonic()
        aws = instance.launch(tmp_path, localstack_python, lambda_python)
        started = time.monotonic() - began
        stopped = stop(aws)
        assert started < START_SECONDS
        assert stopped < STOP_SECONDS
        assert not aws.is_running()
    assert "Localstack runtime received signal 15" in aws.log.read_text()


def test_a_stop_ends_with_code_0(tmp_path: Path, localstack_python: Path, lambda_python: Path) -> None:
    script = (
        f"import sys; from pathlib import Path; sys.path.insert(0, {str(CLI)!r})\n"
        "from changegate_cli.local.instance import launch\n"
        "import os, signal\n"
        "aws = launch(*map(Path, sys.argv[1:4]))\n"
        "os.kill(aws.pid, signal.SIGTERM)\n"
        "sys.exit(os.waitstatus_to_exitcode(os.waitpid(aws.pid, 0)[1]))\n"
    )
    arguments = [str(tmp_path), str(localstack_python), str(lambda_python)]
    result = subprocess.run([sys.executable, "-c", script, *arguments], check=False, timeout=90)
    assert result.returncode == 0


def test_stops_while_clients_hold_connections(tmp_path: Path, localstack_python: Path, lambda_python: Path) -> None:
    with instance.start(tmp_path, localstack_python, lambda_python) as aws:
        idle = http.client.HTTPConnection("127.0.0.1", aws.port)
        idle.request("GET", "/_localstack/health")
        idle.getresponse().read()
        with socket.create_connection(("127.0.0.1", aws.port)) as half_sent:
            half_sent.sendall(b"PUT /bucket/key HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nhalf")
            time.sleep(0.5)
            assert stop(aws) < STOP_SECONDS
        idle.close()


def test_stops_while_a_function_runs(tmp_path: Path, localstack_python: Path, lambda_python: Path) -> None:
    with instance.start(tmp_path, localstack_python, lambda_python) as aws:
        function = deploy(aws, "functions.sleeps", Timeout=120)

        def call() -> None:
            with contextlib.suppress(BotoCoreError, ClientError):  # whichever way the connection ends
                function.invoke(seconds=100)

        caller = threading.Thread(target=call)
        caller.start()
        assert wait_until(lambda: any("awslambdaric" in line for line in command_lines(aws)))
        time.sleep(0.5)
        left = tree(aws)
        # LocalStack waits up to 2 s for each function's queue of asynchronous invocations.
        assert stop(aws) < STOP_SECONDS + 2
        assert all(has_ended(pid) for pid in left)
        caller.join(30)
        assert not caller.is_alive()


def command_lines(aws: LocalAws) -> list[str]:
    return [" ".join(child.cmdline()) for child in psutil.Process(aws.pid).children(recursive=True)]


def test_an_address_in_use_ends_the_process_with_an_error(
    tmp_path: Path, localstack_python: Path, lambda_python: Path
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(instance.LocalAwsError):
            instance.launch(tmp_path, localstack_python, lambda_python, extra_env={"GATEWAY_LISTEN": address})
    assert "Address already in use" in (tmp_path / "localstack.log").read_text()


# Addresses


def test_listens_on_loopback_only(local_aws: LocalAws) -> None:
    function = deploy(local_aws, "functions.count")
    function.invoke()
    addresses = [
        connection.laddr
        for pid in tree(local_aws)
        for connection in psutil.Process(pid).net_connections("inet")
        if connection.status == psutil.CONN_LISTEN or connection.type == socket.SOCK_DGRAM
    ]
    # The gateway's port and one of the Runtime API at least.
    assert len(addresses) >= 2
    assert {address.ip for address in addresses} == {"127.0.0.1"}
    assert local_aws.port in {address.port for address in addresses}


def test_two_instances_side_by_side(tmp_path: Path, localstack_python: Path, lambda_python: Path) -> None:
    def run(name: str) -> list[str]:
        with instance.start(tmp_path / name, localstack_python, lambda_python) as aws:
            function = deploy(aws, "functions.echo")
            assert function.invoke(name=name).payload["event"] == {"name": name}
            listed = aws.client("lambda").list_functions()["Functions"]
            return [each["FunctionName"] for each in listed]

    with ThreadPoolExecutor(2) as threads:
        first, second = threads.map(run, ["first", "second"])
    assert len(first) == len(second) == 1
    assert first != second


# The end of the parent


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM])
def test_exits_with_its_parent_and_leaves_no_function(
    tmp_path: Path, localstack_python: Path, lambda_python: Path, end: int
) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(tmp_path), str(localstack_python), str(lambda_python)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout is not None
    pids = json.loads(parent.stdout.readline())
    left = [child.pid for child in psutil.Process(pids["instance"]).children(recursive=True)]
    assert pids["function"] in left
    assert is_running(pids["instance"])
    parent.send_signal(end)
    parent.wait()
    parent.stdout.close()
    assert all(has_ended(pid) for pid in [pids["instance"], *left])
    assert "The parent process" in (tmp_path / "localstack.log").read_text()


def test_no_function_outlives_an_instance_that_is_killed(
    tmp_path: Path, localstack_python: Path, lambda_python: Path
) -> None:
    aws = instance.launch(tmp_path, localstack_python, lambda_python)
    function = deploy(aws, "functions.sleeps", Timeout=120)
    pid = function.invoke(seconds=0).payload["pid"]
    aws.client("lambda").invoke(
        FunctionName=function.name, InvocationType="Event", Payload=b'{"seconds": 100, "child": true}'
    )
    assert wait_until(lambda: len(psutil.Process(pid).children()) == 1)
    left = tree(aws)
    os.kill(aws.pid, signal.SIGKILL)
    assert all(has_ended(each) for each in left if each != aws.pid)
    aws.stop()


def test_outlives_its_parent_when_told_to(tmp_path: Path, localstack_python: Path, lambda_python: Path) -> None:
    script = PARENT.replace("Path(sys.argv[3]))", "Path(sys.argv[3]), outlive_parent=True)").replace(
        "time.sleep(300)", ""
    )
    result = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path), str(localstack_python), str(lambda_python)],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=90,
    )
    pids = json.loads(result.stdout)
    try:
        time.sleep(2)
        assert is_running(pids["instance"])
    finally:
        os.kill(pids["instance"], signal.SIGTERM)
    assert all(has_ended(pid) for pid in pids.values())


@pytest.mark.parametrize(
    ("value", "parent"), [(None, None), ("", None), ("0", None), ("1", os.getppid()), ("4711", 4711)]
)
def test_the_parent_to_watch(value: str | None, parent: int | None) -> None:
    assert expected_parent({} if value is None else {VARIABLE: value}) == parent


def test_a_parent_that_makes_no_sense_is_refused() -> None:
    with pytest.raises(ValueError, match="must be 1 or the process id"):
        expected_parent({VARIABLE: "yes"})


# A stop that does not end by itself

HANGING = """
import sys, threading, time
from types import SimpleNamespace
from localstack_pipelines.server.exit import end_process_after
runtime = SimpleNamespace(stopping=threading.Event(), stopped=threading.Event(), exit_code=3)
end_process_after(runtime, stop_timeout_seconds=0.5, threads_timeout_seconds=0.5)
threading.Thread(target=time.sleep, args=(60,)).start()
runtime.stopping.set()
{then}
"""


@pytest.mark.parametrize(
    ("then", "code"),
    [
        ("time.sleep(60)", 1),  # cleaning up never ends
        ("runtime.stopped.set(); sys.exit(3)", 3),  # a thread never ends
    ],
)
def test_a_stop_that_hangs_is_ended(then: str, code: int) -> None:
    result = subprocess.run([sys.executable, "-c", HANGING.format(then=then)], check=False, timeout=30)
    assert result.returncode == code
