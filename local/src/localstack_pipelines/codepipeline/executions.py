"""Executions: how to create and find them and their action runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from localstack_pipelines.common.errors import ValidationException

from .errors import (
    ConcurrentPipelineExecutionsLimitExceededException,
    PipelineExecutionNotFoundException,
)
from .models import Execution, Status, new_id
from .structure import actions_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from .errors import CodePipelineError
    from .models import ActionRun, ExecutionTrigger, Pipeline

# In the modes QUEUED and PARALLEL. User Guide, "Quotas in AWS CodePipeline".
MAX_CONCURRENT_EXECUTIONS = 50


def can_start_without_input(declaration: Mapping[str, Any]) -> bool:
    """Return whether an execution can start without values for variables."""
    return all("defaultValue" in variable for variable in declaration.get("variables", []))


def new_execution(
    pipeline: Pipeline, request: Mapping[str, Any], trigger: ExecutionTrigger, now: datetime
) -> Execution:
    """Return an execution of the latest version. It has not entered a stage yet.

    :param request: the ``StartPipelineExecutionInput``; only ``variables`` and ``sourceRevisions`` matter.
    :raises ValidationException: a variable is unknown or has no value, or a source revision does not fit an action.
    :raises ConcurrentPipelineExecutionsLimitExceededException: 50 executions are in progress.
    """
    declaration = pipeline.declaration
    active = sum(execution.is_active for execution in pipeline.executions)
    if declaration["executionMode"] != "SUPERSEDED" and active >= MAX_CONCURRENT_EXECUTIONS:
        raise ConcurrentPipelineExecutionsLimitExceededException(
            f"Pipeline '{pipeline.name}' has {active} executions in progress; the quota is {MAX_CONCURRENT_EXECUTIONS}."
        )
    return Execution(
        id=new_id(),
        declaration=declaration,
        trigger=trigger,
        start_time=now,
        last_update_time=now,
        variables=_variables(declaration, request.get("variables", [])),
        source_overrides=_source_overrides(declaration, request.get("sourceRevisions", [])),
    )


def find(
    pipeline: Pipeline, execution_id: str, error: type[CodePipelineError] = PipelineExecutionNotFoundException
) -> Execution:
    """Return an execution of the pipeline.

    :param error: the error that the operation has for an execution that does not exist.
    :raises CodePipelineError: this error, when the pipeline has no execution with that id.
    """
    execution = pipeline.find_execution(execution_id)
    if execution is None:
        raise error(f"Pipeline '{pipeline.name}' has no execution with the id {execution_id}.")
    return execution


def newest_first(pipeline: Pipeline, filters: Mapping[str, Any]) -> list[Execution]:
    """Return the executions that match a ``PipelineExecutionFilter``, newest first."""
    executions = list(reversed(pipeline.executions))
    stage_name = filters.get("succeededInStage", {}).get("stageName")
    if stage_name is None:
        return executions
    version = pipeline.declaration["version"]
    return [
        execution
        for execution in executions
        if execution.version == version
        and stage_name in execution.stage_runs
        and execution.stage_runs[stage_name].status == Status.SUCCEEDED
    ]


def action_runs(pipeline: Pipeline, filters: Mapping[str, Any]) -> list[ActionRun]:
    """Return the action runs that match an ``ActionExecutionFilter``, newest first.

    With ``latestInPipelineExecution`` and the range ``Latest``, an action that was retried appears once.

    :raises PipelineExecutionNotFoundException: the execution in the filter does not exist.
    """
    runs = list(reversed(pipeline.action_runs))
    latest = filters.get("latestInPipelineExecution")
    execution_id = latest["pipelineExecutionId"] if latest else filters.get("pipelineExecutionId")
    if execution_id is None:
        return runs
    find(pipeline, execution_id)
    runs = [run for run in runs if run.execution_id == execution_id]
    if not latest or latest["startTimeRange"] == "All":
        return runs
    newest: dict[tuple[str, str], ActionRun] = {}
    for run in runs:
        newest.setdefault((run.stage_name, run.name), run)
    return list(newest.values())


def approval_run(pipeline: Pipeline, stage_name: str, action_name: str, token: str) -> ActionRun | None:
    """Return the run whose open request has the token, or else the newest run of the action."""
    runs = pipeline.runs_of(stage_name, action_name)
    return next((run for run in runs if run.token == token), runs[0] if runs else None)


def _variables(declaration: Mapping[str, Any], given: list[dict[str, str]]) -> dict[str, str]:
    declared = {variable["name"]: variable for variable in declaration.get("variables", [])}
    values = {name: variable["defaultValue"] for name, variable in declared.items() if "defaultValue" in variable}
    for variable in given:
        if variable["name"] not in declared:
            raise ValidationException(f"The pipeline has no variable named '{variable['name']}'.")
        values[variable["name"]] = variable["value"]
    for name in declared:
        if name not in values:
            raise ValidationException(f"The pipeline variable '{name}' has no default, so it must have a value.")
    return values


def _source_overrides(declaration: Mapping[str, Any], given: list[dict[str, str]]) -> dict[str, str]:
    sources = {
        action["name"] for _, action in actions_of(dict(declaration)) if action["actionTypeId"]["category"] == "Source"
    }
    for revision in given:
        if revision["actionName"] not in sources:
            raise ValidationException(f"The pipeline has no source action named '{revision['actionName']}'.")
        if revision["revisionType"] != "COMMIT_ID":
            raise ValidationException(
                f"The revision of a CodeCommit source action must be of type COMMIT_ID, not {revision['revisionType']}."
            )
    return {revision["actionName"]: revision["revisionValue"] for revision in given}
