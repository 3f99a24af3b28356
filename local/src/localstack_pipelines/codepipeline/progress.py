"""Progress of executions: changes of the models, and the effects that the caller must perform for them.

Source: User Guide, "How pipeline executions work" (a stage has one execution at a time unless the execution mode is
PARALLEL; in SUPERSEDED, a newer waiting execution replaces an older one; in QUEUED, executions keep their order),
"Stop a pipeline execution in CodePipeline", "Configuring stage retry for a failed stage or failed actions" and
"Transition"; API reference for the statuses.

No function here waits, calls a service or takes a lock. The caller holds the lock and performs the effects in order.
"""

from __future__ import annotations

import secrets
import string
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from . import state_changes
from .errors import (
    DuplicatedStopRequestException,
    NotLatestPipelineExecutionException,
    PipelineExecutionNotStoppableException,
    StageNotRetryableException,
)
from .models import (
    ActionResult,
    ActionRun,
    Artifact,
    Assignment,
    ErrorDetails,
    StageRun,
    Status,
    artifact_store_of,
    new_id,
)
from .run_order import startable
from .variables import UnresolvedVariableError, resolve

if TYPE_CHECKING:
    from datetime import datetime

    from .models import Execution, Pipeline


@dataclass(frozen=True)
class StartAction:
    """Start the work of an action run."""

    assignment: Assignment


@dataclass(frozen=True)
class AbandonAction:
    """Give up the work of an action run: its result no longer matters."""

    run: ActionRun


@dataclass(frozen=True)
class SendEvent:
    """Send an event."""

    detail_type: str
    detail: dict[str, Any]


Effect = StartAction | AbandonAction | SendEvent

# A stage in progress can have a failed action too, while others have not ended.
_RETRYABLE = {Status.IN_PROGRESS, Status.FAILED, Status.STOPPED}


def begin(pipeline: Pipeline, execution: Execution, now: datetime) -> list[Effect]:
    """Add a new execution and advance the executions of the pipeline."""
    pipeline.executions.append(execution)
    return [_pipeline_event(pipeline, execution, "STARTED"), *advance(pipeline, now)]


def finish_action(pipeline: Pipeline, run: ActionRun, result: ActionResult, now: datetime) -> list[Effect]:
    """End an action run, unless it has already ended (for example, was abandoned), and advance the executions."""
    execution = pipeline.find_execution(run.execution_id)
    if execution is None or run.status != Status.IN_PROGRESS:
        return []
    run.result, run.last_update_time, run.token = result, now, None
    execution.last_update_time = now
    if result.error:
        run.status = Status.FAILED
    else:
        run.status = Status.SUCCEEDED
        execution.artifacts.update({artifact.name: artifact for artifact in run.stored_artifacts})
        if namespace := run.declaration.get("namespace"):
            execution.output_variables[namespace] = result.output_variables
        if result.revision:
            others = [known for known in execution.revisions if known.action_name != run.name]
            execution.revisions = [*others, result.revision]
    state = "FAILED" if result.error else "SUCCEEDED"
    return [_action_event(pipeline, execution, run, state), *advance(pipeline, now)]


def advance(pipeline: Pipeline, now: datetime) -> list[Effect]:
    """Advance all executions as far as possible, oldest first."""
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
    """Stop an execution: after its actions in progress, or by abandoning them.

    :raises PipelineExecutionNotStoppableException: the execution has ended.
    :raises DuplicatedStopRequestException: the execution is already stopping, and the request changes nothing.
    """
    if not execution.is_active:
        raise PipelineExecutionNotStoppableException(
            f"The pipeline execution {execution.id} is not in progress; its status is {execution.status}."
        )
    if execution.status == Status.STOPPING and (execution.abandoning or not abandon):
        raise DuplicatedStopRequestException(f"The pipeline execution {execution.id} is already stopping.")
    effects: list[Effect] = []
    if execution.status != Status.STOPPING:
        _set_status(execution, Status.STOPPING, now)
        effects.append(_pipeline_event(pipeline, execution, "STOPPING"))
        if execution.stage_run:
            execution.stage_run.status = Status.STOPPING
            effects.append(_stage_event(pipeline, execution, execution.stage_run, "STOPPING"))
    execution.stop_requested, execution.abandoning = True, abandon
    execution.stop_reason = reason or execution.stop_reason
    if abandon:
        effects += _abandon_actions(pipeline, execution, now)
    return effects + advance(pipeline, now)


def retry(
    pipeline: Pipeline, execution: Execution, stage_name: str, now: datetime, *, all_actions: bool
) -> list[Effect]:
    """Run the failed actions of a stage again, or all its actions.

    Actions still in progress continue while the failed ones run again (API reference, ``RetryStageExecution``).

    :raises StageNotRetryableException: the stage cannot be retried in this execution, or the pipeline has changed since
        then.
    :raises NotLatestPipelineExecutionException: a later execution has entered the stage.
    """
    stage = _retryable_stage(execution, stage_name)
    again = _runs_to_repeat(stage, all_actions=all_actions)
    if _is_exclusive(pipeline) and pipeline.latest_in_stage.get(stage_name) != execution.id:
        raise NotLatestPipelineExecutionException(
            f"A later pipeline execution than {execution.id} has entered stage {stage_name}."
        )
    if execution.version != pipeline.declaration["version"]:
        raise StageNotRetryableException("The pipeline has been updated since the stage failed.")
    # An action without a run in the stage is pending. Its earlier runs stay in the history.
    stage.action_runs = {name: run for name, run in stage.action_runs.items() if run not in again}
    stage.manual_retries += 1
    execution.attempt += 1
    return [*_resume(pipeline, execution, stage, now), *advance(pipeline, now)]


def cancel_all(pipeline: Pipeline, now: datetime) -> list[Effect]:
    """Cancel the executions in progress, for an update or the deletion of the pipeline.

    An update cancels them (API reference, ``PipelineExecution``, status Cancelled; User Guide, "Edit a pipeline").
    Their actions in progress are abandoned.
    """
    effects: list[Effect] = []
    for execution in pipeline.executions:
        if not execution.is_active:
            continue
        effects += _abandon_actions(pipeline, execution, now)
        if execution.stage_run:
            execution.stage_run.status = Status.CANCELLED
            effects.append(_stage_event(pipeline, execution, execution.stage_run, "CANCELED"))
        _set_status(execution, Status.CANCELLED, now)
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
    running = stage.runs_with(Status.IN_PROGRESS) if stage else []
    if execution.status == Status.STOPPING:
        return [] if running else _end_stopped(pipeline, execution, now)
    if stage is None:
        return _enter_stage(pipeline, execution, now) if _may_enter(pipeline, execution) else []
    if actions := startable(execution.stage["actions"], stage.action_runs):
        return [effect for action in actions for effect in _start_action(pipeline, execution, stage, action, now)]
    if running:
        return []
    if stage.runs_with(Status.FAILED):
        return _end_failed(pipeline, execution, stage, now)
    return _leave_stage(pipeline, execution, stage, now)


def _retryable_stage(execution: Execution, stage_name: str) -> StageRun:
    stage = execution.stage_run
    if stage is None or stage.name != stage_name or execution.status not in _RETRYABLE:
        raise StageNotRetryableException(
            f"Stage {stage_name} has neither failed nor stopped in the pipeline execution {execution.id}."
        )
    # The runs of earlier attempts may be in progress, those of a retry not.
    if stage.manual_retries and any(run.attempt == execution.attempt for run in stage.runs_with(Status.IN_PROGRESS)):
        raise StageNotRetryableException(f"Another retry of stage {stage_name} is in progress; wait until it ends.")
    return stage


def _runs_to_repeat(stage: StageRun, *, all_actions: bool) -> list[ActionRun]:
    if all_actions and stage.runs_with(Status.IN_PROGRESS):
        raise StageNotRetryableException(
            f"Stage {stage.name} has actions in progress; until they end, only its failed actions can be retried."
        )
    # After a stop, abandoned actions run again, as failed ones do.
    runs = list(stage.action_runs.values()) if all_actions else stage.runs_with(Status.FAILED, Status.ABANDONED)
    if not runs:
        raise StageNotRetryableException(f"Stage {stage.name} has no failed action to retry.")
    return runs


def _resume(pipeline: Pipeline, execution: Execution, stage: StageRun, now: datetime) -> list[Effect]:
    if execution.is_active:
        return []
    execution.stop_requested, execution.abandoning, execution.stop_reason = False, False, None
    stage.status, stage.start_time = Status.IN_PROGRESS, now
    _set_status(execution, Status.IN_PROGRESS, now)
    return [_pipeline_event(pipeline, execution, "RESUMED"), _stage_event(pipeline, execution, stage, "RESUMED")]


def _is_exclusive(pipeline: Pipeline) -> bool:
    mode: str = pipeline.declaration["executionMode"]
    return mode != "PARALLEL"


def _may_enter(pipeline: Pipeline, execution: Execution) -> bool:
    stages = execution.declaration["stages"]
    transitions = [pipeline.inbound.get(execution.stage["name"])]
    if execution.stage_index > 0:
        transitions.append(pipeline.outbound.get(stages[execution.stage_index - 1]["name"]))
    if any(transition is not None and not transition.enabled for transition in transitions):
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
    stage.status = Status.SUCCEEDED
    effects: list[Effect] = [_stage_event(pipeline, execution, stage, "SUCCEEDED")]
    if execution.stage_index + 1 < len(execution.declaration["stages"]):
        execution.stage_index += 1
        execution.waiting = True
        return effects
    _set_status(execution, Status.SUCCEEDED, now)
    return [*effects, _pipeline_event(pipeline, execution, "SUCCEEDED")]


def _end_failed(pipeline: Pipeline, execution: Execution, stage: StageRun, now: datetime) -> list[Effect]:
    stage.status = Status.FAILED
    _set_status(execution, Status.FAILED, now)
    return [
        _stage_event(pipeline, execution, stage, "FAILED"),
        _pipeline_event(pipeline, execution, "FAILED"),
    ]


def _end_stopped(pipeline: Pipeline, execution: Execution, now: datetime) -> list[Effect]:
    effects: list[Effect] = []
    if execution.stage_run:
        execution.stage_run.status = Status.STOPPED
        effects.append(_stage_event(pipeline, execution, execution.stage_run, "STOPPED"))
    _set_status(execution, Status.STOPPED, now)
    return [*effects, _pipeline_event(pipeline, execution, "STOPPED")]


def _supersede(pipeline: Pipeline, now: datetime) -> list[Effect]:
    if pipeline.declaration["executionMode"] != "SUPERSEDED":
        return []
    effects: list[Effect] = []
    for stage in pipeline.declaration["stages"]:
        older = waiting_for(pipeline, stage["name"])[:-1]
        for execution in older:
            if execution.status != Status.IN_PROGRESS:
                continue
            _set_status(execution, Status.SUPERSEDED, now)
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
        run.status = Status.FAILED
        run.result = ActionResult(error=ErrorDetails("ConfigurationError", str(error)))
        return [started, _action_event(pipeline, execution, run, "FAILED")]
    return [started, StartAction(Assignment(pipeline, execution, run))]


def _abandon_actions(pipeline: Pipeline, execution: Execution, now: datetime) -> list[Effect]:
    effects: list[Effect] = []
    for run in execution.stage_run.runs_with(Status.IN_PROGRESS) if execution.stage_run else ():
        run.status, run.last_update_time, run.token = Status.ABANDONED, now, None
        effects += [AbandonAction(run), _action_event(pipeline, execution, run, "ABANDONED")]
    return effects


def _set_status(execution: Execution, status: Status, now: datetime) -> None:
    execution.status, execution.last_update_time = status, now


def _artifact_key(pipeline_name: str, artifact_name: str) -> str:
    # As on AWS: 20 characters of the pipeline's name, 10 of the artifact's name, 7 random ones.
    random = "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(7))
    return f"{pipeline_name[:20]}/{artifact_name[:10]}/{random}"


def _pipeline_event(pipeline: Pipeline, execution: Execution, state: str) -> SendEvent:
    return SendEvent(state_changes.PIPELINE_CHANGE, state_changes.pipeline_change(pipeline, execution, state))


def _stage_event(pipeline: Pipeline, execution: Execution, stage: StageRun, state: str) -> SendEvent:
    return SendEvent(state_changes.STAGE_CHANGE, state_changes.stage_change(pipeline, execution, stage, state))


def _action_event(pipeline: Pipeline, execution: Execution, run: ActionRun, state: str) -> SendEvent:
    return SendEvent(state_changes.ACTION_CHANGE, state_changes.action_change(pipeline, execution, run, state))
