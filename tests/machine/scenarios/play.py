"""Runs a scenario, from the creation of its pipeline to CodePipeline's result."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from changegate.contract.task import TaskInput
from tests.machine.scenarios import revision
from tests.machine.scenarios.history import History
from tests.machine.scenarios.journal import Journal, read_journal, write_script
from tests.machine.scenarios.scenario import Delivery, Scenario
from tests.machine.scenarios.scripts import CHANGE_SET_NAME, SUCCESSOR, Script
from tests.machine.scenarios.world import BUCKET, REPOSITORY, ROLE, Machine, World

if TYPE_CHECKING:
    from changegate_cli.local.instance import LocalAws

END_TIMEOUT_SECONDS = 240
POLL_SECONDS = 0.5


@dataclass(frozen=True)
class Answer:
    """CodePipeline's result of the Deploy action, as users see it."""

    status: str
    execution_arn: str
    summary: str
    error_code: str
    message: str


@dataclass(frozen=True)
class Execution:
    """The end of an execution of the state machine."""

    arn: str
    status: str
    error: str | None
    cause: str | None
    history: History


@dataclass(frozen=True)
class Ended:
    """The result of a scenario."""

    machine: Machine
    answer: Answer
    executions: list[Execution]
    """The executions that deployed to the scenario's stack; at most one is expected."""
    journal: Journal
    successor: Journal | None
    seconds: float


def play(world: World, scenario: Scenario) -> Ended:
    """Run a scenario to its end."""
    began = time.monotonic()
    machine = world.hasty if scenario.hasty else world.patient
    if scenario.delivery is not Delivery.BY_HAND:
        _write(world.aws, scenario, scenario.stack_name, scenario.script)
    if scenario.successor is not None:
        _write(world.aws, scenario, scenario.successor_name, scenario.successor)
    world.client("s3").put_object(Bucket=BUCKET, Key=input_key(scenario), Body=json.dumps(scenario.input).encode())
    _create_pipeline(world, scenario, machine.trigger if scenario.delivery is Delivery.ONCE else world.mailbox)
    if scenario.delivery is not Delivery.ONCE:
        Postman(world, scenario, machine).deliver_all()
    answer = _await_end(world, scenario)
    return Ended(
        machine=machine,
        answer=answer,
        executions=[_execution(world, answer.execution_arn)] if answer.execution_arn else [],
        journal=read_journal(world.aws, scenario.stack_name),
        successor=None if scenario.successor is None else read_journal(world.aws, scenario.successor_name),
        seconds=time.monotonic() - began,
    )


def input_key(scenario: Scenario) -> str:
    """Return the object key of the deployment's input."""
    return f"state_machine_input/{scenario.name}.json"


def _write(aws: LocalAws, scenario: Scenario, name: str, script: Script) -> None:
    text = json.dumps(script).replace(SUCCESSOR, scenario.successor_name)
    write_script(aws, name, json.loads(text))


def _write_with_change_set_name(aws: LocalAws, scenario: Scenario, machine: Machine, job_key: str) -> None:
    """Write the script with the name of the deployment's change set, which derives from the job."""
    job_id = job_key.rpartition("/")[2].removesuffix(".json")
    execution_arn = f"{machine.arn.replace(':stateMachine:', ':execution:')}:{job_id}"
    params = {**scenario.input, "revisionS3Bucket": BUCKET, "revisionS3Key": "any"}
    task_input = TaskInput.parse({"taskParams": params, "execution": {"id": execution_arn}})
    name = task_input.own_change_set.name
    write_script(aws, scenario.stack_name, json.loads(json.dumps(scenario.script).replace(CHANGE_SET_NAME, name)))


def _create_pipeline(world: World, scenario: Scenario, function_name: str) -> None:
    """Create the scenario's pipeline, which starts at once."""
    source = {
        "name": "Source",
        "actionTypeId": {"category": "Source", "owner": "AWS", "provider": "CodeCommit", "version": "1"},
        "configuration": {"RepositoryName": REPOSITORY, "BranchName": revision.BRANCH, "PollForSourceChanges": "false"},
        "outputArtifacts": [{"name": "Revision"}],
    }
    deploy = {
        "name": "Deploy",
        "actionTypeId": {"category": "Invoke", "owner": "AWS", "provider": "Lambda", "version": "1"},
        "configuration": {
            "FunctionName": function_name,
            "UserParameters": json.dumps({"s3Bucket": BUCKET, "stateMachineFile": input_key(scenario)}),
        },
        "inputArtifacts": [{"name": "Revision"}],
    }
    world.client("codepipeline").create_pipeline(
        pipeline={
            "name": scenario.name,
            "roleArn": ROLE,
            "artifactStore": {"type": "S3", "location": BUCKET},
            "pipelineType": "V2",
            "stages": [{"name": "Source", "actions": [source]}, {"name": "Deploy", "actions": [deploy]}],
        }
    )


def _await_end(world: World, scenario: Scenario) -> Answer:
    deadline = time.monotonic() + END_TIMEOUT_SECONDS
    while not has_ended(world, scenario):
        assert time.monotonic() < deadline, f"the pipeline of {scenario.name} does not end: {_actions(world, scenario)}"
        time.sleep(POLL_SECONDS)
    deploy = [action for action in _actions(world, scenario) if action["actionName"] == "Deploy"]
    assert len(deploy) == 1, f"the pipeline of {scenario.name} did not deploy: {_actions(world, scenario)}"
    result = deploy[0]["output"]["executionResult"]
    error = result.get("errorDetails", {})
    return Answer(
        status=deploy[0]["status"],
        execution_arn=result.get("externalExecutionId", ""),
        summary=result.get("externalExecutionSummary", ""),
        error_code=error.get("code", ""),
        message=error.get("message", ""),
    )


def has_ended(world: World, scenario: Scenario) -> bool:
    """Return whether the only execution of the scenario's pipeline is over."""
    executions = world.client("codepipeline").list_pipeline_executions(pipelineName=scenario.name)
    statuses = [execution["status"] for execution in executions["pipelineExecutionSummaries"]]
    assert len(statuses) == 1, f"the pipeline of {scenario.name} runs more than once: {statuses}"
    status: str = statuses[0]
    return status != "InProgress"


def _actions(world: World, scenario: Scenario) -> list[dict[str, Any]]:
    answer = world.client("codepipeline").list_action_executions(pipelineName=scenario.name)
    actions: list[dict[str, Any]] = answer["actionExecutionDetails"]
    return actions


def _execution(world: World, arn: str) -> Execution:
    client = world.client("stepfunctions")
    described = client.describe_execution(executionArn=arn)
    events = [
        event
        for page in client.get_paginator("get_execution_history").paginate(executionArn=arn)
        for event in page["events"]
    ]
    return Execution(
        arn=arn,
        status=described["status"],
        error=described.get("error"),
        cause=described.get("cause"),
        history=History.of(events),
    )


class Postman:
    """Delivers the jobs of a pipeline to the trigger, instead of Lambda's asynchronous invocation."""

    def __init__(self, world: World, scenario: Scenario, machine: Machine) -> None:
        self._world = world
        self._scenario = scenario
        self._machine = machine
        self._delivered: list[str] = []

    def deliver_all(self) -> None:
        """Deliver every job as the scenario says, until the pipeline is over."""
        deadline = time.monotonic() + END_TIMEOUT_SECONDS
        while not has_ended(self._world, self._scenario):
            assert time.monotonic() < deadline, f"the pipeline of {self._scenario.name} does not end"
            for key in self._arrived():
                if key not in self._delivered:
                    self._deliver(key)
                    self._delivered.append(key)
            time.sleep(POLL_SECONDS)
        if self._scenario.delivery is Delivery.LATE:
            for key in (self._delivered[0], self._delivered[-1]):
                assert self._invoke(self._machine.trigger, key) is None

    def _deliver(self, key: str) -> None:
        if self._scenario.delivery is Delivery.BY_HAND and not self._delivered:
            _write_with_change_set_name(self._world.aws, self._scenario, self._machine, key)
        if self._scenario.delivery is Delivery.TO_A_DYING_TRIGGER and not self._delivered:
            assert self._invoke(self._world.dying_trigger, key) == "Unhandled"
        for _ in range(2 if self._scenario.delivery is Delivery.TWICE else 1):
            assert self._invoke(self._machine.trigger, key) is None

    def _arrived(self) -> list[str]:
        """Return the jobs in the mailbox; an action has one at a time and gets the next after its answer."""
        answer = self._world.client("s3").list_objects_v2(Bucket=BUCKET, Prefix=f"jobs/{input_key(self._scenario)}/")
        return [item["Key"] for item in answer.get("Contents", [])]

    def _invoke(self, function_name: str, key: str) -> str | None:
        """Invoke a trigger with a job and return its FunctionError."""
        event = self._world.client("s3").get_object(Bucket=BUCKET, Key=key)["Body"].read()
        answer = self._world.client("lambda").invoke(FunctionName=function_name, Payload=event)
        error: str | None = answer.get("FunctionError")
        return error
