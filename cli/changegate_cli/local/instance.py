"""Starts and stops one local AWS: LocalStack in host mode with the plug-ins of ``local``.

One instance is one child process in a session of its own, on one free port of 127.0.0.1, with every file it
writes below one folder. Several can run side by side; none outlives its parent unless it is told to.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import boto3
import psutil
from botocore.config import Config

from changegate_cli.local.errors import LocalRunError
from changegate_cli.local.place import LOCAL_PACE, Pace, Remote

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

REGION = "eu-west-1"
ACCOUNT_ID = "000000000000"

# LocalStack accepts any credentials; these are its documented ones.
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}  # nosec B105

# Names a folder in which the calls of roles are recorded: what tests of their policies are made of.
CALL_RECORD = "LOCALSTACK_PIPELINES_CALL_RECORD"

START_TIMEOUT_SECONDS = 60
STOP_TIMEOUT_SECONDS = 15
END_TIMEOUT_SECONDS = 2


class LocalAwsError(LocalRunError):
    """The local AWS could not be started; the message says where its log is."""


def free_port() -> int:
    """Return a TCP port of 127.0.0.1 that nothing listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def client_environment(endpoint_url: str) -> dict[str, str]:
    """Return the environment with which an SDK, the AWS CLI or Terraform talks to the instance."""
    return {
        **CREDENTIALS,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ENDPOINT_URL": endpoint_url,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


@dataclass(frozen=True)
class LocalAws:
    """A running instance."""

    home: Path
    port: int
    pid: int
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False, compare=False)

    @property
    def endpoint_url(self) -> str:
        """The one endpoint of all services, git included."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def pace(self) -> Pace:
        """See :class:`~changegate_cli.local.place.Place`."""
        return LOCAL_PACE

    @property
    def log(self) -> Path:
        """What the process wrote to its standard output and error."""
        return self.home / "localstack.log"

    def client(self, service: str) -> Any:
        """Return a boto3 client of ``service`` for this instance."""
        return boto3.client(
            service,  # type: ignore[call-overload]  # the stubs type literal names only
            endpoint_url=self.endpoint_url,
            region_name=REGION,
            aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
            # Some operations put a prefix before the host, which an address has no room for.
            config=Config(s3={"addressing_style": "path"}, inject_host_prefix=False, retries={"max_attempts": 2}),
        )

    def remote(self, outputs: Mapping[str, Any]) -> Remote:
        """See :class:`~changegate_cli.local.place.Place`: plain HTTP, without credentials."""
        return Remote(outputs["repository_clone_url_http"])

    def is_running(self) -> bool:
        """Tell whether the process is alive."""
        if self._process is not None:
            return self._process.poll() is None
        return _exists(self.pid)

    def has_ended(self) -> bool:
        """Tell whether the process is gone or on its way out.

        Its sockets close before its parent can know of its end: what a cut connection makes of an answer, an
        error of any type, is noticed first.
        """
        return _wait_until(lambda: not self.is_running(), END_TIMEOUT_SECONDS)

    def stop(self) -> None:
        """End the process by its id: SIGTERM, 15 seconds, SIGKILL; then whatever it started and left behind.

        Harmless when it has ended already.
        """
        if not self.is_running():
            return
        # Lambda processes have groups of their own: they are known as descendants, and only while it lives.
        family = _family(self.pid)
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGTERM)
        _wait_until(lambda: not self.is_running(), STOP_TIMEOUT_SECONDS)
        for process in [*family, *_family(self.pid)]:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        _wait_until(lambda: not self.is_running() and not any(map(_runs, family)), STOP_TIMEOUT_SECONDS)


def launch(
    home: Path,
    python: Path,
    lambda_python: Path,
    *,
    extra_env: Mapping[str, str] | None = None,
    outlive_parent: bool = False,
) -> LocalAws:
    """Start an instance below ``home`` and return it once it answers.

    :param home: folder for its files and its log; made when absent.
    :param python: the interpreter that has LocalStack and the plug-ins installed.
    :param lambda_python: the interpreter that Lambda functions run with.
    :param extra_env: further variables of LocalStack, which win over ours.
    :param outlive_parent: keep running when this process ends.
    :raises LocalAwsError: when it ends or does not answer within 60 seconds.
    """
    home.mkdir(parents=True, exist_ok=True)
    port = free_port()
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "LANG": "C.UTF-8",
        "HOME": str(_folder(home, "home")),
        **_localstack_environment(home, port, lambda_python),
        **({} if outlive_parent else {"LOCALSTACK_PIPELINES_EXIT_WITH_PARENT": str(os.getpid())}),
        **({CALL_RECORD: os.environ[CALL_RECORD]} if CALL_RECORD in os.environ else {}),
        **(extra_env or {}),
    }
    with (home / "localstack.log").open("ab") as log:
        # The process is the caller's to stop: it lives on after this function.
        process = subprocess.Popen(
            [str(python), "-m", "localstack.runtime.main"],
            env=environment,
            cwd=home,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    aws = LocalAws(home, port, process.pid, process)
    try:
        if _wait_until(lambda: process.poll() is not None or _answers(aws), START_TIMEOUT_SECONDS) and (
            process.poll() is None
        ):
            return aws
        raise LocalAwsError(f"The local AWS did not start; its log is {aws.log}.")
    except BaseException:
        aws.stop()
        raise


@contextlib.contextmanager
def start(
    home: Path, python: Path, lambda_python: Path, *, extra_env: Mapping[str, str] | None = None
) -> Iterator[LocalAws]:
    """Run an instance for the length of a ``with`` block; arguments and errors as in :func:`launch`."""
    aws = launch(home, python, lambda_python, extra_env=extra_env)
    try:
        yield aws
    finally:
        aws.stop()


def _localstack_environment(home: Path, port: int, lambda_python: Path) -> dict[str, str]:
    return {
        **CREDENTIALS,
        "AWS_DEFAULT_REGION": REGION,
        # Where it listens. The stock servers are not used: one ignores the host, one hangs at stop.
        "GATEWAY_LISTEN": f"127.0.0.1:{port}",
        "LOCALSTACK_HOST": f"127.0.0.1:{port}",
        "GATEWAY_SERVER": "loopback",
        "DNS_ADDRESS": "0",
        # What it must not do: call home, fetch certificates, take this machine for its container.
        "DISABLE_EVENTS": "1",
        "SKIP_SSL_CERT_DOWNLOAD": "1",
        "OVERRIDE_IN_DOCKER": "0",
        # Instances that share any of these break each other.
        "TMPDIR": str(_folder(home, "tmp")),
        "FILESYSTEM_ROOT": str(_folder(home, "filesystem")),
        "XDG_CACHE_HOME": str(_folder(home, "cache")),
        # Lambda functions are processes of this machine.
        "LAMBDA_RUNTIME_EXECUTOR": "process",
        "LOCALSTACK_PIPELINES_LAMBDA_PYTHON": str(lambda_python.absolute()),
        "PYTHONUNBUFFERED": "1",
    }


def _folder(home: Path, name: str) -> Path:
    path = home.absolute() / name
    path.mkdir(exist_ok=True)
    return path


def _answers(aws: LocalAws) -> bool:
    try:
        # The address is of a server that was started here, over HTTP.
        with urllib.request.urlopen(  # noqa: S310  # nosec B310
            f"{aws.endpoint_url}/_localstack/health", timeout=2
        ) as response:
            return bool(response.status == 200)
    except (OSError, urllib.error.URLError):
        return False


def _exists(pid: int) -> bool:
    try:
        return _runs(psutil.Process(pid))
    except psutil.NoSuchProcess:
        return False


def _runs(process: psutil.Process) -> bool:
    try:
        # One that has ended stays in the table until its parent asks; whoever adopted it may never do so.
        return process.is_running() and bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def _family(pid: int) -> list[psutil.Process]:
    try:
        process = psutil.Process(pid)
        return [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _wait_until(condition: Any, timeout_seconds: float) -> bool:
    deadline = time.monotonic() + timeout_seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.1)
    return bool(condition())
