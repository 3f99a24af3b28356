"""An instance ends with its parent process, unless it is to outlive it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from waiting import has_ended, is_running

from changegate_cli.local import instance
from localstack_pipelines.server.parent import VARIABLE, expected_parent

CLI = Path(instance.__file__).parents[2]
TESTS = Path(__file__).parents[1]


# A process that starts an instance with a function, prints their process ids and waits.
PARENT = f"""
import json, sys, time
from pathlib import Path
sys.path[:0] = [{str(CLI)!r}, {str(TESTS)!r}]
from changegate_cli.local.instance import launch
from functions import deploy
aws = launch(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]))
function = deploy(aws, "functions.count").invoke().payload["pid"]
print(json.dumps({{"instance": aws.pid, "function": function}}), flush=True)
time.sleep(300)
"""


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


def test_outlives_its_parent_when_configured_to(tmp_path: Path, localstack_python: Path, lambda_python: Path) -> None:
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
