"""Views of the models in the shapes of API responses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from localstack_pipelines.common.views import present

from .models import Status
from .progress import waiting_for

if TYPE_CHECKING:
    from .models import ActionResult, ActionRun, Execution, Job, Pipeline, SourceRevision


def pipeline_metadata(pipeline: Pipeline) -> dict[str, Any]:
    """Return ``PipelineMetadata``."""
    return {"pipelineArn": pipeline.arn, "created": pipeline.created, "updated": pipeline.updated}


def pipeline_summary(pipeline: Pipeline) -> dict[str, Any]:
    """Return ``PipelineSummary``."""
    members = ("name", "version", "pipelineType", "executionMode")
    summary = {member: pipeline.declaration[member] for member in members}
    return {**summary, "created": pipeline.created, "updated": pipeline.updated}


def pipeline_state(pipeline: Pipeline) -> dict[str, Any]:
    """Return ``GetPipelineStateOutput``.

    In the mode PARALLEL, no execution is the latest one, so the state has none.
    """
    return {
        "pipelineName": pipeline.name,
        "pipelineVersion": pipeline.declaration["version"],
        "stageStates": [_stage_state(pipeline, stage) for stage in pipeline.declaration["stages"]],
        "created": pipeline.created,
        "updated": pipeline.updated,
    }


def pipeline_execution(pipeline: Pipeline, execution: Execution) -> dict[str, Any]:
    """Return ``PipelineExecution``."""
    return present(
        {
            "pipelineName": pipeline.name,
            "pipelineVersion": execution.version,
            "pipelineExecutionId": execution.id,
            "status": execution.status,
            "statusSummary": execution.status_summary,
            "artifactRevisions": [
                {
                    "name": revision.artifact_name,
                    "revisionId": revision.revision_id,
                    "revisionSummary": revision.summary,
                    "revisionUrl": revision.url,
                    "created": revision.created,
                }
                for revision in execution.revisions
            ],
            "variables": [{"name": name, "resolvedValue": value} for name, value in execution.variables.items()],
            "trigger": _trigger(execution),
            "executionMode": execution.declaration["executionMode"],
            "executionType": "STANDARD",
        }
    )


def execution_summary(execution: Execution) -> dict[str, Any]:
    """Return ``PipelineExecutionSummary``."""
    return present(
        {
            "pipelineExecutionId": execution.id,
            "status": execution.status,
            "statusSummary": execution.status_summary,
            "startTime": execution.start_time,
            "lastUpdateTime": execution.last_update_time,
            "sourceRevisions": [_source_revision(revision) for revision in execution.revisions],
            "trigger": _trigger(execution),
            "stopTrigger": present({"reason": execution.stop_reason}) if execution.stop_requested else None,
            "executionMode": execution.declaration["executionMode"],
            "executionType": "STANDARD",
        }
    )


def action_execution_detail(run: ActionRun, execution: Execution, region: str) -> dict[str, Any]:
    """Return ``ActionExecutionDetail``."""
    declaration, result = run.declaration, run.result
    return present(
        {
            "pipelineExecutionId": run.execution_id,
            "actionExecutionId": run.id,
            "pipelineVersion": run.pipeline_version,
            "stageName": run.stage_name,
            "actionName": run.name,
            "startTime": run.start_time,
            "lastUpdateTime": run.last_update_time,
            "updatedBy": result.updated_by,
            "status": run.status,
            "input": present(
                {
                    "actionTypeId": declaration["actionTypeId"],
                    "configuration": declaration["configuration"],
                    "resolvedConfiguration": run.configuration,
                    "roleArn": declaration.get("roleArn", execution.declaration["roleArn"]),
                    "region": region,
                    "inputArtifacts": [artifact.detail for artifact in run.input_artifacts],
                    "namespace": declaration.get("namespace"),
                }
            ),
            "output": {
                "outputArtifacts": [artifact.detail for artifact in run.stored_artifacts],
                "executionResult": present(
                    {
                        "externalExecutionId": result.external_execution_id,
                        "externalExecutionSummary": result.summary,
                        "externalExecutionUrl": result.external_execution_url,
                        "errorDetails": _error_details(result),
                    }
                ),
                "outputVariables": result.output_variables,
            },
        }
    )


def job_details(job: Job) -> dict[str, Any]:
    """Return ``JobDetails``."""
    return {"id": job.id, "accountId": job.account_id, "data": job.data}


def tag_list(tags: dict[str, str]) -> list[dict[str, str]]:
    """Return ``TagList``, sorted by key."""
    return [{"key": key, "value": value} for key, value in sorted(tags.items())]


def _stage_state(pipeline: Pipeline, stage: dict[str, Any]) -> dict[str, Any]:
    name = stage["name"]
    parallel = pipeline.declaration["executionMode"] == "PARALLEL"
    latest = pipeline.find_execution(pipeline.latest_in_stage.get(name, ""))
    stage_run = latest.stage_runs.get(name) if latest and not parallel else None
    waiting = (
        []
        if parallel
        else [_stage_execution(execution, Status.IN_PROGRESS) for execution in waiting_for(pipeline, name)]
    )
    return present(
        {
            "stageName": name,
            "inboundExecution": waiting[-1] if waiting else None,
            "inboundExecutions": waiting,
            "inboundTransitionState": _transition_state(pipeline, name),
            "actionStates": [_action_state(pipeline, name, action, parallel) for action in stage["actions"]],
            "latestExecution": _stage_execution(latest, stage_run.status) if latest and stage_run else None,
            "retryStageMetadata": {
                "manualStageRetryAttempt": stage_run.manual_retries,
                "latestRetryTrigger": "ManualStageRetry",
            }
            if stage_run and stage_run.manual_retries
            else None,
        }
    )


def _stage_execution(execution: Execution, status: str) -> dict[str, Any]:
    return {"pipelineExecutionId": execution.id, "status": status, "type": "STANDARD"}


def _transition_state(pipeline: Pipeline, stage_name: str) -> dict[str, Any]:
    transition = pipeline.inbound.get(stage_name)
    if transition is None:
        return {"enabled": True}
    return present(
        {
            "enabled": transition.enabled,
            "lastChangedBy": transition.changed_by,
            "lastChangedAt": transition.changed_at,
            "disabledReason": transition.reason,
        }
    )


def _action_state(pipeline: Pipeline, stage_name: str, action: dict[str, Any], parallel: bool) -> dict[str, Any]:
    runs = [] if parallel else pipeline.runs_of(stage_name, action["name"])
    run = runs[0] if runs else None
    revision = run.result.revision if run else None
    return present(
        {
            "actionName": action["name"],
            "currentRevision": {
                "revisionId": revision.revision_id,
                "revisionChangeId": revision.revision_id,
                "created": revision.created,
            }
            if revision
            else None,
            "latestExecution": _action_execution(run) if run else None,
            "entityUrl": _entity_url(action, pipeline.region),
            "revisionUrl": revision.url if revision else None,
        }
    )


def _action_execution(run: ActionRun) -> dict[str, Any]:
    result = run.result
    return present(
        {
            "actionExecutionId": run.id,
            "status": run.status,
            "summary": result.summary,
            "lastStatusChange": run.last_update_time,
            "token": run.token,
            "lastUpdatedBy": result.updated_by,
            "externalExecutionId": result.external_execution_id,
            "externalExecutionUrl": result.external_execution_url,
            "percentComplete": result.percent_complete,
            "errorDetails": _error_details(result),
        }
    )


def _entity_url(action: dict[str, Any], region: str) -> str | None:
    configuration = action["configuration"]
    match action["actionTypeId"]["provider"]:
        case "CodeCommit":
            return (
                f"https://{region}.console.aws.amazon.com/codecommit/home#/repository/"
                f"{configuration['RepositoryName']}/browse/{configuration['BranchName']}/--/"
            )
        case "Lambda":
            return (
                f"https://{region}.console.aws.amazon.com/lambda/home?region={region}"
                f"#/functions/{configuration['FunctionName']}"
            )
        case _:
            url: str | None = configuration.get("ExternalEntityLink")
            return url


def _error_details(result: ActionResult) -> dict[str, str] | None:
    return {"code": result.error.code, "message": result.error.message} if result.error else None


def _source_revision(revision: SourceRevision) -> dict[str, Any]:
    return {
        "actionName": revision.action_name,
        "revisionId": revision.revision_id,
        "revisionSummary": revision.summary,
        "revisionUrl": revision.url,
    }


def _trigger(execution: Execution) -> dict[str, str]:
    return {"triggerType": execution.trigger.type, "triggerDetail": execution.trigger.detail}
