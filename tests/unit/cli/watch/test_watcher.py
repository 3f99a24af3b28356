"""Following executions by the answers of CodePipeline, Step Functions and CloudFormation."""

from __future__ import annotations

import io
import itertools
import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from changegate_cli.watch.aws import Pace
from changegate_cli.watch.errors import WatchError
from changegate_cli.watch.events import (
    AttemptFailed,
    DeploymentEnded,
    ExecutionEnded,
    ExecutionStarted,
    StackChanged,
    StageEnded,
    StageStarted,
    StateEntered,
    VerdictReached,
)
from changegate_cli.watch.watcher import (
    Watcher,
    execution_of,
    findings_of,
    history_events,
    stack_events,
    stack_name_of,
    stage_events,
    task_parameters,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PACE = Pace(poll_seconds=0.4, start_seconds=60, end_seconds=300)
NOON = datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC)
COMMIT = "a" * 40
KEY = "changegate/Source/abc1234"
MACHINE = "arn:aws:states:eu-west-1:000000000000:stateMachine:changegate"
EXECUTION = "arn:aws:states:eu-west-1:000000000000:execution:changegate:job-1"


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def action(stage: str, status: str, start: float, end: float, **result: Any) -> dict[str, Any]:
    category = "Source" if stage == "Source" else "Invoke"
    return {
        "actionExecutionId": f"{stage}-1",
        "stageName": stage,
        "actionName": stage,
        "startTime": at(start),
        "lastUpdateTime": at(end),
        "status": status,
        "input": {
            "actionTypeId": {"category": category},
            "inputArtifacts": [{"name": "Revision", "s3location": {"bucket": "b", "key": KEY}}],
        },
        "output": {"executionResult": result},
    }


def state(kind: str, seconds: float, **details: Any) -> dict[str, Any]:
    return {"type": kind, "timestamp": at(seconds), **details}


STARTED = state(
    "ExecutionStarted",
    2,
    executionStartedEventDetails={
        "input": json.dumps(
            {"taskParams": {"environmentName": "prod", "stackName": "sample-app", "revisionS3Key": KEY}}
        )
    },
)
INSPECTED = state(
    "TaskStateExited",
    4,
    stateExitedEventDetails={
        "name": "Inspect Change Set Changes",
        "output": json.dumps(
            {
                "taskParams": {
                    "changeSetAction": "RESOURCES-BEING-DELETED-OR-REPLACED",
                    "verdict": {
                        "findings": [
                            {
                                "path": "OrderQueue",
                                "resourceType": "AWS::SQS::Queue",
                                "reason": "would be replaced",
                            }
                        ]
                    },
                }
            }
        ),
    },
)
FAILED = state(
    "ExecutionFailed",
    5,
    executionFailedEventDetails={"error": "Changegate.Rejected", "cause": "OrderQueue would be replaced"},
)
HISTORY = [
    STARTED,
    state("TaskStateEntered", 3, stateEnteredEventDetails={"name": "Inspect Change Set Changes"}),
    INSPECTED,
    FAILED,
]


class TestStageEvents:
    def test_a_stage_in_progress_has_only_started(self) -> None:
        events = stage_events([action("Source", "InProgress", 0, 0)], {"Source": 1, "Prod": 1})
        assert list(events) == [StageStarted(at(0), "Source")]

    def test_the_end_carries_the_error_before_the_summary(self) -> None:
        failed = action(
            "Prod",
            "Failed",
            1,
            9,
            errorDetails={"code": "JobFailed", "message": "Changegate.Rejected: no"},
            externalExecutionSummary="a summary",
        )
        assert list(stage_events([failed], {"Source": 1, "Prod": 1})) == [
            StageStarted(at(1), "Prod"),
            StageEnded(at(9), "Prod", "Failed", "Changegate.Rejected: no"),
        ]

    def test_a_stage_with_two_actions_has_not_ended_after_the_first(self) -> None:
        first = action("Prod", "Succeeded", 1, 2)
        assert list(stage_events([first], {"Prod": 2})) == [StageStarted(at(1), "Prod")]

    def test_a_stage_with_two_actions_ends_with_the_first_that_fails(self) -> None:
        first = action("Prod", "Failed", 1, 2)
        assert StageEnded(at(2), "Prod", "Failed") in stage_events([first], {"Prod": 2})

    def test_of_two_actions_the_failed_one_counts(self) -> None:
        both = [action("Prod", "Failed", 1, 2), action("Prod", "Succeeded", 1, 3)]
        assert list(stage_events(both, {"Prod": 2}))[-1] == StageEnded(at(3), "Prod", "Failed")


class TestHistoryEvents:
    def test_a_rejection(self) -> None:
        assert list(history_events("Prod", HISTORY)) == [
            StateEntered(at(3), "Prod", "Inspect Change Set Changes"),
            VerdictReached(
                at(4),
                "Prod",
                "RESOURCES-BEING-DELETED-OR-REPLACED",
                ("OrderQueue (AWS::SQS::Queue) would be replaced",),
            ),
            DeploymentEnded(at(5), "Prod", "FAILED", "Changegate.Rejected", "OrderQueue would be replaced"),
        ]

    @pytest.mark.parametrize(
        ("event", "expected"),
        [
            (state("ExecutionSucceeded", 1), DeploymentEnded(at(1), "Prod", "SUCCEEDED")),
            (
                state("ExecutionTimedOut", 1, executionTimedOutEventDetails={"error": "States.Timeout"}),
                DeploymentEnded(at(1), "Prod", "TIMED_OUT", "States.Timeout"),
            ),
            (state("ExecutionAborted", 1), DeploymentEnded(at(1), "Prod", "ABORTED")),
            (
                state("TaskFailed", 1, taskFailedEventDetails={"error": "Changegate.Transient", "cause": "busy"}),
                AttemptFailed(at(1), "Prod", "Changegate.Transient", "busy"),
            ),
        ],
    )
    def test_other_ends(self, event: dict[str, Any], expected: object) -> None:
        assert list(history_events("Prod", [event])) == [expected]

    def test_the_stack_is_named_in_the_input(self) -> None:
        assert stack_name_of(HISTORY) == "prod-sample-app"

    @pytest.mark.parametrize("target", [{"region": "eu-north-1"}, {"roleArn": "arn:aws:iam::222222222222:role/r"}])
    def test_a_stack_elsewhere_is_not_taken_for_one_of_the_same_name_here(self, target: dict[str, str]) -> None:
        parameters = {"environmentName": "prod", "stackName": "sample-app", "target": target}
        details = {"input": json.dumps({"taskParams": parameters})}
        assert stack_name_of([state("ExecutionStarted", 2, executionStartedEventDetails=details)]) is None

    @pytest.mark.parametrize("text", ["", "nonsense", "[]", '{"taskParams": 3}', '{"other": {}}'])
    def test_an_input_of_another_kind_has_no_parameters(self, text: str) -> None:
        assert task_parameters(text) == {}

    def test_a_verdict_without_findings(self) -> None:
        assert findings_of({"changeSetAction": "CAN-SAFELY-UPDATE-EXISTING-STACK"}) == ()


def test_stack_events_are_those_since_the_start_oldest_first() -> None:
    def event(seconds: float, status: str) -> dict[str, Any]:
        return {"Timestamp": at(seconds), "LogicalResourceId": "OrderQueue", "ResourceStatus": status}

    answer = [event(9, "UPDATE_COMPLETE"), event(8, "UPDATE_IN_PROGRESS"), event(1, "CREATE_COMPLETE")]
    assert list(stack_events("Prod", answer, at(5))) == [
        StackChanged(at(8), "Prod", "OrderQueue", "", "UPDATE_IN_PROGRESS"),
        StackChanged(at(9), "Prod", "OrderQueue", "", "UPDATE_COMPLETE"),
    ]


class TestExecutionOf:
    def summary(self, number: int, commit: str | None, status: str = "InProgress") -> dict[str, Any]:
        revisions = [{"actionName": "Source", "revisionId": commit}] if commit else []
        return {"pipelineExecutionId": str(number), "status": status, "sourceRevisions": revisions}

    def test_the_one_with_the_commit(self) -> None:
        summaries = [self.summary(3, "b" * 40), self.summary(2, COMMIT)]
        assert execution_of(summaries, COMMIT, frozenset()) == summaries[1]

    def test_not_one_from_before_the_push(self) -> None:
        assert execution_of([self.summary(2, COMMIT)], COMMIT, frozenset({"2"})) is None

    def test_one_that_failed_without_a_revision(self) -> None:
        summaries = [self.summary(2, None, "Failed"), self.summary(1, None, "Failed")]
        assert execution_of(summaries, COMMIT, frozenset({"1"})) == summaries[0]

    def test_not_one_that_may_still_get_its_revision(self) -> None:
        assert execution_of([self.summary(2, None)], COMMIT, frozenset()) is None


class Pages:
    def __init__(self, pages: Iterable[dict[str, Any]]) -> None:
        self.pages = pages

    def paginate(self, **_: Any) -> Iterable[dict[str, Any]]:
        return self.pages


class GoneError(Exception):
    """Raised for an AWS that has ended."""


class StateMachineDoesNotExistError(Exception):
    """Raised as by Step Functions."""


def declaration(stage: str, *actions: str) -> dict[str, Any]:
    """Return a stage, as GetPipeline has it."""
    category = "Source" if stage == "Source" else "Invoke"
    return {
        "name": stage,
        "actions": [
            {
                "name": name,
                "actionTypeId": {"category": category},
                "configuration": {"UserParameters": json.dumps({"s3Bucket": "b", "stateMachineFile": f"{name}.json"})},
            }
            for name in actions
        ],
    }


class FakeAws:
    """Answers as the services do, one moment after the other: the moment is the number of polls so far."""

    def __init__(self, pace: Pace = PACE) -> None:
        self.pace = pace
        self.slept: list[float] = []
        self.moment = 0
        self.alive = True
        self.has_state_machine = True
        self.stack_events: list[dict[str, Any]] | None = None
        self.pages_read = 0
        self.exceptions = self
        self.pipeline_status: Iterator[str] = itertools.repeat("InProgress")
        self.deployments = ["Prod"]
        self.inputs: dict[str, Any] | None = None
        self.objects_read: list[dict[str, str]] = []

    ClientError = KeyError
    StateMachineDoesNotExist = StateMachineDoesNotExistError

    def client(self, _: str) -> FakeAws:
        return self

    def check(self) -> None:
        if not self.alive:
            raise GoneError

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.moment += 1

    def get_pipeline(self, **_: Any) -> dict[str, Any]:
        return {"pipeline": {"stages": [declaration("Source", "Source"), declaration("Prod", *self.deployments)]}}

    def get_object(self, **where: str) -> dict[str, Any]:
        self.objects_read.append(where)
        if self.inputs is None:
            raise KeyError("AccessDenied")
        return {"Body": io.BytesIO(json.dumps(self.inputs[where["Key"]]).encode())}

    def get_pipeline_execution(self, **_: Any) -> dict[str, Any]:
        return {"pipelineExecution": {"status": "InProgress" if self.moment < 4 else "Failed"}}

    def list_executions(self, **_: Any) -> dict[str, Any]:
        if not self.has_state_machine:
            raise StateMachineDoesNotExistError
        return {
            "executions": [
                {"executionArn": EXECUTION, "startDate": at(2)},
                {"executionArn": f"{EXECUTION}-earlier", "startDate": at(-60)},
            ]
        }

    def describe_execution(self, **_: Any) -> dict[str, Any]:
        return {"input": STARTED["executionStartedEventDetails"]["input"]}

    def get_paginator(self, operation: str) -> Pages:
        pages: dict[str, Any] = {
            "list_pipeline_executions": {"pipelineExecutionSummaries": self.summaries()},
            "list_action_executions": {"actionExecutionDetails": self.actions()},
            "get_execution_history": {"events": HISTORY[: max(1, self.moment)]},
        }
        if operation == "describe_stack_events":
            if self.stack_events is None:
                raise KeyError("Stack does not exist")
            return Pages(self._read_pages(self.stack_events))
        return Pages([pages[operation]])

    def _read_pages(self, events: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        for event in events:
            self.pages_read += 1
            yield {"StackEvents": [event]}

    def summaries(self) -> list[dict[str, Any]]:
        revisions = [{"revisionId": COMMIT}] if self.moment else []
        return [
            {
                "pipelineExecutionId": "1",
                "startTime": at(0),
                "status": next(self.pipeline_status),
                "sourceRevisions": revisions,
            }
        ]

    def actions(self) -> list[dict[str, Any]]:
        if self.moment < 4:
            return [action("Prod", "InProgress", 1, 1), action("Source", "Succeeded", 0, 1)]
        message = {"code": "JobFailed", "message": "Changegate.Rejected: OrderQueue would be replaced"}
        return [
            action("Prod", "Failed", 1, 6, errorDetails=message, externalExecutionId=EXECUTION),
            action("Source", "Succeeded", 0, 1),
        ]


class TwoDeployments(FakeAws):
    """The stage Prod has two deployments; the execution is that of the second one."""

    def __init__(self) -> None:
        super().__init__()
        self.deployments = ["network", "app"]

    def actions(self) -> list[dict[str, Any]]:
        source = action("Source", "Succeeded", 0, 1)
        found = []
        for name in self.deployments:
            result: dict[str, Any] = {}
            if self.moment >= 4:
                result = {"errorDetails": {"message": f"{name} failed"}}
                result |= {"externalExecutionId": EXECUTION} if name == "app" else {}
            status = "InProgress" if self.moment < 4 else "Failed"
            found.append({**action("Prod", status, 1, 6, **result), "actionName": name, "actionExecutionId": name})
        return [*found, source]


class TestWatcher:
    def test_each_event_once_and_in_order(self) -> None:
        aws = FakeAws()
        events = list(self.watch(aws).follow_commit(COMMIT, frozenset()))
        assert [type(event) for event in events] == [
            ExecutionStarted,
            StageStarted,
            StageEnded,
            StageStarted,
            StateEntered,
            VerdictReached,
            DeploymentEnded,
            StageEnded,
            ExecutionEnded,
        ]
        assert events[-1] == ExecutionEnded(at(6), "Failed", "Changegate.Rejected: OrderQueue would be replaced")

    def test_an_execution_is_found_by_its_id_or_as_the_newest(self) -> None:
        watcher = self.watch(FakeAws())
        for execution_id in ("1", None):
            found = watcher.find(execution_id)
            assert found is not None
            assert found["pipelineExecutionId"] == "1"
        assert watcher.find("2") is None

    def test_an_execution_that_is_found_can_be_followed(self) -> None:
        aws = FakeAws()
        events = list(self.watch(aws).follow({"pipelineExecutionId": "1", "startTime": at(0)}))
        assert events[0] == ExecutionStarted(at(0), "1")
        assert events[-1] == ExecutionEnded(at(6), "Failed", "Changegate.Rejected: OrderQueue would be replaced")

    def test_a_state_machine_that_is_not_known_is_named_by_the_action_in_the_end(self) -> None:
        aws = FakeAws()
        aws.has_state_machine = False
        events = list(self.watch(aws).follow({"pipelineExecutionId": "1", "startTime": at(0)}))
        assert [type(event) for event in events][-4:] == [
            VerdictReached,
            DeploymentEnded,
            StageEnded,
            ExecutionEnded,
        ]

    def test_pages_of_stack_events_from_before_are_not_read(self) -> None:
        def event(seconds: float) -> dict[str, Any]:
            return {"Timestamp": at(seconds), "LogicalResourceId": "OrderQueue", "ResourceStatus": "UPDATE_COMPLETE"}

        aws = FakeAws()
        aws.stack_events = [event(4), event(3), event(-60), event(-90), event(-99)]
        events = list(self.watch(aws).follow_deployment(EXECUTION))
        assert [event.at for event in events if isinstance(event, StackChanged)] == [at(3), at(4)]
        # It asks five times, until the execution has ended.
        assert aws.pages_read == 5 * 3

    def test_an_aws_that_ends_ends_it(self) -> None:
        aws = FakeAws()
        events = self.watch(aws).follow_commit(COMMIT, frozenset())
        next(events)
        aws.alive = False
        with pytest.raises(GoneError):
            list(events)

    def test_a_commit_that_is_not_picked_up_ends_it_with_a_sentence(self) -> None:
        aws = FakeAws(pace=Pace(poll_seconds=0.4, start_seconds=0.05, end_seconds=300))
        with pytest.raises(WatchError, match="did not pick up commit bbbbbbb within 0 seconds"):
            list(self.watch(aws).follow_commit("b" * 40, frozenset()))

    def test_executions_that_are_running_end_first(self) -> None:
        aws = FakeAws()
        aws.pipeline_status = iter(["InProgress", "Stopping", "Failed"])
        self.watch(aws).await_rest()
        assert aws.slept == [aws.pace.poll_seconds] * 2

    def test_a_pipeline_that_never_rests_ends_it_with_a_sentence(self) -> None:
        aws = FakeAws(pace=Pace(poll_seconds=0.4, start_seconds=60, end_seconds=0.05))
        with pytest.raises(WatchError, match="The executions of changegate did not end within 0 seconds"):
            self.watch(aws).await_rest()

    def test_a_deployment_without_a_pipeline(self) -> None:
        events: Iterator[Any] = self.watch(FakeAws()).follow_deployment(EXECUTION)
        assert [type(event) for event in events] == [StateEntered, VerdictReached, DeploymentEnded]

    @pytest.mark.parametrize("inputs", [None, {"app.json": {"environmentName": "prod", "stackName": "sample-app"}}])
    def test_deployments_beside_each_other_are_told_apart(self, inputs: dict[str, Any] | None) -> None:
        """By their stacks, or by what the actions say in the end where the inputs may not be read."""
        aws = TwoDeployments()
        aws.inputs = inputs and {**inputs, "network.json": {"environmentName": "prod", "stackName": "network"}}
        events = list(self.watch(aws).follow({"pipelineExecutionId": "1", "startTime": at(0)}))
        of_deployments = [event for event in events if isinstance(event, DeploymentEnded)]
        assert [event.stage for event in of_deployments] == ["Prod/app"]
        assert {event.stage for event in events if isinstance(event, StateEntered)} == {"Prod/app"}
        assert {where["Key"] for where in aws.objects_read} == {"app.json", "network.json"}
        # Each input is read once.
        assert len(aws.objects_read) == 2

    def watch(self, aws: FakeAws) -> Watcher:
        return Watcher(aws, "changegate", MACHINE, sleep=aws.sleep)
