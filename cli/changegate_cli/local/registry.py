"""Remembers the local AWS that ``up`` has started, for ``push``, ``down`` and a second ``up``."""

from __future__ import annotations

import contextlib
import fcntl
import json
import shutil
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import psutil

from changegate_cli.local.errors import LocalRunError
from changegate_cli.local.family import is_running
from changegate_cli.local.instance import LocalAws

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RECORD = "instance.json"
DEMO_PREFIX = "demo-"


@dataclass(frozen=True)
class InstanceRecord:
    """What is remembered about one instance.

    :ivar pid: of its process.
    :ivar process_started: when that process started, in seconds since 1970; it tells the process from a later one
        with the same id.
    :ivar port: of 127.0.0.1.
    :ivar outputs: Terraform's; None until everything is applied.
    """

    pid: int
    process_started: float
    port: int
    outputs: dict[str, Any] | None = None

    @classmethod
    def of(cls, aws: LocalAws, outputs: dict[str, Any] | None = None) -> InstanceRecord:
        """Return the record of a running instance."""
        return cls(aws.pid, psutil.Process(aws.pid).create_time(), aws.port, outputs)

    def is_alive(self) -> bool:
        """Return whether the process with this ID and start time is running."""
        try:
            return psutil.Process(self.pid).create_time() == self.process_started and is_running(self.pid)
        except psutil.NoSuchProcess:
            return False


def write(home: Path, record: InstanceRecord) -> None:
    """Store the record of the instance in ``home``."""
    draft = home / f"{RECORD}.new"
    draft.write_text(json.dumps(asdict(record), indent=2))
    draft.replace(home / RECORD)


def read(home: Path) -> InstanceRecord | None:
    """Return the record of the instance in ``home``; None when there is none, or it cannot be read."""
    try:
        return InstanceRecord(**json.loads((home / RECORD).read_text()))
    except (OSError, ValueError, TypeError):
        return None


def running(home: Path) -> tuple[LocalAws, InstanceRecord] | None:
    """Return the instance in ``home`` and its record; None when none is running."""
    record = read(home)
    if record is None or not record.is_alive():
        return None
    return LocalAws(home, record.port, record.pid), record


@contextlib.contextmanager
def locked(instances: Path, name: str) -> Iterator[None]:
    """Keep other commands from starting or stopping the instance ``name`` for the ``with`` block.

    :raises LocalRunError: when another command is starting or stopping it.
    """
    instances.mkdir(parents=True, exist_ok=True)
    with (instances / f"{name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LocalRunError(f"Another command is starting or stopping the local AWS {name!r}.") from None
        yield


def discard(home: Path, *, keep_logs_as: Path | None = None) -> None:
    """Remove the folder of an instance that has ended.

    :param keep_logs_as: folder to move its logs to, in place of what is there.
    """
    if not home.exists():
        return
    if keep_logs_as is not None:
        shutil.rmtree(keep_logs_as, ignore_errors=True)
        keep_logs_as.mkdir(parents=True)
        for log in [*home.glob("*.log"), *home.glob("terraform/*.log")]:
            shutil.move(log, keep_logs_as / log.name)
    shutil.rmtree(home)


def sweep(instances: Path) -> None:
    """Remove the folders of demos that were killed: each is named after a process that has ended."""
    for home in instances.glob(f"{DEMO_PREFIX}*/"):
        number = home.name.removeprefix(DEMO_PREFIX)
        if number.isdigit() and not psutil.pid_exists(int(number)):
            shutil.rmtree(home, ignore_errors=True)
