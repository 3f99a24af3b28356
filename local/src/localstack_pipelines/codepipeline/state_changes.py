"""The events that report state changes (User Guide, "Monitoring CodePipeline events")."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from localstack_pipelines.common.views import present

from .models import Status

if TYPE_CHECKING:
    from .models import ActionRun, Execution, Pipeline, StageRun

SOURCE = "aws.codepipeline"
PIPELINE_CHANGE = "CodePipeline Pipeline Execution State Change"
STAGE_CHANGE = "CodePipeline Stage Execution State Change"
ACTION_CHANGE = "CodePipeline Action Execution State Change"


def pipeline_change(pipeline: Pipeline, execution: Execution, state: str) -> dict[str, Any]:
    """Return the detail for an execution with the new state STARTED, RESUMED, SUCCEEDED, FAILED, STOPPING, ... ."""
    return {
        **_common(pipeline, execution),
        "execution-trigger": {
            "trigger-type": execution.trigger.type,
            "trigger-detail": execution.trigger.detail,
        },
        "state": state,
    }


def stage_change(pipeline: Pipeline, execution: Execution, stage: StageRun, state: str) -> dict[str, Any]:
    """Return the detail for a stage. With the state FAILED it lists the failed actions with their errors."""
    detail = {**_common(pipeline, execution), "stage": stage.name, "state": state}
    if state == "FAILED":
        detail["failed-actions"] = [
            {"action": run.name, "additional-information": run.result.error.message}
            for run in stage.runs_with(Status.FAILED)
            if run.result.error
        ]
    return detail


def action_change(pipeline: Pipeline, execution: Execution, run: ActionRun, state: str) -> dict[str, Any]:
    """Return the detail for an action. After the state STARTED it has the result and the output artifacts."""
    type_id = run.declaration["actionTypeId"]
    detail: dict[str, Any] = {
        **_common(pipeline, execution),
        "stage": run.stage_name,
        "action": run.name,
        "action-execution-id": run.id,
        "state": state,
        "region": pipeline.region,
        "type": {name: type_id[name] for name in ("owner", "provider", "category", "version")},
        "input-artifacts": [artifact.detail for artifact in run.input_artifacts],
    }
    if state == "STARTED":
        return detail
    result = run.result
    detail["execution-result"] = present(
        {
            "external-execution-url": result.external_execution_url,
            "external-execution-summary": result.error.message if result.error else result.summary,
            "external-execution-id": result.external_execution_id,
            "error-code": result.error.code if result.error else None,
        }
    )
    detail["output-artifacts"] = [artifact.detail for artifact in run.stored_artifacts]
    return detail


def _common(pipeline: Pipeline, execution: Execution) -> dict[str, Any]:
    return {
        "pipeline": pipeline.name,
        "version": execution.version,
        "execution-id": execution.id,
        "start-time": execution.start_time.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "pipeline-execution-attempt": execution.attempt,
    }
