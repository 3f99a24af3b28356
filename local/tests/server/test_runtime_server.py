"""Whole instances: how they start and stop, and on which addresses they listen."""

from __future__ import annotations

import contextlib
import http.client
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
from waiting import has_ended, wait_until

from changegate_cli.local import instance

if TYPE_CHECKING:
    from changegate_cli.local.instance import LocalAws

START_SECONDS = 30
# An instance without functions stops within a fraction of this, even on a busy machine.
STOP_SECONDS = 5

CLI = Path(instance.__file__).parents[2]


def stop(aws: LocalAws) -> float:
    """Stop an instance as its runner does and return the duration in seconds."""
    began = time.monotonic()
    aws.stop()
    return time.monotonic() - began


def tree(aws: LocalAws) -> list[int]:
    """Return the process ids of an instance and its descendants."""
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
            with contextlib.suppress(BotoCoreError, ClientError):  # however the connection ends
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
    # The port of the gateway and at least one of the Runtime API.
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
