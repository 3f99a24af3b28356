"""The environment variables of a function."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from localstack_pipelines.lambda_process.environment import function_environment
from localstack_pipelines.lambda_process.interpreter import Interpreter

if TYPE_CHECKING:
    import pytest


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
