"""The events that CodePipeline sends to EventBridge (User Guide, "Monitoring CodePipeline events")."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from localstack_pipelines.codepipeline.model import FAILED

if TYPE_CHECKING:
    from localstack_pipelines.codepipeline.model import ActionRun, Artifact, Execution, Pipeline, StageRun

SOURCE = "aws.codepipeline"
PIPELINE_CHANGE = "CodePipeline Pipeline Execution State Change"
STAGE_CHANGE = "CodePipeline Stage Execution State Change"
ACTION_CHANGE = "CodePipeline Action Execution State Change"


def pipeline_change(pipeline: Pipeline, execution: Execution, state: str) -> dict[str, Any]:
    """Return the detail for an execution that is now STARTED, RESUMED, SUCCEEDED, FAILED, STOPPING, ... ."""
    return {
        **_common(pipeline, execution),
        "execution-trigger": {
            "trigger-type": execution.trigger.type,
            "trigger-detail": execution.trigger.detail,
        },
        "state": state,
    }


def stage_change(pipeline: Pipeline, execution: Execution, stage: StageRun, state: str) -> dict[str, Any]:
    """Return the detail for a stage; one that FAILED names its failed actions with their errors."""
    detail = {**_common(pipeline, execution), "stage": stage.name, "state": state}
    failed = [run for run in stage.action_runs.values() if run.status == FAILED]
    if state == "FAILED":
        detail["failed-actions"] = [
            {"action": run.name, "additional-information": run.outcome.error.message}
            for run in failed
            if run.outcome.error
        ]
    return detail


def action_change(pipeline: Pipeline, execution: Execution, run: ActionRun, state: str) -> dict[str, Any]:
    """Return the detail for an action; one that has ended carries its result and output artifacts."""
    type_id = run.declaration["actionTypeId"]
    detail: dict[str, Any] = {
        **_common(pipeline, execution),
        "stage": run.stage_name,
        "action": run.name,
        "action-execution-id": run.id,
        "state": state,
        "region": pipeline.region,
        "type": {name: type_id[name] for name in ("owner", "provider", "category", "version")},
        "input-artifacts": [_artifact(artifact) for artifact in run.input_artifacts],
    }
    if state == "STARTED":
        return detail
    outcome = run.outcome
    result = {
        "external-execution-url": outcome.external_execution_url,
        "external-execution-summary": outcome.error.message if outcome.error else outcome.summary,
        "external-execution-id": outcome.external_execution_id,
        "error-code": outcome.error.code if outcome.error else None,
    }
    detail["execution-result"] = {name: value for name, value in result.items() if value is not None}
    detail["output-artifacts"] = [_artifact(artifact) for artifact in run.stored_artifacts]
    return detail


def _common(pipeline: Pipeline, execution: Execution) -> dict[str, Any]:
    return {
        "pipeline": pipeline.name,
        "version": execution.version,
        "execution-id": execution.id,
        "start-time": execution.start_time.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "pipeline-execution-attempt": execution.attempt,
    }


def _artifact(artifact: Artifact) -> dict[str, Any]:
    return {"name": artifact.name, "s3location": {"bucket": artifact.bucket, "key": artifact.key}}
