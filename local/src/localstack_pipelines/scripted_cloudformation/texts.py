"""The placeholders in the texts of a script."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_ID: Final = re.compile(r"\{(stack_id|change_set_id)(?::([^{}]*))?\}")


def fill_names(value: Any, names: Mapping[str, str]) -> Any:
    """Return a JSON value in which ``{key}`` of ``names`` is replaced, in the keys of objects too."""
    return _map_texts(value, lambda text: _replace_all(text, names))


def fill_ids(value: Any, stack_id: Callable[[str | None], str], change_set_ids: Mapping[str, str] | None = None) -> Any:
    """Return a JSON value in which ``{stack_id}``, ``{stack_id:NAME}`` and ``{change_set_id:KEY}`` are replaced.

    :param stack_id: gives the ARN of the named stack; ``None`` is the stack at hand.
    :param change_set_ids: the ARNs by key; a placeholder with another key stays as it is.
    """

    def replacement(found: re.Match[str]) -> str:
        kind, name = found.groups()
        if kind == "stack_id":
            return stack_id(name)
        return (change_set_ids or {}).get(name or "", found.group())

    return _map_texts(value, lambda text: _ID.sub(replacement, text))


def change_set_keys(value: Any) -> set[str]:
    """Return the keys of all ``{change_set_id:KEY}`` in a JSON value."""
    keys: set[str] = set()

    def collect(text: str) -> str:
        keys.update(name or "" for kind, name in _ID.findall(text) if kind == "change_set_id")
        return text

    _map_texts(value, collect)
    return keys


def _replace_all(text: str, names: Mapping[str, str]) -> str:
    for name, replacement in names.items():
        text = text.replace(f"{{{name}}}", replacement)
    return text


def _map_texts(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [_map_texts(member, change) for member in value]
    if isinstance(value, dict):
        return {change(key): _map_texts(member, change) for key, member in value.items()}
    return value
