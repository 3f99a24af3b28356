"""The content of a script. ``README.md`` documents every key."""

from __future__ import annotations

import fnmatch
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

type ApiObject = dict[str, Any]
type When = Literal["before", "after"]


@dataclass(frozen=True, slots=True)
class NestedStackEntry:
    """The state of a nested stack in an entry of its parent's timeline; a ``status`` of ``None`` keeps its own."""

    status: str | None
    reason: str | None
    events: Sequence[ApiObject]
    resources: Sequence[ApiObject] | None


@dataclass(frozen=True, slots=True)
class StackEntry:
    """An entry of a stack's timeline."""

    status: str
    looks: int = 1
    reason: str | None = None
    events: Sequence[ApiObject] = ()
    nested: tuple[tuple[str, NestedStackEntry], ...] = ()
    resources: Sequence[ApiObject] | None = None
    outputs: Sequence[ApiObject] | None = None


@dataclass(frozen=True, slots=True)
class ChangeSetEntry:
    """An entry of the timeline of a change set's creation; ``execution_status`` defaults by ``status``."""

    status: str
    looks: int = 1
    reason: str | None = None
    execution_status: str | None = None


@dataclass(frozen=True, slots=True)
class ExecutionEntry:
    """An entry of the timeline of a change set's execution."""

    status: str
    looks: int = 1


@dataclass(frozen=True, slots=True)
class StackOutcome:
    """The outcome of CreateStack, DeleteStack or ExecuteChangeSet; ``None`` is the default."""

    timeline: Sequence[StackEntry] | None = None
    execution: Sequence[ExecutionEntry] | None = None


@dataclass(frozen=True, slots=True)
class ChangeSetOutcome:
    """The outcome of CreateChangeSet; ``None`` is the default."""

    timeline: Sequence[ChangeSetEntry] | None = None
    changes: Sequence[ApiObject] | None = None
    page_size: int | None = None
    nested: tuple[tuple[str, ChangeSetOutcome], ...] = ()
    stack: str | None = None


@dataclass(frozen=True, slots=True)
class ExistingChangeSet:
    """A change set that another user created."""

    name: str
    outcome: ChangeSetOutcome
    description: str | None
    type: str
    token: str | None


@dataclass(frozen=True, slots=True)
class ExistingStack:
    """A stack that another user created."""

    timeline: Sequence[StackEntry]
    parameters: Sequence[ApiObject]
    tags: Sequence[ApiObject]
    capabilities: Sequence[str]
    description: str | None
    role_arn: str | None
    notification_arns: Sequence[str]
    rollback_configuration: ApiObject
    termination_protection: bool
    policy: str | None
    token: str | None


@dataclass(frozen=True, slots=True)
class CallFilter:
    """Selects calls of an operation by their numbers; ``numbers`` of ``None`` selects every call."""

    operation: str
    numbers: frozenset[int] | None
    when: When

    def matches(self, operation: str, number: int, when: When) -> bool:
        """Return whether the filter selects a call."""
        return (operation, when) == (self.operation, self.when) and (self.numbers is None or number in self.numbers)


@dataclass(frozen=True, slots=True)
class ScriptedError:
    """The error that a fault returns."""

    code: str
    message: str
    status: int


@dataclass(frozen=True, slots=True)
class Fault:
    """An error, a delay, or both, for the calls that it selects."""

    calls: CallFilter
    error: ScriptedError | None
    delay_seconds: float


@dataclass(frozen=True, slots=True)
class Intervention:
    """What another user does before or after a call; ``None`` or empty: nothing."""

    calls: CallFilter
    delete_stack: bool
    create_stack: ExistingStack | None
    timeline: Sequence[StackEntry]
    termination_protection: bool | None
    obsolete_change_sets: Sequence[str]
    delete_change_sets: Sequence[str]
    create_change_sets: Sequence[ExistingChangeSet]


@dataclass(frozen=True, slots=True)
class Script:
    """A whole script."""

    stack: ExistingStack | None = None
    change_sets: Sequence[ExistingChangeSet] = ()
    stack_outcomes: Mapping[str, Sequence[StackOutcome]] = field(default_factory=dict)
    change_set_outcomes: Sequence[ChangeSetOutcome] = ()
    faults: Sequence[Fault] = ()
    interventions: Sequence[Intervention] = ()
    max_change_sets: int = 1000
    page_size: int = 100
    account: str | None = None
    region: str | None = None


def matches(pattern: str, name: str) -> bool:
    """Return whether a name or glob matches ``name``; case-sensitive."""
    return fnmatch.fnmatchcase(name, pattern)
