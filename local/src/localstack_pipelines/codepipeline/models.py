"""Pipelines, their executions, the runs of stages and actions, and jobs.

Objects with an id are compared by identity. Times are aware datetimes in UTC. Declarations are dictionaries in the
shapes of the API (``PipelineDeclaration``, ``StageDeclaration``, ``ActionDeclaration``) with all defaults.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime


class Status(StrEnum):
    """Status of an execution, a stage run or an action run.

    API: ``PipelineExecutionStatus``, ``StageExecutionStatus``, ``ActionExecutionStatus``.
    """

    IN_PROGRESS = "InProgress"
    SUCCEEDED = "Succeeded"
    FAILED = "Failed"
    STOPPING = "Stopping"
    STOPPED = "Stopped"
    SUPERSEDED = "Superseded"
    CANCELLED = "Cancelled"
    ABANDONED = "Abandoned"


class JobStatus(StrEnum):
    """Status of a job (API: ``JobStatus``)."""

    CREATED = "Created"
    DISPATCHED = "Dispatched"
    IN_PROGRESS = "InProgress"
    TIMED_OUT = "TimedOut"
    SUCCEEDED = "Succeeded"
    FAILED = "Failed"


def artifact_store_of(declaration: dict[str, Any], region: str) -> dict[str, Any]:
    """Return the ``ArtifactStore`` of a valid pipeline declaration in a region."""
    store: dict[str, Any] = declaration.get("artifactStore") or declaration["artifactStores"][region]
    return store


def new_id() -> str:
    """Return a new id in the form of all ids of CodePipeline: a lower-case UUID."""
    return str(uuid.uuid4())


@dataclass(frozen=True)
class Artifact:
    """A file in the artifact store: the output of an action, the input of later actions."""

    name: str
    bucket: str
    key: str

    @property
    def detail(self) -> dict[str, Any]:
        """The ``ArtifactDetail`` of API responses and events."""
        return {"name": self.name, "s3location": {"bucket": self.bucket, "key": self.key}}


@dataclass(frozen=True)
class SourceRevision:
    """The revision that a source action fetched (API: ``SourceRevision``, ``ArtifactRevision``, ``ActionRevision``)."""

    action_name: str
    artifact_name: str
    revision_id: str
    summary: str
    url: str
    created: datetime


@dataclass(frozen=True)
class ErrorDetails:
    """Why an action failed (API: ``ErrorDetails``)."""

    code: str
    message: str


@dataclass(frozen=True)
class ActionResult:
    """The result of an action run. The run has succeeded unless the result has an ``error``."""

    error: ErrorDetails | None = None
    summary: str | None = None
    external_execution_id: str | None = None
    external_execution_url: str | None = None
    percent_complete: int | None = None
    output_variables: dict[str, str] = field(default_factory=dict)
    revision: SourceRevision | None = None
    updated_by: str | None = None


@dataclass(eq=False)
class ActionRun:
    """A run of an action in an execution. A retry is another run."""

    id: str
    execution_id: str
    pipeline_version: int
    stage_name: str
    declaration: dict[str, Any]
    start_time: datetime
    last_update_time: datetime
    attempt: int = 1
    status: Status = Status.IN_PROGRESS
    configuration: dict[str, str] = field(default_factory=dict)
    input_artifacts: list[Artifact] = field(default_factory=list)
    output_artifacts: list[Artifact] = field(default_factory=list)
    token: str | None = None
    result: ActionResult = field(default_factory=ActionResult)

    @property
    def stored_artifacts(self) -> list[Artifact]:
        """The output artifacts that exist: only a run that succeeded has any."""
        return self.output_artifacts if self.status == Status.SUCCEEDED else []

    @property
    def name(self) -> str:
        """The action's name."""
        name: str = self.declaration["name"]
        return name


@dataclass(eq=False)
class StageRun:
    """A stage of an execution, with the latest run of each of its actions, by action name."""

    name: str
    start_time: datetime
    status: Status = Status.IN_PROGRESS
    action_runs: dict[str, ActionRun] = field(default_factory=dict)
    manual_retries: int = 0

    def runs_with(self, *statuses: Status) -> list[ActionRun]:
        """Return the latest runs of the actions that have one of the statuses."""
        return [run for run in self.action_runs.values() if run.status in statuses]


@dataclass(frozen=True)
class ExecutionTrigger:
    """The cause of an execution (API: ``ExecutionTrigger``)."""

    type: str
    detail: str


@dataclass(eq=False)
class Execution:
    """An execution of a pipeline. It keeps the declaration that it started with.

    ``stage_index`` is the position of its current stage or, while ``waiting``, of the stage that it waits to enter.
    """

    id: str
    declaration: dict[str, Any]
    trigger: ExecutionTrigger
    start_time: datetime
    last_update_time: datetime
    status: Status = Status.IN_PROGRESS
    status_summary: str | None = None
    stage_index: int = 0
    waiting: bool = True
    attempt: int = 1
    stage_runs: dict[str, StageRun] = field(default_factory=dict)
    artifacts: dict[str, Artifact] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    output_variables: dict[str, dict[str, str]] = field(default_factory=dict)
    revisions: list[SourceRevision] = field(default_factory=list)
    source_overrides: dict[str, str] = field(default_factory=dict)
    stop_reason: str | None = None
    stop_requested: bool = False
    abandoning: bool = False

    @property
    def is_active(self) -> bool:
        """Whether the execution has not ended."""
        return self.status in {Status.IN_PROGRESS, Status.STOPPING}

    @property
    def stage(self) -> dict[str, Any]:
        """The declaration of the current stage, or of the stage that the execution waits to enter."""
        stage: dict[str, Any] = self.declaration["stages"][self.stage_index]
        return stage

    @property
    def stage_run(self) -> StageRun | None:
        """The run of the current stage; ``None`` while the execution waits to enter it."""
        return None if self.waiting else self.stage_runs[self.stage["name"]]

    @property
    def version(self) -> int:
        """The version of the pipeline that the execution runs."""
        version: int = self.declaration["version"]
        return version


@dataclass
class StageTransition:
    """The transition into or out of a stage (API: ``TransitionState``)."""

    enabled: bool = True
    changed_by: str | None = None
    changed_at: datetime | None = None
    reason: str | None = None


@dataclass(eq=False)
class Pipeline:
    """A pipeline with its versions, executions and action runs, all oldest first."""

    account_id: str
    region: str
    versions: list[dict[str, Any]]
    created: datetime
    updated: datetime
    tags: dict[str, str] = field(default_factory=dict)
    executions: list[Execution] = field(default_factory=list)
    action_runs: list[ActionRun] = field(default_factory=list)
    inbound: dict[str, StageTransition] = field(default_factory=dict)
    outbound: dict[str, StageTransition] = field(default_factory=dict)
    latest_in_stage: dict[str, str] = field(default_factory=dict)
    client_tokens: dict[str, str] = field(default_factory=dict)

    @property
    def declaration(self) -> dict[str, Any]:
        """The declaration of the latest version."""
        return self.versions[-1]

    @property
    def name(self) -> str:
        """The pipeline's name."""
        name: str = self.declaration["name"]
        return name

    @property
    def arn(self) -> str:
        """The pipeline's ARN."""
        return f"arn:aws:codepipeline:{self.region}:{self.account_id}:{self.name}"

    def find_execution(self, execution_id: str) -> Execution | None:
        """Return the execution with an id, or ``None``."""
        return next((execution for execution in self.executions if execution.id == execution_id), None)

    def runs_of(self, stage_name: str, action_name: str) -> list[ActionRun]:
        """Return the runs of an action in all executions, newest first."""
        return [run for run in reversed(self.action_runs) if run.stage_name == stage_name and run.name == action_name]


@dataclass(frozen=True)
class Assignment:
    """An action run, with its execution and its pipeline."""

    pipeline: Pipeline
    execution: Execution
    run: ActionRun

    @property
    def artifact_store(self) -> dict[str, Any]:
        """The ``ArtifactStore`` of the pipeline version that the execution runs."""
        return artifact_store_of(self.execution.declaration, self.pipeline.region)

    @property
    def role_arn(self) -> str:
        """The role that performs the action: that of the action, or else that of the pipeline."""
        role: str = self.run.declaration.get("roleArn", self.execution.declaration["roleArn"])
        return role


@dataclass(eq=False)
class Job:
    """A request to a function to perform an action (API: ``Job``).

    ``data`` contains temporary credentials: it is never logged.
    """

    id: str
    nonce: str
    account_id: str
    region: str
    pipeline_name: str
    execution_id: str
    action_run_id: str
    data: dict[str, Any]
    created: datetime
    status: JobStatus = JobStatus.CREATED

    @property
    def is_open(self) -> bool:
        """Whether the job can still be answered."""
        return self.status in {JobStatus.CREATED, JobStatus.DISPATCHED, JobStatus.IN_PROGRESS}

    @property
    def event(self) -> dict[str, Any]:
        """The event that the function is invoked with."""
        hidden = ("actionTypeId", "pipelineContext")
        data = {name: value for name, value in self.data.items() if name not in hidden}
        return {"CodePipeline.job": {"id": self.id, "accountId": self.account_id, "data": data}}
