"""Follows an execution through the pipeline, the state machine and the stack, by polling their APIs.

The functions that read answers are pure. :class:`Watcher` polls, and yields each event once, in the order of time.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

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

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from changegate_cli.watch.aws import WatchedAws
    from changegate_cli.watch.events import Event

PIPELINE_IN_PROGRESS = frozenset({"InProgress", "Stopping"})
INSPECTION = "Inspect Change Set Changes"

_DEPLOYMENT_STATUS = {
    "ExecutionSucceeded": ("SUCCEEDED", ""),
    "ExecutionFailed": ("FAILED", "executionFailedEventDetails"),
    "ExecutionTimedOut": ("TIMED_OUT", "executionTimedOutEventDetails"),
    "ExecutionAborted": ("ABORTED", "executionAbortedEventDetails"),
}
_ATTEMPT_DETAILS = {
    "TaskFailed": "taskFailedEventDetails",
    "TaskTimedOut": "taskTimedOutEventDetails",
    "LambdaFunctionFailed": "lambdaFunctionFailedEventDetails",
    "LambdaFunctionTimedOut": "lambdaFunctionTimedOutEventDetails",
}


def stage_events(actions: Iterable[dict[str, Any]], stages: Mapping[str, int]) -> Iterator[Event]:
    """Yield the starts and ends of stages, from the details of ListActionExecutions.

    :param actions: details of one pipeline execution.
    :param stages: the pipeline's stages in order, and how many actions each has.
    """
    by_stage: dict[str, list[dict[str, Any]]] = {}
    for action in actions:
        by_stage.setdefault(action["stageName"], []).append(action)
    for stage, count in stages.items():
        found = by_stage.get(stage)
        if not found:
            continue
        yield StageStarted(min(action["startTime"] for action in found), stage)
        worst = _worst(found)
        is_over = len(found) == count or worst["status"] != "Succeeded"
        if is_over and all(action["status"] != "InProgress" for action in found):
            at = max(action["lastUpdateTime"] for action in found)
            yield StageEnded(at, stage, worst["status"], action_message(worst))


def action_message(action: dict[str, Any]) -> str:
    """Return the error of an action that has ended, or else its summary."""
    result = action.get("output", {}).get("executionResult", {})
    error: str = result.get("errorDetails", {}).get("message", "")
    summary: str = result.get("externalExecutionSummary", "")
    return error or summary


def is_deployment(action_type: Mapping[str, Any]) -> bool:
    """Return whether an action of this type, an ``actionTypeId``, invokes the trigger."""
    return bool(action_type["category"] == "Invoke")


def history_events(stage: str, history: Iterable[dict[str, Any]]) -> Iterator[Event]:
    """Yield the events of a state machine's execution, from those of GetExecutionHistory."""
    for event in history:
        kind: str = event["type"]
        at = event["timestamp"]
        if kind.endswith("StateEntered"):
            yield StateEntered(at, stage, event["stateEnteredEventDetails"]["name"])
        elif kind.endswith("StateExited") and event["stateExitedEventDetails"]["name"] == INSPECTION:
            parameters = json.loads(event["stateExitedEventDetails"]["output"])["taskParams"]
            yield VerdictReached(at, stage, parameters.get("changeSetAction", ""), findings_of(parameters))
        elif kind in _ATTEMPT_DETAILS:
            details = event.get(_ATTEMPT_DETAILS[kind], {})
            yield AttemptFailed(at, stage, details.get("error", ""), details.get("cause", ""))
        elif kind in _DEPLOYMENT_STATUS:
            status, member = _DEPLOYMENT_STATUS[kind]
            details = event.get(member, {})
            yield DeploymentEnded(at, stage, status, details.get("error", ""), details.get("cause", ""))


def findings_of(parameters: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the findings of the verdict in ``taskParams``, each as a sentence."""
    findings = parameters.get("verdict", {}).get("findings", [])
    return tuple(f"{found['path']} ({found['resourceType']}) {found['reason']}" for found in findings)


def stack_events(stage: str, answer: Iterable[dict[str, Any]], since: datetime) -> Iterator[Event]:
    """Yield the events of DescribeStackEvents since ``since``, the oldest first."""
    for event in sorted(answer, key=lambda event: event["Timestamp"]):
        if event["Timestamp"] >= since:
            yield StackChanged(
                event["Timestamp"],
                stage,
                event["LogicalResourceId"],
                event.get("ResourceType", ""),
                event["ResourceStatus"],
                event.get("ResourceStatusReason", ""),
            )


def stack_name_of(history: Iterable[dict[str, Any]]) -> str | None:
    """Return the name of the stack that an execution deploys, from its input.

    None when the execution has not started, or deploys to another account or region, where this one cannot look.
    """
    for event in history:
        if event["type"] == "ExecutionStarted":
            parameters = task_parameters(event["executionStartedEventDetails"]["input"])
            if parameters.get("target"):
                return None
            names = (parameters.get("environmentName"), parameters.get("stackName"))
            return "-".join(map(str, names)) if all(names) else None
    return None


def task_parameters(execution_input: str) -> dict[str, Any]:
    """Return ``taskParams`` of an execution's input; empty when the input does not have the form of the contract."""
    try:
        parameters = json.loads(execution_input)["taskParams"]
    except (ValueError, KeyError, TypeError):
        return {}
    return parameters if isinstance(parameters, dict) else {}


def execution_of(summaries: Iterable[dict[str, Any]], commit_id: str, known: frozenset[str]) -> dict[str, Any] | None:
    """Return the summary of the pipeline execution that deploys ``commit_id``; None while there is none.

    An execution that failed without a revision counts: its source action could not read the repository.

    :param summaries: of ListPipelineExecutions, the newest first.
    :param known: ids of executions that existed before the push.
    """
    new = [summary for summary in summaries if summary["pipelineExecutionId"] not in known]
    for summary in new:
        if any(revision.get("revisionId") == commit_id for revision in summary.get("sourceRevisions", [])):
            return summary
    return next(
        (summary for summary in new if summary["status"] == "Failed" and not summary.get("sourceRevisions")),
        None,
    )


@dataclass
class Watcher:
    """Follows the executions of one pipeline.

    :ivar aws: where the pipeline is.
    :ivar pipeline_name: the pipeline.
    :ivar state_machine_arn: the state machine that its deploy actions start.
    """

    aws: WatchedAws
    pipeline_name: str
    state_machine_arn: str
    sleep: Callable[[float], None] = time.sleep
    _clients: dict[str, Any] = field(default_factory=dict, init=False, repr=False)
    # Executions of the state machine, by the action executions that have started them.
    _started: dict[str, str] = field(default_factory=dict, init=False, repr=False)
    # Environment and stack name, by the parameters of the action that deploys them.
    _stacks: dict[str, tuple[str, str] | None] = field(default_factory=dict, init=False, repr=False)

    def known_executions(self) -> frozenset[str]:
        """Return the ids of the pipeline's executions so far; call it before a push."""
        return frozenset(summary["pipelineExecutionId"] for summary in self._executions())

    def await_rest(self) -> None:
        """Wait until no execution is running: one that is could pick up a commit that is pushed meanwhile.

        Creating a pipeline starts an execution.

        :raises WatchError: when one does not end within the time of the pace.
        """
        for _ in self._ticks(self.aws.pace.end_seconds, f"The executions of {self.pipeline_name} did not end"):
            if not any(summary["status"] in PIPELINE_IN_PROGRESS for summary in self._executions()):
                return

    def find(self, execution_id: str | None) -> dict[str, Any] | None:
        """Return the summary of an execution of the pipeline, or None if it does not exist.

        :param execution_id: the execution; None for the newest.
        """
        return next(
            (
                summary
                for summary in self._executions()
                if execution_id is None or summary["pipelineExecutionId"] == execution_id
            ),
            None,
        )

    def follow_commit(self, commit_id: str, known: frozenset[str]) -> Iterator[Event]:
        """Yield what happens to ``commit_id``, until the pipeline's execution has ended.

        :param commit_id: 40 hexadecimal digits.
        :param known: :meth:`known_executions` from before the push.
        :raises WatchError: when the pipeline does not pick it up, or does not end, within the time of the pace.
        """
        yield from self.follow(self._await_execution(commit_id, known))

    def follow(self, summary: Mapping[str, Any]) -> Iterator[Event]:
        """Yield what happens in an execution of the pipeline, until it has ended.

        :param summary: of the execution, as ListPipelineExecutions and :meth:`find` return it.
        :raises WatchError: when it does not end within the time of the pace.
        """
        execution_id = summary["pipelineExecutionId"]
        yield ExecutionStarted(summary["startTime"], execution_id)
        declared = self._declared()
        stages = {name: len(found) for name, found in declared.items()}
        seen = _Seen()
        for _ in self._ticks(self.aws.pace.end_seconds, f"The pipeline's execution {execution_id} did not end"):
            # The status comes first: when it says that the execution has ended, later answers are complete.
            status = self._client("codepipeline").get_pipeline_execution(
                pipelineName=self.pipeline_name, pipelineExecutionId=execution_id
            )["pipelineExecution"]["status"]
            actions = self._actions(execution_id)
            yield from seen.new([*stage_events(actions, stages), *self._deployments(actions, declared)])
            if status not in PIPELINE_IN_PROGRESS:
                yield ExecutionEnded(
                    max((action["lastUpdateTime"] for action in actions), default=datetime.now(UTC)),
                    status,
                    self._failure(execution_id, actions) if status == "Failed" else "",
                )
                return

    def follow_deployment(self, execution_arn: str, stage: str = "") -> Iterator[Event]:
        """Yield what an execution of the state machine does, until it has ended. It needs no pipeline.

        :raises WatchError: when it does not end within the time of the pace.
        """
        seen = _Seen()
        for _ in self._ticks(self.aws.pace.end_seconds, f"Execution {execution_arn} did not end"):
            events = list(self._deployment(execution_arn, stage))
            yield from seen.new(events)
            if any(isinstance(event, DeploymentEnded) for event in events):
                return

    def _await_execution(self, commit_id: str, known: frozenset[str]) -> dict[str, Any]:
        for _ in self._ticks(self.aws.pace.start_seconds, f"The pipeline did not pick up commit {commit_id[:7]}"):
            summary = execution_of(self._executions(), commit_id, known)
            if summary is not None:
                return summary
        raise AssertionError("unreachable: the ticks end by raising")

    def _deployments(
        self, actions: Iterable[dict[str, Any]], declared: Mapping[str, Sequence[dict[str, Any]]]
    ) -> Iterator[Event]:
        for action in actions:
            beside = [other for other in declared.get(action["stageName"], []) if is_deployment(other["actionTypeId"])]
            mine = next((other for other in beside if other["name"] == action["actionName"]), None)
            arn = self._execution_arn(action, mine if len(beside) > 1 else None)
            if arn is not None:
                place = f"{action['stageName']}/{action['actionName']}" if len(beside) > 1 else action["stageName"]
                yield from self._deployment(arn, place)

    def _deployment(self, arn: str, stage: str) -> Iterator[Event]:
        stepfunctions = self._client("stepfunctions")
        pages = stepfunctions.get_paginator("get_execution_history").paginate(
            executionArn=arn, includeExecutionData=True
        )
        history = [event for page in pages for event in page["events"]]
        yield from history_events(stage, history)
        stack_name = stack_name_of(history)
        if stack_name is not None:
            yield from self._stack(stack_name, stage, history[0]["timestamp"])

    def _stack(self, stack_name: str, stage: str, since: datetime) -> Iterator[Event]:
        cloudformation = self._client("cloudformation")
        try:
            pages = cloudformation.get_paginator("describe_stack_events").paginate(StackName=stack_name)
            recent: list[dict[str, Any]] = []
            for page in pages:
                recent.extend(page["StackEvents"])
                # Pages with newer events come first, and a stack can have many.
                if any(event["Timestamp"] < since for event in page["StackEvents"]):
                    break
        except cloudformation.exceptions.ClientError:
            # There is no stack of this name, or not yet.
            return
        yield from stack_events(stage, recent, since)

    def _execution_arn(self, action: dict[str, Any], declaration: dict[str, Any] | None) -> str | None:
        """Return the execution that an action has started; None while it is unknown.

        An action that has ended names it. Until then it is the one with the action's revision in its input and, if the
        stage has several deployments, with its stack.

        :param declaration: of the action in the pipeline; None if the stage has one deployment.
        """
        if not is_deployment(action["input"]["actionTypeId"]):
            return None
        named: str = action.get("output", {}).get("executionResult", {}).get("externalExecutionId", "")
        if named.startswith("arn:"):
            self._started[action["actionExecutionId"]] = named
        if action["actionExecutionId"] not in self._started:
            keys = {artifact["s3location"]["key"] for artifact in action["input"].get("inputArtifacts", [])}
            stack = None if declaration is None else self._stack_of(declaration)
            known = declaration is None or stack is not None
            arn = self._execution_with(keys, stack, action["startTime"]) if known else None
            if arn is not None:
                self._started[action["actionExecutionId"]] = arn
        return self._started.get(action["actionExecutionId"])

    def _stack_of(self, declaration: dict[str, Any]) -> tuple[str, str] | None:
        """Return environment and stack name that an action deploys, from its input in the bucket.

        None if the caller may not read it, or it does not have the form of the contract: then the action names its
        execution when it has ended.
        """
        place = declaration["configuration"].get("UserParameters", "")
        if place not in self._stacks:
            s3 = self._client("s3")
            try:
                where = json.loads(place)
                answer = s3.get_object(Bucket=where["s3Bucket"], Key=where["stateMachineFile"])
                content = json.loads(answer["Body"].read())
                self._stacks[place] = (content["environmentName"], content["stackName"])
            except (s3.exceptions.ClientError, ValueError, KeyError, TypeError):
                self._stacks[place] = None
        return self._stacks[place]

    def _execution_with(self, keys: set[str], stack: tuple[str, str] | None, since: datetime) -> str | None:
        stepfunctions = self._client("stepfunctions")
        try:
            # The newest page is enough: the search begins when the action starts.
            executions = stepfunctions.list_executions(stateMachineArn=self.state_machine_arn)["executions"]
        except stepfunctions.exceptions.StateMachineDoesNotExist:
            # The pipeline starts another one: the action names its execution in the end.
            return None
        for execution in executions:
            arn: str = execution["executionArn"]
            if execution["startDate"] >= since and arn not in self._started.values():
                content = stepfunctions.describe_execution(executionArn=arn).get("input", "")
                found = task_parameters(content)
                is_its = stack in {None, (found.get("environmentName"), found.get("stackName"))}
                if is_its and found.get("revisionS3Key") in keys:
                    return arn
        return None

    def _failure(self, execution_id: str, actions: Sequence[dict[str, Any]]) -> str:
        messages = [action_message(action) for action in actions if action["status"] == "Failed"]
        if any(messages):
            return next(message for message in messages if message)
        state = self._client("codepipeline").get_pipeline_state(name=self.pipeline_name)
        for stage in state["stageStates"]:
            if stage.get("latestExecution", {}).get("pipelineExecutionId") == execution_id:
                for action in stage["actionStates"]:
                    error = action.get("latestExecution", {}).get("errorDetails", {}).get("message", "")
                    if error:
                        return str(error)
        return ""

    def _declared(self) -> dict[str, list[dict[str, Any]]]:
        """Return the actions of each stage, as the pipeline declares them."""
        pipeline = self._client("codepipeline").get_pipeline(name=self.pipeline_name)["pipeline"]
        return {stage["name"]: stage["actions"] for stage in pipeline["stages"]}

    def _executions(self) -> Iterator[dict[str, Any]]:
        """Yield the summaries of ListPipelineExecutions, the newest first."""
        pages = (
            self._client("codepipeline")
            .get_paginator("list_pipeline_executions")
            .paginate(pipelineName=self.pipeline_name)
        )
        return (summary for page in pages for summary in page["pipelineExecutionSummaries"])

    def _actions(self, execution_id: str) -> list[dict[str, Any]]:
        pages = (
            self._client("codepipeline")
            .get_paginator("list_action_executions")
            .paginate(pipelineName=self.pipeline_name, filter={"pipelineExecutionId": execution_id})
        )
        actions = [action for page in pages for action in page["actionExecutionDetails"]]
        return sorted(actions, key=lambda action: action["startTime"])

    def _client(self, service: str) -> Any:
        if service not in self._clients:
            self._clients[service] = self.aws.client(service)
        return self._clients[service]

    def _ticks(self, timeout_seconds: float, what: str) -> Iterator[None]:
        deadline = time.monotonic() + timeout_seconds
        while time.monotonic() < deadline:
            yield
            self.aws.check()
            self.sleep(self.aws.pace.poll_seconds)
        raise WatchError(f"{what} within {timeout_seconds:.0f} seconds.")


@dataclass
class _Seen:
    """The events that were yielded already."""

    events: set[Event] = field(default_factory=set)

    def new(self, events: Iterable[Event]) -> list[Event]:
        """Return the events that are new, in the order of time."""
        fresh = [event for event in dict.fromkeys(events) if event not in self.events]
        self.events.update(fresh)
        return sorted(fresh, key=lambda event: event.at)


def _worst(actions: Sequence[dict[str, Any]]) -> dict[str, Any]:
    order = {"Failed": 0, "Abandoned": 1, "Succeeded": 2}
    return min(actions, key=lambda action: order.get(action["status"], -1))
