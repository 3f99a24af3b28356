"""How executions move: pure changes of the model, which return what is to be done about them.

Source: User Guide, "How pipeline executions work" (stages are entered by one execution at a time unless the execution
mode is PARALLEL; SUPERSEDED lets a newer waiting execution take the place of an older one; QUEUED keeps the order),
"Stopped executions", "Retry a failed stage" and "Transition"; API reference for the statuses.

No function here waits, calls anything or takes a lock: the caller holds one, and does the effects in their order.
"""

from __future__ import annotations

import secrets
import string
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from localstack_pipelines.codepipeline import notifications
from localstack_pipelines.codepipeline.errors import (
    DuplicatedStopRequestException,
    NotLatestPipelineExecutionException,
    PipelineExecutionNotStoppableException,
    StageNotRetryableException,
)
from localstack_pipelines.codepipeline.model import (
    ABANDONED,
    CANCELLED,
    FAILED,
    IN_PROGRESS,
    STOPPED,
    STOPPING,
    SUCCEEDED,
    SUPERSEDED,
    ActionRun,
    Artifact,
    Assignment,
    ErrorDetails,
    Outcome,
    StageRun,
    artifact_store_of,
    new_id,
)
from localstack_pipelines.codepipeline.variables import UnresolvedVariableError, resolve

if TYPE_CHECKING:
    from datetime import datetime

    from localstack_pipelines.codepipeline.model import Execution, Pipeline


@dataclass(frozen=True)
class StartAction:
    """The action run has begun and its provider is to be set to work."""

    assignment: Assignment


@dataclass(frozen=True)
class AbandonAction:
    """The action run is over without having finished: nothing it still does counts."""

    run: ActionRun


@dataclass(frozen=True)
class Notify:
    """An event to send."""

    detail_type: str
    detail: dict[str, Any]


Effect = StartAction | AbandonAction | Notify


def begin(pipeline: Pipeline, execution: Execution, now: datetime) -> list[Effect]:
    """Add an execution that has just been started and move it as far as it comes."""
    pipeline.executions.append(execution)
    return [_pipeline_event(pipeline, execution, "STARTED"), *advance(pipeline, now)]


def finish_action(pipeline: Pipeline, run: ActionRun, outcome: Outcome, now: datetime) -> list[Effect]:
    """End an action run and move on; a run that has ended already, abandoned for example, stays as it is."""
    execution = pipeline.find_execution(run.execution_id)
    if execution is None or run.status != IN_PROGRESS:
        return []
    run.outcome, run.last_update_time, run.token = outcome, now, None
    execution.last_update_time = now
    if outcome.error:
        run.status = FAILED
    else:
        run.status = SUCCEEDED
        execution.artifacts.update({artifact.name: artifact for artifact in run.stored_artifacts})
        if namespace := run.declaration.get("namespace"):
            execution.output_variables[namespace] = outcome.output_variables
        if outcome.revision:
            others = [known for known in execution.revisions if known.action_name != run.name]
            execution.revisions = [*others, outcome.revision]
    state = "FAILED" if outcome.error else "SUCCEEDED"
    return [_action_event(pipeline, execution, run, state), *advance(pipeline, now)]


def advance(pipeline: Pipeline, now: datetime) -> list[Effect]:
    """Move every execution as far as it comes, oldest first, until nothing moves any more."""
    effects: list[Effect] = []
    while True:
        moved = _supersede(pipeline, now)
        for execution in pipeline.executions:
            if execution.is_active:
                moved += _step(pipeline, execution, now)
        if not moved:
            return effects
        effects += moved


def stop(pipeline: Pipeline, execution: Execution, reason: str | None, now: datetime, *, abandon: bool) -> list[Effect]:
    """Stop an execution, letting the actions in progress finish or abandoning them.

    :raises PipelineExecutionNotStoppableException: it has ended.
    :raises DuplicatedStopRequestException: it is stopping already and this request asks for nothing more.
    """
    if not execution.is_active:
        raise PipelineExecutionNotStoppableException(
            f"The pipeline execution {execution.id} is not in progress; its status is {execution.status}."
        )
    if execution.status == STOPPING and (execution.abandoning or not abandon):
        raise DuplicatedStopRequestException(f"The pipeline execution {execution.id} is already stopping.")
    effects: list[Effect] = []
    if execution.status != STOPPING:
        _set_status(execution, STOPPING, now)
        effects.append(_pipeline_event(pipeline, execution, "STOPPING"))
        if execution.stage_run:
            execution.stage_run.status = STOPPING
            effects.append(_stage_event(pipeline, execution, execution.stage_run, "STOPPING"))
    execution.stop_requested, execution.abandoning = True, abandon
    execution.stop_reason = reason or execution.stop_reason
    if abandon:
        effects += _abandon_actions(pipeline, execution, now)
    return effects + advance(pipeline, now)


def retry(
    pipeline: Pipeline, execution: Execution, stage_name: str, now: datetime, *, all_actions: bool
) -> list[Effect]:
    """Run the failed actions of a failed stage again, or all its actions.

    :raises StageNotRetryableException: the stage did not fail in this execution, or the pipeline has changed since.
    :raises NotLatestPipelineExecutionException: a later execution has entered the stage.
    """
    stage = execution.stage_runs.get(stage_name)
    if stage is None or stage.status != FAILED or execution.status != FAILED:
        raise StageNotRetryableException(f"Stage {stage_name} has not failed in the pipeline execution {execution.id}.")
    if _is_exclusive(pipeline) and pipeline.latest_in_stage.get(stage_name) != execution.id:
        raise NotLatestPipelineExecutionException(
            f"A later pipeline execution than {execution.id} has entered stage {stage_name}."
        )
    if execution.version != pipeline.declaration["version"]:
        raise StageNotRetryableException("The pipeline has been updated since the stage failed.")
    again = {name for name, run in stage.action_runs.items() if all_actions or run.status == FAILED}
    # An action with no run in the stage is one still to be run; its earlier runs stay in the history.
    stage.action_runs = {name: run for name, run in stage.action_runs.items() if name not in again}
    stage.status, stage.start_time = IN_PROGRESS, now
    stage.manual_retries += 1
    execution.attempt += 1
    _set_status(execution, IN_PROGRESS, now)
    effects: list[Effect] = [
        _pipeline_event(pipeline, execution, "RESUMED"),
        _stage_event(pipeline, execution, stage, "RESUMED"),
    ]
    return effects + advance(pipeline, now)


def cancel_all(pipeline: Pipeline, now: datetime) -> list[Effect]:
    """Cancel the executions in progress because the pipeline's definition changes or the pipeline goes.

    An update of the definition ends them: API reference, ``PipelineExecution`` (status Cancelled), and User Guide,
    "Edit a pipeline". Their actions in progress are abandoned.
    """
    effects: list[Effect] = []
    for execution in pipeline.executions:
        if not execution.is_active:
            continue
        effects += _abandon_actions(pipeline, execution, now)
        if execution.stage_run:
            execution.stage_run.status = CANCELLED
            effects.append(_stage_event(pipeline, execution, execution.stage_run, "CANCELED"))
        _set_status(execution, CANCELLED, now)
        effects.append(_pipeline_event(pipeline, execution, "CANCELED"))
    return effects


def waiting_for(pipeline: Pipeline, stage_name: str) -> list[Execution]:
    """Return the executions that wait to enter a stage, oldest first."""
    return [
        execution
        for execution in pipeline.executions
        if execution.is_active and execution.waiting and execution.stage["name"] == stage_name
    ]


def _step(pipeline: Pipeline, execution: Execution, now: datetime) -> list[Effect]:
    stage = execution.stage_run
    if any(run.status == IN_PROGRESS for run in stage.action_runs.values()) if stage else False:
        return []
    if execution.status == STOPPING:
        return _end_stopped(pipeline, execution, now)
    if stage is None:
        return _enter_stage(pipeline, execution, now) if _may_enter(pipeline, execution) else []
    if any(run.status == FAILED for run in stage.action_runs.values()):
        return _end_failed(pipeline, execution, stage, now)
    pending = [action for action in execution.stage["actions"] if action["name"] not in stage.action_runs]
    if not pending:
        return _leave_stage(pipeline, execution, stage, now)
    first = min(action["runOrder"] for action in pending)
    effects: list[Effect] = []
    for action in pending:
        if action["runOrder"] == first:
            effects += _start_action(pipeline, execution, stage, action, now)
    return effects


def _is_exclusive(pipeline: Pipeline) -> bool:
    mode: str = pipeline.declaration["executionMode"]
    return mode != "PARALLEL"


def _may_enter(pipeline: Pipeline, execution: Execution) -> bool:
    stages = execution.declaration["stages"]
    ways = [pipeline.inbound.get(execution.stage["name"])]
    if execution.stage_index > 0:
        ways.append(pipeline.outbound.get(stages[execution.stage_index - 1]["name"]))
    if any(way is not None and not way.enabled for way in ways):
        return False
    return not _is_exclusive(pipeline) or not any(
        other.is_active and not other.waiting and other.stage["name"] == execution.stage["name"]
        for other in pipeline.executions
    )


def _enter_stage(pipeline: Pipeline, execution: Execution, now: datetime) -> list[Effect]:
    stage = StageRun(execution.stage["name"], start_time=now)
    execution.stage_runs[stage.name] = stage
    execution.waiting = False
    execution.last_update_time = now
    pipeline.latest_in_stage[stage.name] = execution.id
    return [_stage_event(pipeline, execution, stage, "STARTED")]


def _leave_stage(pipeline: Pipeline, execution: Execution, stage: StageRun, now: datetime) -> list[Effect]:
    stage.status = SUCCEEDED
    effects: list[Effect] = [_stage_event(pipeline, execution, stage, "SUCCEEDED")]
    if execution.stage_index + 1 < len(execution.declaration["stages"]):
        execution.stage_index += 1
        execution.waiting = True
        return effects
    _set_status(execution, SUCCEEDED, now)
    return [*effects, _pipeline_event(pipeline, execution, "SUCCEEDED")]


def _end_failed(pipeline: Pipeline, execution: Execution, stage: StageRun, now: datetime) -> list[Effect]:
    stage.status = FAILED
    _set_status(execution, FAILED, now)
    return [
        _stage_event(pipeline, execution, stage, "FAILED"),
        _pipeline_event(pipeline, execution, "FAILED"),
    ]


def _end_stopped(pipeline: Pipeline, execution: Execution, now: datetime) -> list[Effect]:
    effects: list[Effect] = []
    if execution.stage_run:
        execution.stage_run.status = STOPPED
        effects.append(_stage_event(pipeline, execution, execution.stage_run, "STOPPED"))
    _set_status(execution, STOPPED, now)
    return [*effects, _pipeline_event(pipeline, execution, "STOPPED")]


def _supersede(pipeline: Pipeline, now: datetime) -> list[Effect]:
    if pipeline.declaration["executionMode"] != "SUPERSEDED":
        return []
    effects: list[Effect] = []
    for stage in pipeline.declaration["stages"]:
        older = waiting_for(pipeline, stage["name"])[:-1]
        for execution in older:
            if execution.status != IN_PROGRESS:
                continue
            _set_status(execution, SUPERSEDED, now)
            effects.append(_pipeline_event(pipeline, execution, "SUPERSEDED"))
    return effects


def _start_action(
    pipeline: Pipeline, execution: Execution, stage: StageRun, action: dict[str, Any], now: datetime
) -> list[Effect]:
    bucket = artifact_store_of(execution.declaration, pipeline.region)["location"]
    run = ActionRun(
        id=new_id(),
        execution_id=execution.id,
        pipeline_version=execution.version,
        stage_name=stage.name,
        declaration=action,
        start_time=now,
        last_update_time=now,
        attempt=execution.attempt,
        input_artifacts=[
            execution.artifacts[artifact["name"]]
            for artifact in action["inputArtifacts"]
            if artifact["name"] in execution.artifacts
        ],
        output_artifacts=[
            Artifact(artifact["name"], bucket, _artifact_key(pipeline.name, artifact["name"]))
            for artifact in action["outputArtifacts"]
        ],
    )
    stage.action_runs[run.name] = run
    pipeline.action_runs.append(run)
    started = _action_event(pipeline, execution, run, "STARTED")
    namespaces = {
        **execution.output_variables,
        "variables": execution.variables,
        "codepipeline": {"PipelineExecutionId": execution.id},
    }
    try:
        run.configuration = resolve(action["configuration"], namespaces)
    except UnresolvedVariableError as error:
        run.status = FAILED
        run.outcome = Outcome(error=ErrorDetails("ConfigurationError", str(error)))
        return [started, _action_event(pipeline, execution, run, "FAILED")]
    return [started, StartAction(Assignment(pipeline, execution, run))]


def _abandon_actions(pipeline: Pipeline, execution: Execution, now: datetime) -> list[Effect]:
    effects: list[Effect] = []
    for run in execution.stage_run.action_runs.values() if execution.stage_run else ():
        if run.status == IN_PROGRESS:
            run.status, run.last_update_time, run.token = ABANDONED, now, None
            effects += [AbandonAction(run), _action_event(pipeline, execution, run, "ABANDONED")]
    return effects


def _set_status(execution: Execution, status: str, now: datetime) -> None:
    execution.status, execution.last_update_time = status, now


def _artifact_key(pipeline_name: str, artifact_name: str) -> str:
    # The form of AWS's keys: 20 characters of the pipeline's name, 10 of the artifact's, 7 random ones.
    random = "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(7))
    return f"{pipeline_name[:20]}/{artifact_name[:10]}/{random}"


def _pipeline_event(pipeline: Pipeline, execution: Execution, state: str) -> Notify:
    return Notify(notifications.PIPELINE_CHANGE, notifications.pipeline_change(pipeline, execution, state))


def _stage_event(pipeline: Pipeline, execution: Execution, stage: StageRun, state: str) -> Notify:
    return Notify(notifications.STAGE_CHANGE, notifications.stage_change(pipeline, execution, stage, state))


def _action_event(pipeline: Pipeline, execution: Execution, run: ActionRun, state: str) -> Notify:
    return Notify(notifications.ACTION_CHANGE, notifications.action_change(pipeline, execution, run, state))
