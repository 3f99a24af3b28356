"""The changes of a change set, and the change sets of its nested stacks.

The members of ``Changes`` may come from anywhere, so their shape is not trusted: :func:`resource_change` and
:func:`fault` are the only ways to read them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from changegate.safety import api_model

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

NESTED_STACK_TYPE: Final = "AWS::CloudFormation::Stack"

type Change = Mapping[str, Any]
type Detail = Mapping[str, Any]

_NOTHING: Final[Mapping[str, Any]] = {}


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """All changes of one change set, every page, and the change sets of its nested stacks.

    ``changes`` are members of ``Changes`` as DescribeChangeSet gives them. ``nested`` has the nested change sets by
    their ARN, which is in ``ChangeSetId`` of a nested stack's resource change (API reference, ResourceChange); the
    verdict notices one that is missing.
    """

    changes: Sequence[Change]
    stack_name: str = ""
    nested: Mapping[str, ChangeSet] = field(default_factory=dict)
    fault: str = ""
    """What is wrong with the change set as a whole, as a clause; if there is something, nothing in it is trusted."""


def resource_change(change: Change) -> Mapping[str, Any]:
    """Return the change's ``ResourceChange``, empty if it has none that is an object."""
    value = change.get("ResourceChange") if _is_object(change) else None
    return value if isinstance(value, dict) else _NOTHING


def text(fields: Mapping[str, Any], name: str) -> str:
    """Return a field that is a string, empty if it is missing or something else."""
    value = fields.get(name)
    return value if isinstance(value, str) else ""


def details(resource: Mapping[str, Any]) -> list[Detail]:
    """Return the ``Details`` of a resource change that has no :func:`fault`."""
    value: list[Detail] = resource.get("Details") or []
    return value


def target(detail: Detail) -> Mapping[str, Any]:
    """Return the ``Target`` of a detail, empty if it has none."""
    return detail.get("Target") or _NOTHING


def fault(change: Change) -> str | None:
    """Return what in the change is not understood, or ``None``.

    It checks every field whose values the API model lists, in every change: a value that is not listed may mean
    anything.
    """
    if not _is_object(change) or not _is_one_of(change.get("Type"), api_model.CHANGE_TYPE):
        return f"is in a change of the unknown type {_show(change.get('Type') if _is_object(change) else change)}"
    resource = resource_change(change)
    if not text(resource, "LogicalResourceId"):
        return "is in a change that names no resource"
    return next(_faults(resource), None)


def _faults(resource: Mapping[str, Any]) -> Iterator[str]:
    if not _is_one_of(resource.get("Action"), api_model.CHANGE_ACTION):
        yield f"has the unknown action {_show(resource.get('Action'))}"
    yield from _unknown(resource, "Replacement", api_model.REPLACEMENT)
    yield from _unknown(resource, "PolicyAction", api_model.POLICY_ACTION)
    yield from _unknown(resource, "ResourceDriftStatus", api_model.STACK_RESOURCE_DRIFT_STATUS)
    yield from _not_text(resource, "ResourceType")
    yield from _not_text(resource, "ChangeSetId")
    scope = resource.get("Scope")
    if scope is not None and not (
        isinstance(scope, list) and all(_is_one_of(item, api_model.RESOURCE_ATTRIBUTE) for item in scope)
    ):
        yield f"has the unknown scope {_show(scope)}"
    listed = resource.get("Details")
    if listed is not None and not isinstance(listed, list):
        yield "has details that are not a list"
        return
    for detail in listed or []:
        yield from _detail_faults(detail)


def _detail_faults(detail: Any) -> Iterator[str]:
    its_target = detail.get("Target") if _is_object(detail) else None
    if not _is_object(detail) or not (its_target is None or _is_object(its_target)):
        yield "has a detail that is not an object"
        return
    yield from _unknown(detail, "Evaluation", api_model.EVALUATION_TYPE)
    yield from _unknown(detail, "ChangeSource", api_model.CHANGE_SOURCE)
    yield from _not_text(detail, "CausingEntity")
    if its_target is not None:
        yield from _unknown(its_target, "Attribute", api_model.RESOURCE_ATTRIBUTE)
        yield from _unknown(its_target, "RequiresRecreation", api_model.REQUIRES_RECREATION)
        yield from _unknown(its_target, "AttributeChangeType", api_model.ATTRIBUTE_CHANGE_TYPE)
        yield from _not_text(its_target, "Name")


def _unknown(fields: Mapping[str, Any], name: str, known: frozenset[str]) -> Iterator[str]:
    value = fields.get(name)
    if value is not None and not _is_one_of(value, known):
        yield f"has the unknown {name} {_show(value)}"


def _not_text(fields: Mapping[str, Any], name: str) -> Iterator[str]:
    value = fields.get(name)
    if value is not None and not isinstance(value, str):
        yield f"has a {name} that is not a string"


def _is_one_of(value: Any, known: frozenset[str]) -> bool:
    return isinstance(value, str) and value in known


def _is_object(value: Any) -> bool:
    return isinstance(value, dict)


def _show(value: Any) -> str:
    shown = repr(value)
    return shown if len(shown) <= 60 else f"{shown[:59]}…"
