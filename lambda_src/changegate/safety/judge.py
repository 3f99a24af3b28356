"""Judges a change set. Pure: the same change set, policy and day always give the same verdict."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from changegate.safety.changes import NESTED_STACK_TYPE, ChangeSet, details, fault, resource_change, text
from changegate.safety.findings import Cause, Decision, Fate, Finding, Kind, ResourceOutcome, Verdict
from changegate.safety.policy import Policy, Ruling, Subject
from changegate.safety.replacement import (
    ADDED,
    IMPORTED,
    UPDATED,
    Decided,
    Level,
    cause,
    may_recreate,
    parameters_are_stable,
)

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping
    from typing import Any

    from changegate.safety.changes import Change

_KINDS = {
    Fate.REPLACED: Kind.REPLACEMENT,
    Fate.PERHAPS_REPLACED: Kind.CONDITIONAL,
    Fate.REMOVED: Kind.REMOVAL,
    Fate.UNDETERMINED: Kind.UNDETERMINED,
    Fate.RETAINED: Kind.RETAINED,
}


def judge(change_set: ChangeSet, policy: Policy, today: dt.date) -> Verdict:
    """Return the verdict on all changes, including those of nested change sets at any depth.

    :param today: the day in UTC, for rules that expire.
    """
    outcomes = _Judge(policy, today).outcomes(change_set, (), Level())
    return Verdict(tuple(sorted(outcomes, key=lambda outcome: (outcome.path, outcome.fate, outcome.resource_type))))


@dataclass(frozen=True, slots=True)
class _Judge:
    policy: Policy
    today: dt.date

    def outcomes(self, change_set: ChangeSet, parents: tuple[str, ...], level: Level) -> Iterator[ResourceOutcome]:
        if change_set.fault:
            decided = Decided(Fate.UNDETERMINED, Cause(change_set.fault))
            stack = {"ResourceType": NESTED_STACK_TYPE}
            finding = self.finding(stack, parents or (change_set.stack_name,), decided, change_set.stack_name)
            yield ResourceOutcome(parents or (change_set.stack_name,), NESTED_STACK_TYPE, "", decided.fate, finding)
        for change, decided in _decide(change_set, level):
            resource = resource_change(change)
            path = (*parents, text(resource, "LogicalResourceId"))
            yield ResourceOutcome(
                path,
                text(resource, "ResourceType"),
                text(resource, "PhysicalResourceId"),
                decided.fate,
                self.finding(resource, path, decided, change_set.stack_name),
            )
            child = change_set.nested.get(text(resource, "ChangeSetId"))
            if child is not None:
                inner = Level(stable_parameters=parameters_are_stable(resource, level))
                yield from self.outcomes(child, path, inner)

    def finding(
        self, resource: Mapping[str, Any], path: tuple[str, ...], decided: Decided, stack_name: str
    ) -> Finding | None:
        kind = _KINDS.get(decided.fate)
        if kind is None:
            return None
        resource_type = text(resource, "ResourceType")
        if kind is Kind.RETAINED:
            by_policy = Ruling(Decision.ALLOW, "a retained resource is not lost")
        else:
            by_policy = self.policy.decide(Subject(kind, resource_type, path[-1], stack_name), self.today)
        return Finding(
            kind,
            path,
            resource_type,
            text(resource, "PhysicalResourceId"),
            decided.cause,
            by_policy.decision,
            by_policy.rule,
        )


def _decide(change_set: ChangeSet, level: Level) -> list[tuple[Change, Decided]]:
    """Return every change with its fate: first the plain ones, then the conditional replacements."""
    plain: list[tuple[Change, Decided]] = []
    conditional: list[Change] = []
    for change in change_set.changes:
        decided = _decide_plainly(change)
        if decided is None:
            conditional.append(change)
        else:
            plain.append((change, _with_children(change, decided, change_set)))
            level.add(change, plain[-1][1].fate)
    by_place = level.decide(conditional)
    return plain + [
        (change, _with_children(change, by_place[place], change_set)) for place, change in enumerate(conditional)
    ]


def _with_children(change: Change, decided: Decided, change_set: ChangeSet) -> Decided:
    """Return the fate, which is undetermined for a nested stack that an unknown change set would update."""
    resource = resource_change(change)
    updated = decided.fate is Fate.UPDATED and text(resource, "ResourceType") == NESTED_STACK_TYPE
    if updated and text(resource, "ChangeSetId") not in change_set.nested:
        return Decided(Fate.UNDETERMINED, Cause("is a nested stack whose own change set is not known"))
    return decided


def _decide_plainly(change: Change) -> Decided | None:
    """Return the fate of a change, or ``None`` for a conditional replacement.

    The meaning of Action, Replacement and PolicyAction is that of ResourceChange in the API reference.
    """
    if (unknown := fault(change)) is not None:
        return Decided(Fate.UNDETERMINED, Cause(unknown))
    resource = resource_change(change)
    match resource["Action"]:
        case "Add":
            # AWS sometimes reports an Add with Replacement True; nothing existed before, so it is still an addition.
            return ADDED
        case "Import":
            return IMPORTED
        case "Remove":
            return _decide_removal(resource)
        case "Modify" | "SyncWithActual":
            return _decide_modification(resource)
        case action:
            return Decided(Fate.UNDETERMINED, Cause(f"has the undetermined action {action!r}"))


def _decide_removal(resource: Mapping[str, Any]) -> Decided:
    match resource.get("PolicyAction"):
        case "Retain":
            return Decided(Fate.RETAINED, Cause("leaves the stack but is retained"))
        case "Delete" | None:
            return Decided(Fate.REMOVED, Cause("would be deleted"))
        case "Snapshot":
            return Decided(Fate.REMOVED, Cause("would be deleted, with a snapshot"))
        case policy_action:
            return Decided(Fate.UNDETERMINED, Cause(f"would be removed with the policy action {policy_action!r}"))


def _decide_modification(resource: Mapping[str, Any]) -> Decided | None:
    match resource.get("Replacement"), resource.get("PolicyAction"):
        case (_, "ReplaceAndDelete" | "ReplaceAndRetain" | "ReplaceAndSnapshot") | ("True", None):
            return Decided(Fate.REPLACED, cause("would be replaced", filter(may_recreate, details(resource))))
        case ("Conditional", None):
            return None
        case ("False", None):
            return UPDATED
        case (replacement, policy_action):
            return Decided(
                Fate.UNDETERMINED,
                Cause(f"would be modified with replacement {replacement!r} and policy action {policy_action!r}"),
            )
