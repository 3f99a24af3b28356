"""Decides conditional replacements from their details, along the references within a change set.

``Replacement`` is Conditional if a property that requires recreation gets a value that CloudFormation knows only when
it executes the change set (API reference, ResourceChange, Replacement: "If the RequiresRecreation field is Always and
the Evaluation field is Dynamic, Replacement is Conditional"). Often the details show nevertheless that the value cannot
change. :func:`effect_of` has the rules, each with its source.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any, Final

from changegate.safety.changes import details, resource_change, target, text
from changegate.safety.findings import Cause, Fate
from changegate.safety.identity import is_identity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from changegate.safety.changes import Change, Detail


class Effect(Enum):
    """Whether a detail changes the value of its property."""

    NONE = "the value stays"
    CHANGE = "the value changes"
    OPEN = "the change set leaves it open"


@dataclass(frozen=True, slots=True)
class Decided:
    """What happens to a resource, and why."""

    fate: Fate
    cause: Cause


ADDED: Final = Decided(Fate.ADDED, Cause("is added"))
IMPORTED: Final = Decided(Fate.IMPORTED, Cause("is imported"))
UPDATED: Final = Decided(Fate.UPDATED, Cause("is updated in place"))


@dataclass
class Level:
    """The resources of one stack in a change set: what is known of their fates, and of the stack's parameters.

    ``fates`` has the fate of every plain change; :meth:`decide` adds the conditional ones. ``stable_parameters`` says
    that no parameter of this stack that the change set calls dynamic can change (:func:`parameters_are_stable`).
    """

    stable_parameters: bool = False
    types: dict[str, str] = field(default_factory=dict)
    fates: dict[str, Fate] = field(default_factory=dict)

    def add(self, change: Change, fate: Fate) -> None:
        """Record the fate of a change's resource.

        CloudFormation never reports two changes of a resource; if there are two, it counts as updated in place only if
        both say so, with the same type.
        """
        resource = resource_change(change)
        logical_id, resource_type = text(resource, "LogicalResourceId"), text(resource, "ResourceType")
        agrees = self.fates.get(logical_id, fate) is fate and self.types.get(logical_id, resource_type) == resource_type
        self.fates[logical_id] = fate if agrees else Fate.UNDETERMINED
        self.types[logical_id] = resource_type

    def decide(self, conditional: Sequence[Change]) -> dict[int, Decided]:
        """Decide changes whose replacement is conditional; the keys are their places in ``conditional``.

        Each decision may decide others that refer to the resource, so those are decided again: a chain is followed to
        its end in any order of its changes. What is still open then stays PERHAPS_REPLACED; that includes circles.
        """
        for change in conditional:
            self.add(change, Fate.PERHAPS_REPLACED)
        referring: dict[str, list[int]] = {}
        for place, change in enumerate(conditional):
            for detail in details(resource_change(change)):
                referring.setdefault(_entity(detail)[0], []).append(place)
        decided: dict[int, Decided] = {}
        waiting = list(range(len(conditional)))
        while waiting:
            place = waiting.pop()
            decided[place] = decide_one(conditional[place], self)
            logical_id = text(resource_change(conditional[place]), "LogicalResourceId")
            fate = decided[place].fate
            if fate is not self.fates[logical_id] and self.fates[logical_id] is Fate.PERHAPS_REPLACED:
                self.fates[logical_id] = fate
                waiting.extend(referring.get(logical_id, []))
        return decided


def decide_one(change: Change, level: Level) -> Decided:
    """Decide one conditional replacement with what is known of the other resources.

    Only a detail that requires recreation, always or conditionally, can cause a replacement (API reference,
    ResourceTargetDefinition, RequiresRecreation). If none does, the details do not explain the conditional replacement,
    and it stays open.
    """
    causes = [(detail, effect_of(detail, level)) for detail in details(resource_change(change)) if may_recreate(detail)]
    certain = [
        detail
        for detail, effect in causes
        if effect is Effect.CHANGE and target(detail).get("RequiresRecreation") == "Always"
    ]
    if certain:
        return Decided(Fate.REPLACED, cause("would be replaced", certain))
    still_open = [detail for detail, effect in causes if effect is not Effect.NONE]
    if still_open or not causes:
        return Decided(Fate.PERHAPS_REPLACED, cause("may be replaced", still_open))
    return UPDATED


def may_recreate(detail: Detail) -> bool:
    """Return whether the detail can cause the replacement of its resource.

    RequiresRecreation says so for properties; without it, only an attribute other than Properties is known to be
    harmless ("If the Attribute value is Properties, indicates whether a change to this property causes the
    resource to be recreated", API reference, ResourceTargetDefinition).
    """
    of = target(detail)
    recreation = of.get("RequiresRecreation")
    if recreation is None:
        return of.get("Attribute") in {None, "Properties"}
    return bool(recreation != "Never")


def effect_of(detail: Detail, level: Level) -> Effect:
    """Return whether the detail changes the value of its property (API reference, ResourceChangeDetail, ChangeSource).

    - ``ResourceReference`` is a ``Ref``, which returns the physical ID ("Ref" in the CloudFormation User Guide). An
      update in place keeps it; a replacement, an addition or an import gives another. A custom resource is the
      exception: its provider may answer an update with another physical ID (User Guide, "Custom resource response
      objects", PhysicalResourceId), so a ``Ref`` to an updated one stays open.
    - ``ResourceAttribute`` is a ``Fn::GetAtt``. It keeps its value in an update in place if the attribute is part of
      the type's primary identifier (:mod:`changegate.safety.identity`); any other stays open, as the recorded case
      ``direct_attribute_value_change_in_get_attr_chain`` shows: DisplayName of a topic is an attribute that changes
      in place. An attribute of a replaced resource stays open too, unless it is that identifier, which changes.
    - ``ParameterReference`` changes the value if its evaluation is static: the parameter's new value is known to
      differ. A dynamic one in a nested stack keeps it if the parent's values for its parameters cannot change.
    - ``DirectModification`` changes the value if it is static; a dynamic one stays open.
    - Everything else stays open.
    """
    match detail.get("ChangeSource"):
        case "ResourceReference":
            logical_id, attribute = _entity(detail)
            return Effect.OPEN if attribute else _effect_of_reference(logical_id, level)
        case "ResourceAttribute":
            return _effect_of_attribute(*_entity(detail), level)
        case "ParameterReference" if detail.get("Evaluation") == "Dynamic" and level.stable_parameters:
            return Effect.NONE
        case "ParameterReference" | "DirectModification" if detail.get("Evaluation") == "Static":
            return Effect.CHANGE
        case _:
            return Effect.OPEN


def parameters_are_stable(nested_stack: Mapping[str, Any], parent: Level) -> bool:
    """Return whether a change of a nested stack shows that its parameters keep their values.

    The stack's own ``Parameters`` property must be among the change's details, and each of those must keep its value:
    then a ParameterReference that is dynamic inside the nested stack cannot change anything. Details without a property
    are ignored only if they are Automatic, which says that the nested template may have changed (API reference,
    ResourceChangeDetail, ChangeSource).
    """
    about: list[Detail] = []
    for detail in details(nested_stack):
        name = text(target(detail), "Name")
        if name == "Parameters" or name.startswith("Parameters."):
            about.append(detail)
        elif not name and detail.get("ChangeSource") != "Automatic":
            return False
    return bool(about) and all(effect_of(detail, parent) is Effect.NONE for detail in about)


def cause(verb: str, of: Iterable[Detail]) -> Cause:
    """Return the sentence for the details, and the first of them by name."""
    named = sorted({(text(target(detail), "Name"), text(detail, "CausingEntity")) for detail in of})
    if not named:
        return Cause(f"{verb}: no detail says why" if verb == "may be replaced" else verb)
    name, entity = named[0]
    what = f"{name or 'a property'} changes{' through ' + entity if entity else ''}"
    return Cause(
        f"{verb}: whether {what} is left open" if verb == "may be replaced" else f"{verb}: {what}", name, entity
    )


def _effect_of_reference(logical_id: str, level: Level) -> Effect:
    match level.fates.get(logical_id):
        case Fate.UPDATED if not _is_custom(level.types[logical_id]):
            return Effect.NONE
        case Fate.REPLACED | Fate.ADDED | Fate.IMPORTED:
            return Effect.CHANGE
        case _:
            return Effect.OPEN


def _effect_of_attribute(logical_id: str, attribute: str, level: Level) -> Effect:
    if logical_id in level.types and is_identity(level.types[logical_id], attribute):
        return _effect_of_reference(logical_id, level)
    return Effect.OPEN


def _is_custom(resource_type: str) -> bool:
    return resource_type == "AWS::CloudFormation::CustomResource" or resource_type.startswith("Custom::")


def _entity(detail: Detail) -> tuple[str, str]:
    """Return logical ID and attribute of a causing entity; the attribute is empty for a ``Ref``."""
    logical_id, _, attribute = text(detail, "CausingEntity").partition(".")
    return logical_id, attribute
