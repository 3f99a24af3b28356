"""The records of instances, and what happens to one that is out of date."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from changegate_cli.local import registry
from changegate_cli.local.errors import LocalRunError
from changegate_cli.local.instance import LocalAws
from changegate_cli.local.registry import InstanceRecord

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def home(tmp_path: Path) -> Path:
    path = tmp_path / "default"
    path.mkdir()
    return path


def this_process(home: Path) -> InstanceRecord:
    return InstanceRecord.of(LocalAws(home, 4566, os.getpid()), {"bucket_name": "changegate"})


def ended_pid() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_a_running_instance_is_found(home: Path) -> None:
    registry.write(home, this_process(home))
    found = registry.running(home)
    assert found is not None
    aws, record = found
    assert (aws.pid, aws.endpoint_url) == (os.getpid(), "http://127.0.0.1:4566")
    assert record.outputs == {"bucket_name": "changegate"}


def test_none_is_found_in_an_empty_folder(home: Path) -> None:
    assert registry.running(home) is None


@pytest.mark.parametrize("content", ["", "{", "[]", '{"pid": 1}', '{"unknown": 1}'])
def test_a_damaged_record_is_none(home: Path, content: str) -> None:
    (home / registry.RECORD).write_text(content)
    assert registry.read(home) is None


def test_an_instance_that_ended_is_not_found(home: Path) -> None:
    registry.write(home, dataclasses.replace(this_process(home), pid=ended_pid()))
    assert registry.running(home) is None


def test_another_process_with_the_same_id_is_not_taken_for_it(home: Path) -> None:
    record = this_process(home)
    registry.write(home, dataclasses.replace(record, process_started=record.process_started - 60))
    assert registry.running(home) is None


def test_an_ended_process_that_nobody_has_asked_for_is_not_alive(home: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    record = InstanceRecord.of(LocalAws(home, 4566, process.pid))
    assert record.is_alive()
    assert process.stdin is not None
    process.stdin.close()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)  # a zombie now
    assert not record.is_alive()
    process.wait()


def test_only_one_command_at_a_time(tmp_path: Path) -> None:
    with registry.locked(tmp_path, "default"):
        with (
            pytest.raises(LocalRunError, match="Another command is starting or stopping"),
            registry.locked(tmp_path, "default"),
        ):
            pass
        with registry.locked(tmp_path, "other"):
            pass
    with registry.locked(tmp_path, "default"):
        pass


def test_the_logs_are_kept_and_nothing_else(home: Path, tmp_path: Path) -> None:
    (home / "localstack.log").write_text("what happened")
    (home / "terraform").mkdir()
    (home / "terraform" / "terraform.log").write_text("and this")
    (home / "state").write_text("x")
    (home / "tmp").mkdir()
    (home / "tmp" / "output.log").write_text("of some function")
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "old.log").write_text("of another run")
    registry.discard(home, keep_logs_as=kept)
    assert not home.exists()
    assert {path.name: path.read_text() for path in kept.iterdir()} == {
        "localstack.log": "what happened",
        "terraform.log": "and this",
    }


def test_discarding_nothing_is_harmless(tmp_path: Path) -> None:
    registry.discard(tmp_path / "absent", keep_logs_as=tmp_path / "kept")
    assert not (tmp_path / "kept").exists()


def test_only_demos_of_processes_that_are_gone_are_swept(tmp_path: Path) -> None:
    names = [f"demo-{ended_pid()}", f"demo-{os.getpid()}", "demo-mine", "default", "demo-1.logs"]
    for name in names:
        (tmp_path / name).mkdir()
    registry.sweep(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(names[1:])
