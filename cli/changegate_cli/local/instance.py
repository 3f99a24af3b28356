"""Starts and stops one local AWS: LocalStack in host mode with the plug-ins of ``local``.

An instance is one child process in its own session, on one free port of 127.0.0.1, with all its files below one folder.
Several can run side by side; none outlives its parent unless asked to.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from changegate_cli.local.errors import LocalRunError
from changegate_cli.local.family import Family, is_running
from changegate_cli.local.provisioned import LOCAL_PACE, Remote
from changegate_cli.processes import end, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from changegate_cli.watch.aws import Pace

REGION = "eu-west-1"
ACCOUNT_ID = "000000000000"

# LocalStack accepts any credentials; these are its documented ones.
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}  # nosec B105

# Names a folder for a record of the calls that roles make, from which tests of their policies are made.
CALL_RECORD = "LOCALSTACK_PIPELINES_CALL_RECORD"

START_TIMEOUT_SECONDS = 60
STOP_TIMEOUT_SECONDS = 15
END_TIMEOUT_SECONDS = 2

ENDED = "The local AWS ended while it was needed."

# Settings of LocalStack and its plug-ins: short waits, and queue URLs that Terraform can read.
SETTINGS = {
    # CodePipeline asks after half a minute whether an action is done; here a second is enough.
    "LOCALSTACK_PIPELINES_CONTINUATION_SECONDS": "1",
    # Lambda retries a failed asynchronous invocation after a minute, and again after two.
    "LAMBDA_RETRY_BASE_DELAY": "2",
    # Queue URLs of account and name alone: a host in them would need a name server, and Terraform's provider reads no
    # other form.
    "SQS_ENDPOINT_STRATEGY": "off",
}


class LocalAwsError(LocalRunError):
    """The local AWS could not be started; the message says where its log is."""


def free_port() -> int:
    """Return a TCP port of 127.0.0.1 on which nothing listened a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def client_environment(endpoint_url: str) -> dict[str, str]:
    """Return the environment variables with which an SDK, the AWS CLI or Terraform reaches the instance."""
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
        """See :class:`~changegate_cli.watch.aws.WatchedAws`."""
        return LOCAL_PACE

    @property
    def log(self) -> Path:
        """The file with the process's standard output and standard error."""
        return self.home / "localstack.log"

    def client(self, service: str) -> Any:
        """Return a boto3 client of ``service`` for this instance."""
        return boto3.client(
            service,  # type: ignore[call-overload]  # the stubs type literal names only
            endpoint_url=self.endpoint_url,
            region_name=REGION,
            aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
            # Some operations prefix the host, which an IP address does not allow.
            config=Config(s3={"addressing_style": "path"}, inject_host_prefix=False, retries={"max_attempts": 2}),
        )

    def remote(self, pipeline: Mapping[str, Any]) -> Remote:
        """See :class:`~changegate_cli.local.provisioned.ProvisionedAws`: plain HTTP, without credentials."""
        return Remote(pipeline["repository_clone_url_http"])

    def is_running(self) -> bool:
        """Return whether the process is running."""
        if self._process is not None:
            return self._process.poll() is None
        return is_running(self.pid)

    def check(self) -> None:
        """See :class:`~changegate_cli.watch.aws.WatchedAws`."""
        if not self.is_running():
            raise LocalRunError(ENDED)

    def has_ended(self) -> bool:
        """Return whether the process has ended or is ending.

        Its sockets close before its parent can know that it has ended, so the first sign is an error of any type
        from a connection that was cut.
        """
        return wait_until(lambda: not self.is_running(), END_TIMEOUT_SECONDS)

    def stop(self) -> None:
        """End the process and everything it has started: SIGTERM, 15 seconds, SIGKILL.

        Harmless when it has ended already.
        """
        if not self.is_running():
            return
        # Lambda functions lead their own process groups.
        end([Family(self.pid)], signal.SIGTERM, STOP_TIMEOUT_SECONDS)
        if self._process is not None:
            self._process.wait(STOP_TIMEOUT_SECONDS)


def launch(
    home: Path,
    python: Path,
    lambda_python: Path,
    *,
    extra_env: Mapping[str, str] | None = None,
    outlive_parent: bool = False,
) -> LocalAws:
    """Start an instance below ``home`` and return it once it answers.

    :param home: folder for its files and its log; created if absent.
    :param python: the interpreter that has LocalStack and the plug-ins installed.
    :param lambda_python: the interpreter that Lambda functions run with.
    :param extra_env: further variables of LocalStack, which override ours.
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
        # The caller stops the process, which outlives this function.
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
        if wait_until(lambda: process.poll() is not None or _answers(aws), START_TIMEOUT_SECONDS) and (
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
        # Where it listens. Of LocalStack's own servers, one ignores the host and one hangs when it stops.
        "GATEWAY_LISTEN": f"127.0.0.1:{port}",
        "LOCALSTACK_HOST": f"127.0.0.1:{port}",
        "GATEWAY_SERVER": "loopback",
        "DNS_ADDRESS": "0",
        # What it must not do: call home, fetch certificates, mistake this machine for its container.
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
        # The URL is that of a server that was started here.
        with urllib.request.urlopen(  # noqa: S310  # nosec B310
            f"{aws.endpoint_url}/_localstack/health", timeout=2
        ) as response:
            return bool(response.status == 200)
    except (OSError, urllib.error.URLError):
        return False
