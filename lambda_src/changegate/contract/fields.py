"""Reads single fields of the state machine's input, each checked for its kind. Pure.

Every function raises :class:`MisconfiguredError` with the field's name when the field is of another kind.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from changegate.errors import MisconfiguredError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from changegate.json_types import Json

type Fields = Mapping[str, Json]


def text(fields: Fields, name: str) -> str:
    """Return a text that must be there and not be empty."""
    value = fields.get(name)
    if isinstance(value, str) and value:
        return value
    raise MisconfiguredError(f"The state machine's input needs {name!r}, a text that is not empty.")


def optional_text(fields: Fields, name: str, pattern: str = r".+") -> str | None:
    """Return a text that matches ``pattern`` as a whole, or ``None`` where there is none."""
    value = fields.get(name)
    if value is None:
        return None
    if isinstance(value, str) and re.fullmatch(pattern, value, re.DOTALL):
        return value
    raise MisconfiguredError(f"{name!r} in the state machine's input is not valid: it must match {pattern}.")


def flag(fields: Fields, name: str) -> bool:
    """Return a boolean, false where there is none."""
    value = fields.get(name, False)
    if isinstance(value, bool):
        return value
    raise MisconfiguredError(f"{name!r} in the state machine's input must be true or false.")


def choice(fields: Fields, name: str, values: Collection[str]) -> str:
    """Return one of ``values``, the first where there is none."""
    value = fields.get(name, next(iter(values)))
    if isinstance(value, str) and value in values:
        return value
    raise MisconfiguredError(f"{name!r} in the state machine's input must be one of {', '.join(values)}.")


def text_map(fields: Fields, name: str) -> dict[str, str]:
    """Return an object of texts, empty where there is none."""
    value = fields.get(name, {})
    if isinstance(value, dict) and all(isinstance(item, str) for item in value.values()):
        return {key: str(item) for key, item in value.items()}
    raise MisconfiguredError(f"{name!r} in the state machine's input must be an object of texts.")


def text_list(fields: Fields, name: str, what: str, pattern: str, most: int) -> tuple[str, ...]:
    """Return a list of at most ``most`` texts that match ``pattern``, empty where there is none."""
    value = fields.get(name, [])
    if (
        isinstance(value, list)
        and len(value) <= most
        and all(isinstance(item, str) and re.fullmatch(pattern, item) for item in value)
    ):
        return tuple(str(item) for item in value)
    raise MisconfiguredError(f"{name!r} in the state machine's input must be a list of {what}, {most} at most.")


def optional_object(fields: Fields, name: str, known: Collection[str]) -> dict[str, Json] | None:
    """Return an object that has no other fields than ``known``, or ``None`` where there is none."""
    value = fields.get(name)
    if value is None:
        return None
    if isinstance(value, dict) and value.keys() <= set(known):
        return value
    raise MisconfiguredError(
        f"{name!r} in the state machine's input must be an object of {', '.join(sorted(known))} and no more."
    )
