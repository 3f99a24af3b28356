"""JSON values: their type, and how an object is read from text."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

type Json = bool | int | float | str | list[Json] | dict[str, Json] | None


def read_object(content: str | bytes, source: str, error: Callable[[str], Exception]) -> dict[str, Json]:
    """Return the JSON object in ``content``.

    :param source: the name of the content in messages, such as "The template configuration 'config.json'".
    :param error: the class of the error to raise.
    :raises Exception: ``error``, when the content is not JSON, or not an object.
    """
    try:
        value = json.loads(content)
    except ValueError as not_json:
        raise error(f"{source} is not JSON: {not_json}; fix the file.") from not_json
    if not isinstance(value, dict):
        raise error(f"{source} is not a JSON object; fix the file.")
    return value
