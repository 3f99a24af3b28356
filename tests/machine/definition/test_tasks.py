"""The list of tasks, ``asl/tasks.json``, and the code: each task has its module and its tests, and nothing else has."""

from __future__ import annotations

import importlib

import pytest

from tests.support.checkout import ROOT
from tests.support.tasks import FUNCTIONS, TASKS, environment_of, module_of

from .reads import SOURCES, modules, variables_in, variables_read_by, variables_read_on_import

STATES = "lambda_src/changegate/states"
TESTS = "tests/unit/states"


def test_an_entry_has_known_fields() -> None:
    for key, task in TASKS.items():
        assert {"environment"} <= set(task) <= {"environment", "wait", "settings"}, f"asl/tasks.json: {key}"
        assert set(task.get("wait", {})) in ({"state", "limit"}, set()), f"asl/tasks.json: wait of {key}"


@pytest.mark.parametrize("key", FUNCTIONS)
def test_a_function_has_a_handler(key: str) -> None:
    file = SOURCES.joinpath(*module_of(key).split(".")).with_suffix(".py")
    assert file.exists(), f"The task {key} of asl/tasks.json has no module {file.relative_to(ROOT)}."
    handler = getattr(importlib.import_module(module_of(key)), "handler", None)
    assert callable(handler), f"{file.relative_to(ROOT)} has no function handler."


def test_a_module_of_a_state_is_a_task() -> None:
    found = {path.stem for path in (ROOT / STATES).glob("*.py")} - {"__init__"}
    assert found <= set(TASKS), f"asl/tasks.json has no task for these modules of {STATES}: {found - set(TASKS)}."


@pytest.mark.parametrize("key", TASKS)
def test_a_task_has_tests(key: str) -> None:
    file = f"{TESTS}/test_{key}.py"
    assert (ROOT / file).exists(), f"The task {key} of asl/tasks.json has no tests in {file}."


def test_tests_of_a_state_are_of_a_task() -> None:
    found = {path.stem.removeprefix("test_") for path in (ROOT / TESTS).glob("test_*.py")}
    assert found <= set(TASKS), f"asl/tasks.json has no task for these tests in {TESTS}: {found - set(TASKS)}."


@pytest.mark.parametrize("key", FUNCTIONS)
def test_a_function_lists_the_environment_variables_that_it_reads(key: str) -> None:
    listed, read = environment_of(key), variables_read_by(module_of(key))
    assert sorted(set(listed)) == sorted(listed)
    assert read <= set(listed), f"{key} reads environment variables that it does not list: {read - set(listed)}."
    assert set(listed) <= read, f"{key} lists environment variables that it does not read: {set(listed) - read}."


def test_no_read_of_an_environment_variable_is_missed() -> None:
    found = {name for module in modules() for name in variables_in(module)}
    assert found == {name for key in FUNCTIONS for name in variables_read_by(module_of(key))}
    # A module reads these for every function that imports it.
    assert {name for module in modules() for name in variables_read_on_import(module)} == set()
