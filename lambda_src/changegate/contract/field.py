"""How the fields of a TypedDict are described."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import Annotated, Any, get_args, get_origin, get_type_hints


@dataclass(frozen=True, slots=True)
class Field:
    """What is known of a field beside its type; goes into its ``Annotated``."""

    meaning: str
    """The field in a few words, for the table in ``docs/concepts.md``."""
    set_by: tuple[str, ...] = ()
    """Modules of the package that set or forget it; ``input`` is the author of the execution's input."""
    read_by: tuple[str, ...] = ()
    """Modules of the package that read it; ``definition`` is the state machine's definition."""
    required: bool = False
    pattern: str | None = None
    """A regular expression that the string, or each string of a list, matches as a whole."""
    expected: str | None = None
    """What messages say that the value must be, if the type and the pattern do not say it best."""
    minimum: int | None = None
    maximum: int | None = None
    """Of a number, or of the length of a list."""


PLAIN = Field("")


@dataclass(frozen=True, slots=True)
class Described:
    """A field of a TypedDict: its type and its description."""

    hint: Any
    field: Field


@cache
def fields_of(typed_dict: type) -> dict[str, Described]:
    """Return the fields of a TypedDict by name, in their order."""
    hints = get_type_hints(typed_dict, include_extras=True)
    required: frozenset[str] = getattr(typed_dict, "__required_keys__", frozenset())
    return {name: _described(hint, is_required=name in required) for name, hint in hints.items()}


def _described(hint: Any, *, is_required: bool) -> Described:
    inner, field = get_args(hint) if get_origin(hint) is Annotated else (hint, PLAIN)
    return Described(inner, replace(field, required=True) if is_required else field)
