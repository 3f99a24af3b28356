"""The interpreter of the functions."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from localstack_pipelines.lambda_process.interpreter import VARIABLE, Interpreter, InterpreterError, find_interpreter

if TYPE_CHECKING:
    from pathlib import Path


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
