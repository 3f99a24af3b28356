"""The API's answers, made from the model. Members without a value are left out, as the service does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from localstack_pipelines.codepipeline.model import IN_PROGRESS
from localstack_pipelines.codepipeline.transitions import waiting_for

if TYPE_CHECKING:
    from localstack_pipelines.codepipeline.model import (
        ActionRun,
        Artifact,
        Execution,
        Job,
        Outcome,
        Pipeline,
        Revision,
    )


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

    Where executions run in parallel there is no latest one, and none is shown.
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
    return _present(
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
    return _present(
        {
            "pipelineExecutionId": execution.id,
            "status": execution.status,
            "statusSummary": execution.status_summary,
            "startTime": execution.start_time,
            "lastUpdateTime": execution.last_update_time,
            "sourceRevisions": [_source_revision(revision) for revision in execution.revisions],
            "trigger": _trigger(execution),
            "stopTrigger": _present({"reason": execution.stop_reason}) if execution.stop_requested else None,
            "executionMode": execution.declaration["executionMode"],
            "executionType": "STANDARD",
        }
    )


def action_execution_detail(run: ActionRun, execution: Execution, region: str) -> dict[str, Any]:
    """Return ``ActionExecutionDetail``."""
    declaration, outcome = run.declaration, run.outcome
    return _present(
        {
            "pipelineExecutionId": run.execution_id,
            "actionExecutionId": run.id,
            "pipelineVersion": run.pipeline_version,
            "stageName": run.stage_name,
            "actionName": run.name,
            "startTime": run.start_time,
            "lastUpdateTime": run.last_update_time,
            "updatedBy": outcome.updated_by,
            "status": run.status,
            "input": _present(
                {
                    "actionTypeId": declaration["actionTypeId"],
                    "configuration": declaration["configuration"],
                    "resolvedConfiguration": run.configuration,
                    "roleArn": declaration.get("roleArn", execution.declaration["roleArn"]),
                    "region": region,
                    "inputArtifacts": [_artifact_detail(artifact) for artifact in run.input_artifacts],
                    "namespace": declaration.get("namespace"),
                }
            ),
            "output": {
                "outputArtifacts": [_artifact_detail(artifact) for artifact in run.stored_artifacts],
                "executionResult": _present(
                    {
                        "externalExecutionId": outcome.external_execution_id,
                        "externalExecutionSummary": outcome.summary,
                        "externalExecutionUrl": outcome.external_execution_url,
                        "errorDetails": _error_details(outcome),
                    }
                ),
                "outputVariables": outcome.output_variables,
            },
        }
    )


def job_details(job: Job) -> dict[str, Any]:
    """Return ``JobDetails``."""
    return {"id": job.id, "accountId": job.account_id, "data": job.data}


def tag_list(tags: dict[str, str]) -> list[dict[str, str]]:
    """Return ``TagList``, by key."""
    return [{"key": key, "value": value} for key, value in sorted(tags.items())]


def latest_run(pipeline: Pipeline, stage_name: str, action_name: str) -> ActionRun | None:
    """Return the newest run of an action in any execution."""
    runs = (run for run in reversed(pipeline.action_runs) if run.stage_name == stage_name)
    return next((run for run in runs if run.name == action_name), None)


def _stage_state(pipeline: Pipeline, stage: dict[str, Any]) -> dict[str, Any]:
    name = stage["name"]
    parallel = pipeline.declaration["executionMode"] == "PARALLEL"
    latest = pipeline.find_execution(pipeline.latest_in_stage.get(name, ""))
    stage_run = latest.stage_runs.get(name) if latest and not parallel else None
    waiting = [] if parallel else [_stage_execution(each, IN_PROGRESS) for each in waiting_for(pipeline, name)]
    return _present(
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
    return _present(
        {
            "enabled": transition.enabled,
            "lastChangedBy": transition.changed_by,
            "lastChangedAt": transition.changed_at,
            "disabledReason": transition.reason,
        }
    )


def _action_state(pipeline: Pipeline, stage_name: str, action: dict[str, Any], parallel: bool) -> dict[str, Any]:
    run = None if parallel else latest_run(pipeline, stage_name, action["name"])
    revision = run.outcome.revision if run else None
    return _present(
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
    outcome = run.outcome
    return _present(
        {
            "actionExecutionId": run.id,
            "status": run.status,
            "summary": outcome.summary,
            "lastStatusChange": run.last_update_time,
            "token": run.token,
            "lastUpdatedBy": outcome.updated_by,
            "externalExecutionId": outcome.external_execution_id,
            "externalExecutionUrl": outcome.external_execution_url,
            "percentComplete": outcome.percent_complete,
            "errorDetails": _error_details(outcome),
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


def _error_details(outcome: Outcome) -> dict[str, str] | None:
    return {"code": outcome.error.code, "message": outcome.error.message} if outcome.error else None


def _source_revision(revision: Revision) -> dict[str, Any]:
    return {
        "actionName": revision.action_name,
        "revisionId": revision.revision_id,
        "revisionSummary": revision.summary,
        "revisionUrl": revision.url,
    }


def _artifact_detail(artifact: Artifact) -> dict[str, Any]:
    return {"name": artifact.name, "s3location": {"bucket": artifact.bucket, "key": artifact.key}}


def _trigger(execution: Execution) -> dict[str, str]:
    return {"triggerType": execution.trigger.type, "triggerDetail": execution.trigger.detail}


def _present(members: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}
