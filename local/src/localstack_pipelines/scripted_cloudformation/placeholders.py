"""Replaces the placeholders in the strings of a script."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_ID: Final = re.compile(r"\{(stack_id|change_set_id)(?::([^{}]*))?\}")


def fill_names(value: Any, names: Mapping[str, str]) -> Any:
    """Replace each ``{key}`` of ``names`` in the strings of a JSON value, object keys included."""
    return _map_strings(value, lambda string: _replace_all(string, names))


def fill_ids(value: Any, stack_id: Callable[[str | None], str], change_set_ids: Mapping[str, str] | None = None) -> Any:
    """Replace ``{stack_id}``, ``{stack_id:NAME}`` and ``{change_set_id:KEY}`` in the strings of a JSON value.

    :param stack_id: returns the ARN of the named stack; ``None`` is the current stack.
    :param change_set_ids: the ARNs by key; a placeholder with another key is left as it is.
    """

    def replacement(found: re.Match[str]) -> str:
        kind, name = found.groups()
        if kind == "stack_id":
            return stack_id(name)
        return (change_set_ids or {}).get(name or "", found.group())

    return _map_strings(value, lambda string: _ID.sub(replacement, string))


def change_set_keys(value: Any) -> set[str]:
    """Return the keys of every ``{change_set_id:KEY}`` in a JSON value."""
    keys: set[str] = set()

    def collect(string: str) -> str:
        keys.update(name or "" for kind, name in _ID.findall(string) if kind == "change_set_id")
        return string

    _map_strings(value, collect)
    return keys


def _replace_all(string: str, names: Mapping[str, str]) -> str:
    for name, replacement in names.items():
        string = string.replace(f"{{{name}}}", replacement)
    return string


def _map_strings(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [_map_strings(member, change) for member in value]
    if isinstance(value, dict):
        return {change(key): _map_strings(member, change) for key, member in value.items()}
    return value
