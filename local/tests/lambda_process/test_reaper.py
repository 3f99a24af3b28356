"""No function outlives LocalStack."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import psutil
from functions import deploy
from waiting import has_ended, wait_until

from changegate_cli.local import instance

if TYPE_CHECKING:
    from pathlib import Path


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
    left = [child.pid for child in psutil.Process(aws.pid).children(recursive=True)]
    os.kill(aws.pid, signal.SIGKILL)
    assert all(has_ended(each) for each in left)
    aws.stop()
