"""The rendered definition, executed whole on LocalStack's interpreter, once for each path.

The functions' answers are given, in the shape the functions give them (``tests/unit/changegate/test_tasks.py``),
through the interpreter's mocked service integrations; the whole way with the real functions is in ``tests/e2e``.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from changegate_local.checkout import Checkout
from changegate_local.instance import LocalAws, start

from .definition import render, states

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.local_aws

PARAMS = {"environmentName": "prod", "stackName": "app", "templatePath": "t.yaml"}
NAME = "deploy"
ROLE = "arn:aws:iam::000000000000:role/states"
REJECTED = {"Error": "Changegate.Rejected", "Cause": "Queue would be replaced."}
ROLLED_BACK = {"Error": "Changegate.RolledBack", "Cause": "CloudFormation rolled the stack back."}
NEEDS_OPERATOR = {"Error": "Changegate.NeedsOperator", "Cause": "Stack prod-app is in ROLLBACK_COMPLETE."}
MISCONFIGURED = {"Error": "Changegate.Misconfigured", "Cause": "CloudFormation could not create the change set."}
BROKEN = {"Error": "Lambda.Bug", "Cause": "the function broke"}
THROTTLED = {"Error": "Changegate.Transient", "Cause": "Rate exceeded"}


@dataclass(frozen=True)
class Answer:
    """What a function answers: fields to add and a failure beside them, or an error that it raises."""

    state: str
    added: dict[str, Any] = field(default_factory=dict)
    error: dict[str, str] | None = None
    throws: dict[str, str] | None = None


@dataclass(frozen=True)
class Route:
    """One path: the functions' answers in the order they are asked, and how the execution ends."""

    name: str
    answers: list[Answer]
    error: dict[str, str] | None = None
    avoids: frozenset[str] = frozenset({"Execute Change Set"})
    enters: frozenset[str] = frozenset()


ABSENT = Answer("Check Stack Existence", {"doesStackExist": False, "stackPhase": "absent"})
READY = Answer("Check Stack Existence", {"doesStackExist": True, "stackPhase": "ready", "stackId": "s"})
BUSY = Answer("Check Stack Existence", {"doesStackExist": True, "stackPhase": "busy"})
IN_REVIEW = Answer("Check Stack Existence", {"doesStackExist": True, "stackPhase": "in_review"})
CREATE_STACK = Answer("Create Stack", {"stackId": "s"})
CREATING = Answer("Get Stack Creation Status", {"stackCreationStatus": "in_progress"})
CREATED = Answer("Get Stack Creation Status", {"stackCreationStatus": "complete"})
CREATION_FAILED = Answer("Get Stack Creation Status", {"stackCreationStatus": "failed"}, NEEDS_OPERATOR)
CREATE_CHANGE_SET = Answer("Create Change Set", {"changeSetId": "c", "changeSetName": "c"})


def change_set_is(status: str, error: dict[str, str] | None = None, *, empty: bool = False) -> Answer:
    added = {"changeSetCreationStatus": status, "changeSetEmpty": empty}
    return Answer("Get Change Set Creation Status", added, error)


COMPARING = change_set_is("in_progress")
COMPARED = change_set_is("complete")
EMPTY = change_set_is("failed", empty=True)
COMPARISON_FAILED = change_set_is("failed", MISCONFIGURED)
SAFE = Answer("Inspect Change Set Changes", {"changeSetAction": "CAN-SAFELY-UPDATE-EXISTING-STACK"})
UNSAFE = Answer("Inspect Change Set Changes", {"changeSetAction": "RESOURCES-BEING-DELETED-OR-REPLACED"}, REJECTED)
EXECUTE = Answer("Execute Change Set")
UPDATING = Answer("Get Change Set Execution Status", {"changeSetExecutionStatus": "in_progress"})
UPDATED = Answer("Get Change Set Execution Status", {"changeSetExecutionStatus": "complete"})
UPDATE_FAILED = Answer("Get Change Set Execution Status", {"changeSetExecutionStatus": "failed"}, ROLLED_BACK)
DELETE = Answer("Delete Change Set")

TO_COMPARED = [READY, CREATE_CHANGE_SET, COMPARED]


def broken(state: str) -> Answer:
    return Answer(state, throws=BROKEN)


NOTHING: frozenset[str] = frozenset()
DELETES = frozenset({"Delete Change Set"})

PATHS = [
    Route("create", [ABSENT, CREATE_STACK, CREATING, CREATED], avoids=DELETES | {"Create Change Set"}),
    Route("creation fails", [ABSENT, CREATE_STACK, CREATION_FAILED], NEEDS_OPERATOR),
    Route(
        "safe update",
        [READY, CREATE_CHANGE_SET, COMPARING, COMPARING, COMPARED, SAFE, EXECUTE, UPDATING, UPDATED],
        avoids=DELETES | {"Create Stack"},
        enters=frozenset({"Execute Change Set"}),
    ),
    Route("unsafe update", [*TO_COMPARED, UNSAFE, DELETE], REJECTED, enters=DELETES),
    Route("unknown verdict", [*TO_COMPARED, Answer(SAFE.state, {"changeSetAction": "?"}, REJECTED), DELETE], REJECTED),
    Route("empty change set", [READY, CREATE_CHANGE_SET, EMPTY, DELETE], enters=DELETES),
    Route("failed change set", [READY, CREATE_CHANGE_SET, COMPARISON_FAILED, DELETE], MISCONFIGURED, enters=DELETES),
    Route(
        "busy stack",
        [BUSY, BUSY, ABSENT, CREATE_STACK, CREATED],
        enters=frozenset({"Wait Stack Operation"}),
    ),
    Route("stack in review", [IN_REVIEW, CREATE_CHANGE_SET, COMPARED, SAFE, EXECUTE, UPDATED], avoids=NOTHING),
    Route("update rolls back", [*TO_COMPARED, SAFE, EXECUTE, UPDATE_FAILED], ROLLED_BACK, avoids=DELETES),
    Route(
        "throttled twice",
        [Answer("Check Stack Existence", throws=THROTTLED)] * 2 + [ABSENT, CREATE_STACK, CREATED],
    ),
    # Every Catch, in the order of the states.
    Route("check breaks", [broken("Check Stack Existence")], BROKEN, avoids=DELETES | {"Create Stack"}),
    Route("creation breaks", [ABSENT, broken("Create Stack")], BROKEN, avoids=DELETES),
    Route("creation status breaks", [ABSENT, CREATE_STACK, broken("Get Stack Creation Status")], BROKEN),
    Route("change set breaks", [READY, broken("Create Change Set")], BROKEN, avoids=DELETES),
    Route(
        "change set status breaks",
        [READY, CREATE_CHANGE_SET, broken("Get Change Set Creation Status"), DELETE],
        BROKEN,
        enters=DELETES,
    ),
    Route("inspection breaks", [*TO_COMPARED, broken("Inspect Change Set Changes"), DELETE], BROKEN, enters=DELETES),
    Route(
        "execution breaks",
        [*TO_COMPARED, SAFE, broken("Execute Change Set"), DELETE],
        BROKEN,
        avoids=NOTHING,
        enters=DELETES,
    ),
    Route(
        "execution status breaks",
        [*TO_COMPARED, SAFE, EXECUTE, broken("Get Change Set Execution Status")],
        BROKEN,
        avoids=DELETES,
    ),
    Route(
        "deletion after a rejection breaks",
        [*TO_COMPARED, UNSAFE, broken("Delete Change Set")],
        REJECTED,
        enters=frozenset({"Deletion Failed?"}),
    ),
    Route(
        "deletion of an empty change set breaks",
        [READY, CREATE_CHANGE_SET, EMPTY, broken("Delete Change Set")],
        BROKEN,
        enters=frozenset({"Report Failed Deletion"}),
    ),
]


def mocked_responses(path: Route) -> dict[str, dict[str, Any]]:
    """Return, by state, the interpreter's mocked responses, in the order in which the state asks."""
    params: dict[str, Any] = dict(PARAMS)
    responses: dict[str, dict[str, Any]] = {}
    for answer in path.answers:
        of_state = responses.setdefault(answer.state, {})
        if answer.throws is not None:
            of_state[str(len(of_state))] = {"Throw": answer.throws}
            continue
        params |= answer.added
        payload = {"taskParams": dict(params)} | ({"error": answer.error} if answer.error else {})
        of_state[str(len(of_state))] = {"Return": {"StatusCode": 200, "Payload": payload}}
    return responses


def mock_config() -> dict[str, Any]:
    cases: dict[str, dict[str, str]] = {}
    responses: dict[str, dict[str, Any]] = {}
    for number, path in enumerate(PATHS):
        case = cases.setdefault(f"case{number}", {})
        for state, of_state in mocked_responses(path).items():
            case[state] = f"case{number}-{state}"
            responses[case[state]] = of_state
    return {"StateMachines": {NAME: {"TestCases": cases}}, "MockedResponses": responses}


@dataclass(frozen=True)
class Ended:
    """How an execution ended, and the states it entered, in order."""

    status: str
    error: str | None
    cause: str | None
    entered: list[str]
    output: dict[str, Any]


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    home: Path = tmp_path_factory.mktemp("paths")
    config = home / "mocks.json"
    config.write_text(json.dumps(mock_config()))
    checkout = Checkout.of_this_package()
    with start(
        home / "aws",
        checkout.localstack_python,
        checkout.lambda_python,
        extra_env={"SFN_MOCK_CONFIG": str(config)},
    ) as aws:
        yield aws


@pytest.fixture(scope="module")
def executions(aws: LocalAws) -> list[Ended]:
    """Every path, executed side by side."""
    client = aws.client("stepfunctions")
    machine = client.create_state_machine(name=NAME, definition=render(), roleArn=ROLE)["stateMachineArn"]
    arns = [
        client.start_execution(stateMachineArn=f"{machine}#case{number}", input=json.dumps({"taskParams": PARAMS}))[
            "executionArn"
        ]
        for number in range(len(PATHS))
    ]
    return [ended(client, arn) for arn in arns]


def ended(client: Any, arn: str) -> Ended:
    deadline = time.monotonic() + 120
    while (execution := client.describe_execution(executionArn=arn))["status"] == "RUNNING":
        assert time.monotonic() < deadline, f"{arn} does not end"
        time.sleep(0.2)
    entered = [
        event["stateEnteredEventDetails"]["name"]
        for page in client.get_paginator("get_execution_history").paginate(executionArn=arn)
        for event in page["events"]
        if "stateEnteredEventDetails" in event
    ]
    return Ended(
        execution["status"],
        execution.get("error"),
        execution.get("cause"),
        entered,
        json.loads(execution.get("output", "{}")),
    )


@pytest.mark.parametrize("number", range(len(PATHS)), ids=[path.name for path in PATHS])
def test_path(executions: list[Ended], number: int) -> None:
    path, execution = PATHS[number], executions[number]
    if path.error is None:
        assert execution.status == "SUCCEEDED", execution
        assert execution.entered[-1] == "Deployment Succeeded"
        assert execution.output["taskParams"].items() >= PARAMS.items()
    else:
        assert execution.status == "FAILED", execution
        assert execution.entered[-1] == "Deployment Failed"
        assert {"Error": execution.error, "Cause": execution.cause} == path.error
    assert not path.avoids & set(execution.entered)
    assert path.enters <= set(execution.entered)
    asked = [answer.state for answer in path.answers if answer.throws is None or answer.throws is BROKEN]
    assert [name for name in execution.entered if name in {answer.state for answer in path.answers}] == asked


def test_every_state_is_entered_by_some_path(executions: list[Ended]) -> None:
    entered = {name for execution in executions for name in execution.entered}
    assert entered == set(states(render()))


def test_every_catch_is_taken_by_some_path() -> None:
    tasks = {name for name, state in states(render()).items() if state["Type"] == "Task"}
    assert {answer.state for path in PATHS for answer in path.answers if answer.throws is BROKEN} == tasks


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        ({"Error": "States.Timeout"}, "No cause was given; the execution history shows which state failed."),
        (REJECTED, REJECTED["Cause"]),
    ],
)
def test_a_failure_without_a_cause_gets_one(aws: LocalAws, error: dict[str, str], cause: str) -> None:
    # By itself: the interpreter's mocks always give a cause, Step Functions does not (States.Timeout).
    client = aws.client("stepfunctions")
    given: dict[str, Any] = {"taskParams": PARAMS, "error": error}
    for name in ("Record Failure", "Complete Failure"):
        tested = client.test_state(definition=json.dumps(states(render())[name]), roleArn=ROLE, input=json.dumps(given))
        assert tested["status"] == "SUCCEEDED", tested
        given = json.loads(tested["output"])
    assert given["failure"]["error"] == {"Error": error["Error"], "Cause": cause}
