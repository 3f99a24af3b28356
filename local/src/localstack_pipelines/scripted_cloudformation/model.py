"""Stacks, their events and their change sets."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from .script import ApiObject, ChangeSetEntry, ExecutionEntry, StackEntry
    from .timeline import Timeline

DELETED: Final = "DELETE_COMPLETE"
IN_REVIEW: Final = "REVIEW_IN_PROGRESS"

READY: Final = frozenset(
    {"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "IMPORT_COMPLETE", "IMPORT_ROLLBACK_COMPLETE"}
)
"""The statuses in which a stack accepts an update."""

SUCCEEDED: Final = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE"})
"""The statuses that end a successful execution of a change set."""


class Clock:
    """Returns timestamps that never repeat, so that sorting events by time keeps their order."""

    def __init__(self, now: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC)) -> None:
        self._now = now
        self._last = dt.datetime.min.replace(tzinfo=dt.UTC)

    def next(self) -> dt.datetime:
        """Return the current time, at least a millisecond (the API's resolution) after the last timestamp."""
        now = self._now()
        now = now.replace(microsecond=now.microsecond // 1000 * 1000)
        self._last = max(now, self._last + dt.timedelta(milliseconds=1))
        return self._last


@dataclass(frozen=True, slots=True)
class Settings:
    """What requests set on a stack, apart from its resources, in the API's shapes."""

    parameters: Sequence[ApiObject] = ()
    tags: Sequence[ApiObject] = ()
    capabilities: Sequence[str] = ()
    description: str | None = None
    role_arn: str | None = None
    notification_arns: Sequence[str] = ()
    rollback_configuration: Mapping[str, Any] = field(default_factory=dict)
    template_url: str | None = None

    def updated(self, request: Mapping[str, Any]) -> Settings:
        """Return the settings after a request, which keeps what it omits, except parameters and capabilities."""
        before = {parameter["ParameterKey"]: parameter for parameter in self.parameters}
        parameters = [
            before.get(parameter["ParameterKey"], {"ParameterKey": parameter["ParameterKey"]})
            if parameter.get("UsePreviousValue")
            else {name: parameter[name] for name in ("ParameterKey", "ParameterValue") if name in parameter}
            for parameter in request.get("Parameters", [])
        ]
        return replace(
            self,
            parameters=parameters,
            tags=request.get("Tags", self.tags),
            capabilities=request.get("Capabilities", []),
            role_arn=request.get("RoleARN", self.role_arn),
            notification_arns=request.get("NotificationARNs", self.notification_arns),
            rollback_configuration=request.get("RollbackConfiguration", self.rollback_configuration),
            template_url=request.get("TemplateURL", self.template_url),
        )


@dataclass(eq=False, slots=True)
class ChangeSet:
    """A change set of a stack; ``children`` are the change sets of its nested stacks."""

    stack: Stack
    name: str
    change_set_id: str
    type: str
    created: dt.datetime
    timeline: Timeline[ChangeSetEntry] | None
    changes: Sequence[ApiObject]
    page_size: int | None
    settings: Settings
    request: Mapping[str, Any]
    status: str = ""
    reason: str | None = None
    execution_status: str = "UNAVAILABLE"
    execution: Timeline[ExecutionEntry] | None = None
    parent: ChangeSet | None = None
    children: list[ChangeSet] = field(default_factory=list)
    deleted: bool = False

    @property
    def root(self) -> ChangeSet:
        """The root change set; itself unless it is nested."""
        return self if self.parent is None else self.parent.root

    @property
    def family(self) -> list[ChangeSet]:
        """The change set and all change sets nested in it."""
        return [self, *(member for child in self.children for member in child.family)]

    @property
    def is_executed(self) -> bool:
        """Whether its execution has started."""
        return self.execution_status.startswith("EXECUTE_")

    def apply(self, entry: ChangeSetEntry) -> None:
        """Take the state of a timeline entry."""
        self.status = entry.status
        self.reason = entry.reason
        available = "AVAILABLE" if entry.status == "CREATE_COMPLETE" else "UNAVAILABLE"
        self.execution_status = entry.execution_status or available

    def look(self) -> None:
        """Count one look."""
        if self.execution is not None:
            for reached in self.execution.look():
                self.set_execution_status(reached.status)
        elif self.timeline is not None:
            for entry in self.timeline.look():
                self.apply(entry)

    def set_execution_status(self, status: str) -> None:
        """Set the ExecutionStatus of the family, which ends its creation."""
        for member in self.family:
            member.timeline = None
            member.execution_status = status

    def delete(self) -> None:
        """Delete the family."""
        for member in self.family:
            member.deleted = True


@dataclass(eq=False, slots=True)
class Stack:
    """One stack; a stack that is created again with the same name is another one."""

    name: str
    stack_id: str
    created: dt.datetime
    settings: Settings
    timeline: Timeline[StackEntry] | None = None
    status: str = ""
    reason: str | None = None
    token: str | None = None
    """The ClientRequestToken of the current or last operation."""
    updated: dt.datetime | None = None
    deleted: dt.datetime | None = None
    parent: Stack | None = None
    events: list[ApiObject] = field(default_factory=list)
    resources: Sequence[ApiObject] = ()
    outputs: Sequence[ApiObject] = ()
    change_sets: list[ChangeSet] = field(default_factory=list)
    termination_protection: bool = False
    policy: str | None = None
    executing: ChangeSet | None = None
    executed_id: str | None = None
    settings_before: Settings | None = None

    @property
    def exists(self) -> bool:
        """Whether its name finds it."""
        return self.status != DELETED

    @property
    def is_busy(self) -> bool:
        """Whether an operation is running."""
        return self.status.endswith("_IN_PROGRESS") and self.status != IN_REVIEW

    @property
    def root(self) -> Stack:
        """The root stack; itself unless it is nested."""
        return self if self.parent is None else self.parent.root

    def find_change_set(self, name: str) -> ChangeSet | None:
        """Return the change set of a name, unless it is deleted."""
        return next((found for found in self.change_sets if found.name == name and not found.deleted), None)
