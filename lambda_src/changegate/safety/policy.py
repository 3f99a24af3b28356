"""The policy: which findings are allowed, and by which rule."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Final, Self

from changegate.safety.findings import Decision, Kind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

JUDGED_KINDS: Final = (Kind.REPLACEMENT, Kind.CONDITIONAL, Kind.REMOVAL, Kind.UNDETERMINED)
"""The kinds that a policy decides about; a retained resource is always allowed."""

_LOSSES: Final = frozenset({Kind.REPLACEMENT, Kind.CONDITIONAL, Kind.REMOVAL})


class PolicyError(ValueError):
    """The policy does not have the documented shape; the text says where."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: if all its conditions hold, its action decides.

    Globs are those of :mod:`fnmatch` (``*``, ``?``, ``[...]``), case-sensitive. An omitted condition always holds,
    except ``kinds``: a rule applies to undetermined findings only if it names that kind.
    """

    action: Decision
    reason: str
    kinds: frozenset[Kind] = _LOSSES
    resource_types: tuple[str, ...] = ("*",)
    logical_ids: tuple[str, ...] = ("*",)
    stacks: tuple[str, ...] = ("*",)
    expires: dt.date | None = None
    """The last day on which the rule matches, in UTC."""

    def matches(self, subject: Subject, today: dt.date) -> bool:
        """Return whether the rule decides about the finding that ``subject`` describes."""
        return (
            (self.expires is None or today <= self.expires)
            and subject.kind in self.kinds
            and _any(self.resource_types, subject.resource_type)
            and _any(self.logical_ids, subject.logical_id)
            and _any(self.stacks, subject.stack_name)
        )


@dataclass(frozen=True, slots=True)
class Subject:
    """What rules match: the finding's kind, and its resource."""

    kind: Kind
    resource_type: str
    logical_id: str
    stack_name: str
    """The resource's stack; the name of a nested stack begins with its parent's."""


@dataclass(frozen=True, slots=True)
class Ruling:
    """What the policy decides about a finding, and by which rule."""

    decision: Decision
    rule: str


_REPLACEMENTS: Final = frozenset({Kind.REPLACEMENT, Kind.CONDITIONAL})

_BY_DESIGN: Final = (
    ("AWS::Lambda::Version", _LOSSES, "a version is a snapshot of a function; every change creates a new one"),
    ("AWS::ApiGateway::Deployment", _LOSSES, "a deployment is a snapshot of an API; stages move to the new one"),
    ("AWS::ApiGatewayV2::Deployment", _LOSSES, "a deployment is a snapshot of an API; stages move to the new one"),
    ("AWS::CDK::Metadata", _LOSSES, "it describes the app that generated the template, and holds nothing"),
    ("AWS::CloudFormation::WaitConditionHandle", _LOSSES, "it is a URL to signal to; every wait creates a new one"),
    ("AWS::CloudFormation::WaitCondition", _LOSSES, "it waits once, at its creation, and holds nothing afterwards"),
    ("AWS::Lambda::Permission", _REPLACEMENTS, "a statement in a function's policy; every change creates a new one"),
    ("AWS::ECS::TaskDefinition", _REPLACEMENTS, "every change registers a new revision; services move to it"),
    ("AWS::AutoScaling::LaunchConfiguration", _REPLACEMENTS, "it cannot be changed; groups move to the new one"),
)

BUILT_IN_RULES: Final = tuple(
    Rule(Decision.ALLOW, reason, kinds, (resource_type,)) for resource_type, kinds, reason in _BY_DESIGN
)
"""Types that are replaced by design and hold nothing.

Source: "Update requires" in the resource type reference of the CloudFormation User Guide. Every property that a change
may touch of a version, a deployment, a permission, a task definition or a launch configuration requires replacement.
Removals are allowed only where the next resource of the type takes over with another logical ID, as SAM and the CDK
name versions and deployments.
"""


@dataclass(frozen=True, slots=True)
class Policy:
    """What to do about findings: the first matching rule decides, then the built-in rules, then the default."""

    rules: tuple[Rule, ...] = ()
    default: Mapping[Kind, Decision] = field(default_factory=dict)
    """By kind; an omitted kind is refused."""
    built_in_rules: bool = True

    def decide(self, subject: Subject, today: dt.date) -> Ruling:
        """Decide about one finding on the day ``today`` (UTC)."""
        for number, rule in enumerate(self.rules, start=1):
            if rule.matches(subject, today):
                return Ruling(rule.action, f"rule {number}: {rule.reason}")
        for rule in BUILT_IN_RULES if self.built_in_rules else ():
            if rule.matches(subject, today):
                return Ruling(rule.action, f"built-in rule for {rule.resource_types[0]}: {rule.reason}")
        return Ruling(self.default.get(subject.kind, Decision.REFUSE), f"default for {subject.kind.value}")

    @classmethod
    def parse(cls, value: Any) -> Self:
        """Read a policy in the shape of the Terraform variable ``policy``.

        ``{"built_in_rules": bool, "default": {kind: action}, "rules": [{"action", "reason", "kinds", "resource_types",
        "logical_ids", "stacks", "expires"}]}``; everything but a rule's ``action`` and ``reason`` may be omitted or
        null.

        :raises PolicyError: when it has another shape, or an unknown field.
        """
        fields = _object(value, "the policy", {"built_in_rules", "default", "rules"})
        built_in = fields.get("built_in_rules", True)
        if not isinstance(built_in, bool):
            raise PolicyError("'built_in_rules' must be true or false.")
        rules = fields.get("rules", [])
        if not isinstance(rules, list):
            raise PolicyError("'rules' must be a list.")
        kinds = {kind.value for kind in JUDGED_KINDS}
        default = _object(fields.get("default", {}), "'default'", kinds)
        return cls(
            rules=tuple(_rule(rule, f"rule {number}") for number, rule in enumerate(rules, start=1)),
            default={Kind(kind): _decision(action, f"'default.{kind}'") for kind, action in default.items()},
            built_in_rules=built_in,
        )


def _rule(value: Any, where: str) -> Rule:
    names = {"action", "reason", "kinds", "resource_types", "logical_ids", "stacks", "expires"}
    fields = _object(value, where, names)
    reason = fields.get("reason")
    if not isinstance(reason, str) or not reason.strip():
        raise PolicyError(f"{where} needs a 'reason', for the people who read it.")
    kinds = _texts(fields, "kinds", where)
    known = {kind.value: kind for kind in JUDGED_KINDS}
    if unknown := [kind for kind in kinds or () if kind not in known]:
        raise PolicyError(f"{where} has the unknown kind {unknown[0]!r}; kinds are {', '.join(known)}.")
    return Rule(
        action=_decision(fields.get("action"), f"'action' of {where}"),
        reason=reason,
        kinds=_LOSSES if kinds is None else frozenset(known[kind] for kind in kinds),
        resource_types=_texts(fields, "resource_types", where) or ("*",),
        logical_ids=_texts(fields, "logical_ids", where) or ("*",),
        stacks=_texts(fields, "stacks", where) or ("*",),
        expires=_date(fields.get("expires"), where),
    )


def _object(value: Any, what: str, names: set[str]) -> dict[str, Any]:
    """Return an object's fields that are not null; refuse unknown names, as a misspelt rule would not apply."""
    if not isinstance(value, dict):
        raise PolicyError(f"{what} must be an object.")
    if unknown := sorted(set(value) - names):
        raise PolicyError(f"{what} has the unknown field {unknown[0]!r}; fields are {', '.join(sorted(names))}.")
    return {name: item for name, item in value.items() if item is not None}


def _texts(fields: Mapping[str, Any], name: str, where: str) -> tuple[str, ...] | None:
    value = fields.get(name)
    if value is None:
        return None
    if isinstance(value, list) and value and all(isinstance(item, str) and item for item in value):
        return tuple(value)
    raise PolicyError(f"{name!r} of {where} must be a non-empty list of strings.")


def _decision(value: Any, what: str) -> Decision:
    try:
        return Decision(value)
    except ValueError:
        raise PolicyError(f"{what} must be one of {', '.join(Decision)}.") from None


def _date(value: Any, where: str) -> dt.date | None:
    if value is None:
        return None
    try:
        return dt.date.fromisoformat(value)
    except (TypeError, ValueError):
        raise PolicyError(f"'expires' of {where} must be a date like 2026-12-31.") from None


def _any(globs: Sequence[str], name: str) -> bool:
    return any(fnmatchcase(name, glob) for glob in globs)
