"""What the service remembers: pipelines, their executions, the runs of stages and actions, and jobs.

What has an id is compared by identity. Times are aware datetimes in UTC. Declarations are dictionaries in the shapes
of the API (``PipelineDeclaration``, ``StageDeclaration``, ``ActionDeclaration``) with the defaults filled in.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime

# Statuses, by the API's names.
IN_PROGRESS = "InProgress"
SUCCEEDED = "Succeeded"
FAILED = "Failed"
STOPPING = "Stopping"
STOPPED = "Stopped"
SUPERSEDED = "Superseded"
CANCELLED = "Cancelled"
ABANDONED = "Abandoned"


def artifact_store_of(declaration: dict[str, Any], region: str) -> dict[str, Any]:
    """Return the ``ArtifactStore`` that a checked pipeline declaration uses in the region."""
    store: dict[str, Any] = declaration.get("artifactStore") or declaration["artifactStores"][region]
    return store


def new_id() -> str:
    """Return a fresh identifier in the form of all of CodePipeline's: a lower-case UUID."""
    return str(uuid.uuid4())


@dataclass(frozen=True)
class Artifact:
    """A file of the artifact store: the output of one action, the input of later ones."""

    name: str
    bucket: str
    key: str


@dataclass(frozen=True)
class Revision:
    """What a source action found (API: ``SourceRevision``, ``ArtifactRevision``, ``ActionRevision``)."""

    action_name: str
    artifact_name: str
    revision_id: str
    summary: str
    url: str
    created: datetime


@dataclass(frozen=True)
class ErrorDetails:
    """Why an action failed: a code of the service and a sentence."""

    code: str
    message: str


@dataclass(frozen=True)
class Outcome:
    """How an action run ended. Succeeded unless there is an ``error``."""

    error: ErrorDetails | None = None
    summary: str | None = None
    external_execution_id: str | None = None
    external_execution_url: str | None = None
    percent_complete: int | None = None
    output_variables: dict[str, str] = field(default_factory=dict)
    revision: Revision | None = None
    updated_by: str | None = None


@dataclass(eq=False)
class ActionRun:
    """One run of an action in an execution; a retry is another run."""

    id: str
    execution_id: str
    pipeline_version: int
    stage_name: str
    declaration: dict[str, Any]
    start_time: datetime
    last_update_time: datetime
    attempt: int = 1
    status: str = IN_PROGRESS
    configuration: dict[str, str] = field(default_factory=dict)
    input_artifacts: list[Artifact] = field(default_factory=list)
    output_artifacts: list[Artifact] = field(default_factory=list)
    token: str | None = None
    outcome: Outcome = field(default_factory=Outcome)

    @property
    def stored_artifacts(self) -> list[Artifact]:
        """The output artifacts that exist: those of a run that succeeded."""
        return self.output_artifacts if self.status == SUCCEEDED else []

    @property
    def name(self) -> str:
        """The action's name."""
        name: str = self.declaration["name"]
        return name


@dataclass(eq=False)
class StageRun:
    """A stage as an execution goes through it: the latest run of each of its actions, by action name."""

    name: str
    start_time: datetime
    status: str = IN_PROGRESS
    action_runs: dict[str, ActionRun] = field(default_factory=dict)
    manual_retries: int = 0


@dataclass(frozen=True)
class Trigger:
    """What started an execution (API: ``ExecutionTrigger``)."""

    type: str
    detail: str


@dataclass(eq=False)
class Execution:
    """One execution of a pipeline, which keeps the declaration it started with.

    ``stage_index`` is the stage it is in or, while ``waiting``, the one it wants to enter.
    """

    id: str
    declaration: dict[str, Any]
    trigger: Trigger
    start_time: datetime
    last_update_time: datetime
    status: str = IN_PROGRESS
    status_summary: str | None = None
    stage_index: int = 0
    waiting: bool = True
    attempt: int = 1
    stage_runs: dict[str, StageRun] = field(default_factory=dict)
    artifacts: dict[str, Artifact] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    output_variables: dict[str, dict[str, str]] = field(default_factory=dict)
    revisions: list[Revision] = field(default_factory=list)
    source_overrides: dict[str, str] = field(default_factory=dict)
    stop_reason: str | None = None
    stop_requested: bool = False
    abandoning: bool = False

    @property
    def is_active(self) -> bool:
        """Whether it has not ended."""
        return self.status in {IN_PROGRESS, STOPPING}

    @property
    def stage(self) -> dict[str, Any]:
        """The declaration of the stage it is in or waits for."""
        stage: dict[str, Any] = self.declaration["stages"][self.stage_index]
        return stage

    @property
    def stage_run(self) -> StageRun | None:
        """The run of the stage it is in; ``None`` while it waits to enter."""
        return None if self.waiting else self.stage_runs[self.stage["name"]]

    @property
    def version(self) -> int:
        """The version of the pipeline it runs."""
        version: int = self.declaration["version"]
        return version


@dataclass
class Transition:
    """The way into or out of a stage (API: ``TransitionState``)."""

    enabled: bool = True
    changed_by: str | None = None
    changed_at: datetime | None = None
    reason: str | None = None


@dataclass(eq=False)
class Pipeline:
    """A pipeline with all its versions and executions, both oldest first."""

    account_id: str
    region: str
    versions: list[dict[str, Any]]
    created: datetime
    updated: datetime
    tags: dict[str, str] = field(default_factory=dict)
    executions: list[Execution] = field(default_factory=list)
    action_runs: list[ActionRun] = field(default_factory=list)
    inbound: dict[str, Transition] = field(default_factory=dict)
    outbound: dict[str, Transition] = field(default_factory=dict)
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
        """Return the execution of that id, or ``None``."""
        return next((execution for execution in self.executions if execution.id == execution_id), None)


@dataclass(frozen=True)
class Assignment:
    """An action run together with the execution and the pipeline it belongs to."""

    pipeline: Pipeline
    execution: Execution
    run: ActionRun

    @property
    def artifact_store(self) -> dict[str, Any]:
        """The ``ArtifactStore`` of the execution's version of the pipeline."""
        return artifact_store_of(self.execution.declaration, self.pipeline.region)

    @property
    def role_arn(self) -> str:
        """The role that performs the action: its own, else the pipeline's."""
        role: str = self.run.declaration.get("roleArn", self.execution.declaration["roleArn"])
        return role


@dataclass(eq=False)
class Job:
    """One order to a function to work for an action (API: ``Job``).

    ``event`` is what the function is invoked with; it holds temporary credentials and is never logged.
    ``status`` is a ``JobStatus`` of the API: Created, Dispatched, InProgress, then TimedOut, Succeeded or Failed.
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
    status: str = "Created"

    @property
    def is_open(self) -> bool:
        """Whether an answer is still awaited."""
        return self.status in {"Created", "Dispatched", "InProgress"}

    @property
    def event(self) -> dict[str, Any]:
        """The event of the invoked function."""
        hidden = ("actionTypeId", "pipelineContext")
        data = {name: value for name, value in self.data.items() if name not in hidden}
        return {"CodePipeline.job": {"id": self.id, "accountId": self.account_id, "data": data}}
