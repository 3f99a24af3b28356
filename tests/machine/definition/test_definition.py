from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from statelint.linter import Linter

from tests.support import tasks

from .definition import function_arn, render, states

if TYPE_CHECKING:
    from collections.abc import Iterator

DEFINITION = render()
STATES = states(DEFINITION)

# The names that are public in the contract.
CONTRACT = {
    "Check Stack Existence",
    "Does Stack Exist?",
    "Create Stack",
    "Wait Stack Creation",
    "Get Stack Creation Status",
    "Stack Created?",
    "Create Change Set",
    "Wait Change Set Creation",
    "Get Change Set Creation Status",
    "Change Set Created?",
    "Inspect Change Set Changes",
    "Safe to Update Infra?",
    "Execute Change Set",
    "Delete Change Set",
    "Deployment Succeeded",
    "Deployment Failed",
}
TASKS = {name: state for name, state in STATES.items() if state["Type"] == "Task"}


def successors(state: dict[str, Any]) -> Iterator[str]:
    if "Next" in state:
        yield state["Next"]
    for rule in [*state.get("Choices", []), *state.get("Catch", [])]:
        yield rule["Next"]
    if "Default" in state:
        yield state["Default"]


def reachable(start: str, *, with_a_failure: bool = False) -> set[str]:
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            if with_a_failure and name == "Is There a Failure?":
                waiting.append("Record Failure")
            else:
                waiting.extend(successors(STATES[name]))
    return seen


def for_statelint() -> dict[str, Any]:
    """Return the definition with the numbers that statelint expects.

    The States Language takes any number as BackoffRate; statelint takes a float. Terraform writes 2.0 as 2.
    """
    definition: dict[str, Any] = json.loads(DEFINITION)
    for state in definition["States"].values():
        for rule in state.get("Retry", []):
            rule["BackoffRate"] = float(rule["BackoffRate"])
    return definition


def test_statelint_finds_nothing() -> None:
    assert Linter().validate(for_statelint()) == []


def test_statelint_would_find_something() -> None:
    broken = for_statelint()
    broken["States"]["Create Stack"]["Next"] = "Nowhere"
    assert Linter().validate(broken)


def test_the_contracts_states_are_there_by_name() -> None:
    assert set(STATES) >= CONTRACT


def test_every_state_can_be_reached() -> None:
    assert reachable("Check Stack Existence") == set(STATES)


def test_every_state_leads_to_an_end() -> None:
    ends = {"Deployment Succeeded", "Deployment Failed"}
    assert {name for name, state in STATES.items() if not list(successors(state))} == ends
    for name in STATES:
        assert reachable(name) & ends


@pytest.mark.parametrize("name", sorted(TASKS))
def test_every_task_has_retry_catch_and_timeout(name: str) -> None:
    task = TASKS[name]
    assert task["TimeoutSeconds"] == 60
    assert [rule["ErrorEquals"] for rule in task["Catch"]] == [["States.ALL"]]
    assert task["Retry"] == json.loads(json.dumps(task["Retry"]))
    assert all(rule["JitterStrategy"] == "FULL" and rule["BackoffRate"] > 1 for rule in task["Retry"])
    retried = {error for rule in task["Retry"] for error in rule["ErrorEquals"]}
    assert retried >= {"Changegate.Transient", "Lambda.TooManyRequestsException", "States.Timeout"}
    # What a person must fix is not retried.
    assert not retried & {"Changegate.Rejected", "Changegate.Misconfigured", "States.ALL"}


@pytest.mark.parametrize("name", sorted(TASKS))
def test_every_catch_ends_in_deployment_failed_and_never_in_success_or_execution(name: str) -> None:
    (catch,) = TASKS[name]["Catch"]
    behind = reachable(catch["Next"], with_a_failure=True)
    assert "Deployment Failed" in behind
    assert "Execute Change Set" not in behind


@pytest.mark.parametrize("name", sorted(TASKS))
def test_every_task_calls_the_function_of_its_name(name: str) -> None:
    key = name.lower().replace(" ", "_")
    assert key in tasks.TASKS
    assert TASKS[name]["Parameters"]["FunctionName"] == function_arn(key)


def test_a_failure_is_looked_for_before_anything_else() -> None:
    state = STATES["Is There a Failure?"]
    assert state["Choices"][0] == {"Variable": "$.error", "IsPresent": True, "Next": "Record Failure"}
    # A Catch leaves its error there, and no state on the way removes it.
    assert {task["Catch"][0].get("ResultPath") for task in TASKS.values()} == {"$.error", "$.deletionError"}
    assert STATES["Delete Change Set"]["ResultPath"] is None


@pytest.mark.parametrize("name", sorted(name for name, state in STATES.items() if state["Type"] == "Wait"))
def test_every_wait_is_bounded_by_the_tasks_before_and_behind_it(name: str) -> None:
    assert STATES[name]["SecondsPath"] == "$.taskParams.wait.seconds"
    settings = [
        task["Parameters"]["Payload"]["wait"]
        for task in TASKS.values()
        if task["Parameters"]["Payload"].get("wait", {}).get("state") == name
    ]
    assert settings
    assert all(setting == settings[0] for setting in settings)
    assert settings[0]["minimumSeconds"] == 5
    assert settings[0]["maximumSeconds"] == 60
    assert settings[0]["limitSeconds"] in {3600, 1800, 14400}


def test_every_function_is_called_by_one_task() -> None:
    called = [task["Parameters"]["FunctionName"] for task in TASKS.values()]
    assert sorted(called) == sorted(map(function_arn, tasks.TASKS))


def test_the_machine_has_a_timeout() -> None:
    assert json.loads(DEFINITION)["TimeoutSeconds"] == 43200


def test_the_change_set_is_executed_only_behind_the_verdict() -> None:
    leading_there = {name for name, state in STATES.items() if "Execute Change Set" in successors(state)}
    assert leading_there == {"Safe to Update Infra?"}
    (rule,) = STATES["Safe to Update Infra?"]["Choices"]
    assert rule["StringEquals"] == "CAN-SAFELY-UPDATE-EXISTING-STACK"


def test_it_renders_for_other_partitions() -> None:
    other = states(render(partition="aws-us-gov"))
    assert {state["Resource"] for state in other.values() if state["Type"] == "Task"} == {
        "arn:aws-us-gov:states:::lambda:invoke"
    }
