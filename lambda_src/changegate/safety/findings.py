"""Verdicts, findings and their parts."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

CAN_SAFELY_UPDATE: Final = "CAN-SAFELY-UPDATE-EXISTING-STACK"
DELETES_OR_REPLACES: Final = "RESOURCES-BEING-DELETED-OR-REPLACED"


class Kind(StrEnum):
    """The kinds of findings."""

    REPLACEMENT = "replacement"
    """The resource is replaced: a new one is created, and the old one is deleted or left behind."""
    CONDITIONAL = "conditional"
    """The resource may be replaced, and the change set does not decide it."""
    REMOVAL = "removal"
    """The resource is deleted."""
    UNDETERMINED = "undetermined"
    """The change set does not say, in known terms, what happens to the resource."""
    RETAINED = "retained"
    """The resource leaves the stack but still exists: reported, and always allowed."""


class Decision(StrEnum):
    """What the policy decides about a finding."""

    ALLOW = "allow"
    APPROVE = "approve"
    """A person must approve it. Until approvals exist, this refuses."""
    REFUSE = "refuse"


class Fate(StrEnum):
    """What happens to a resource when the change set is executed."""

    ADDED = "added"
    IMPORTED = "imported"
    UPDATED = "updated in place"
    REPLACED = "replaced"
    PERHAPS_REPLACED = "perhaps replaced"
    REMOVED = "removed"
    RETAINED = "retained"
    UNDETERMINED = "undetermined"


@dataclass(frozen=True, slots=True)
class Cause:
    """The reason of a finding."""

    reason: str
    """A sentence about the resource, without its subject."""
    property_name: str = ""
    """The property whose change matters, if there is one."""
    causing_entity: str = ""
    """What changes that property: a parameter, a resource, or an attribute of a resource."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a verdict says about one change."""

    kind: Kind
    path: tuple[str, ...]
    """Logical IDs from the root stack through nested stacks to the resource."""
    resource_type: str
    physical_resource_id: str
    cause: Cause
    decision: Decision
    rule: str
    """What decided: a rule of the policy with its reason, a built-in rule, or the default for the kind."""

    @property
    def allowed(self) -> bool:
        """Whether the policy allows the change."""
        return self.decision is Decision.ALLOW

    def __str__(self) -> str:
        """Return the finding as one sentence with its subject."""
        return f"{show_path(self.path)} ({self.resource_type or 'unknown type'}) {self.cause.reason}"


@dataclass(frozen=True, slots=True)
class ResourceOutcome:
    """What happens to the resource of one change, and the finding about it, if there is one."""

    path: tuple[str, ...]
    resource_type: str
    physical_resource_id: str
    fate: Fate
    finding: Finding | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The verdict on a change set; its outcomes are ordered by their paths."""

    outcomes: tuple[ResourceOutcome, ...] = ()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings, refused ones first."""
        found = [outcome.finding for outcome in self.outcomes if outcome.finding is not None]
        return tuple(sorted(found, key=lambda finding: finding.allowed))

    @property
    def refused(self) -> tuple[Finding, ...]:
        """The findings that make the verdict unsafe."""
        return tuple(finding for finding in self.findings if not finding.allowed)

    @property
    def safe(self) -> bool:
        """Whether every change is allowed."""
        return not self.refused

    @property
    def change_set_action(self) -> str:
        """The verdict as a value of the state machine's ``changeSetAction``."""
        return CAN_SAFELY_UPDATE if self.safe else DELETES_OR_REPLACES

    @property
    def counts(self) -> dict[str, int]:
        """How many resources meet each fate; fates that none meets are left out."""
        counted = Counter(outcome.fate for outcome in self.outcomes)
        return {fate.value: counted[fate] for fate in Fate if counted[fate]}


def show_path(path: tuple[str, ...]) -> str:
    """Return a path for people: logical IDs separated by slashes."""
    return "/".join(step or "(unnamed)" for step in path)


def summary(findings: Iterable[Finding], limit: int = 10) -> str:
    """Return the first ``limit`` findings and the number of further ones, on one line."""
    listed = list(findings)
    text = "; ".join(str(finding) for finding in listed[:limit])
    return text if len(listed) <= limit else f"{text}; and {len(listed) - limit} more"
