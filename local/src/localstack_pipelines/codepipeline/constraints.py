"""Checks a request against the constraints of the service model: required members, lengths, ranges, patterns, enums.

CodePipeline answers all of them together as one ``ValidationException`` in the form that AWS services share, which
names the member by its path with list positions counted from 1 (``pipeline.stages.2.member.name``).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from localstack_pipelines.codepipeline.errors import SerializationException, ValidationException

if TYPE_CHECKING:
    from collections.abc import Iterator

    from botocore.model import Shape  # type: ignore[import-untyped]  # no stubs there


_PYTHON_TYPES: dict[str, type] = {
    "structure": dict,
    "map": dict,
    "list": list,
    "string": str,
    "boolean": bool,
    "integer": int,
    "long": int,
}


def check_request(request: dict[str, Any], shape: Shape) -> dict[str, Any]:
    """Return the request without its empty members.

    :param request: the parsed request; absent required members may be ``None``, as LocalStack's parser sets them.
    :param shape: the operation's input shape.
    :raises SerializationException: a member is of another type.
    :raises ValidationException: names every constraint that is broken.
    """
    given: dict[str, Any] = _without_nulls(request)
    broken = list(_violations(given, shape, ""))
    if broken:
        errors = "error" if len(broken) == 1 else "errors"
        raise ValidationException(f"{len(broken)} validation {errors} detected: {'; '.join(broken)}")
    return given


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nulls(member) for key, member in value.items() if member is not None}
    if isinstance(value, list):
        return [_without_nulls(member) for member in value]
    return value


def _violations(value: Any, shape: Shape, path: str) -> Iterator[str]:
    _check_type(value, shape, path)
    match shape.type_name:
        case "structure":
            yield from _structure_violations(value, shape, path)
        case "list":
            yield from _size_violations(value, len(value), "length", shape, path)
            for position, member in enumerate(value, start=1):
                yield from _violations(member, shape.member, f"{path}.{position}.member")
        case "map":
            for key, member in value.items():
                yield from _violations(key, shape.key, f"{path}.key")
                yield from _violations(member, shape.value, f"{path}.{key}.member")
        case "string":
            yield from _size_violations(value, len(value), "length", shape, path)
            yield from _text_violations(value, shape, path)
        case "integer" | "long":
            yield from _size_violations(value, value, "value", shape, path)


def _check_type(value: Any, shape: Shape, path: str) -> None:
    expected = _PYTHON_TYPES.get(shape.type_name, object)
    # True is an int to Python, and is none to JSON.
    if not isinstance(value, expected) or (isinstance(value, bool) and shape.type_name != "boolean"):
        raise SerializationException(f"The value at '{path}' must be of type {shape.type_name}.")


def _structure_violations(value: Any, shape: Shape, path: str) -> Iterator[str]:
    for name in shape.metadata.get("required", []):
        if name not in value:
            yield _violation(None, _join(path, name), "Member must not be null")
    for name, member in value.items():
        if name in shape.members:
            yield from _violations(member, shape.members[name], _join(path, name))


def _size_violations(value: Any, size: int, what: str, shape: Shape, path: str) -> Iterator[str]:
    minimum, maximum = shape.metadata.get("min"), shape.metadata.get("max")
    if minimum is not None and size < minimum:
        yield _violation(value, path, f"Member must have {what} greater than or equal to {minimum}")
    if maximum is not None and size > maximum:
        yield _violation(value, path, f"Member must have {what} less than or equal to {maximum}")


def _text_violations(value: str, shape: Shape, path: str) -> Iterator[str]:
    pattern = shape.metadata.get("pattern")
    if pattern is not None and not re.fullmatch(pattern, value, re.DOTALL):
        yield _violation(value, path, f"Member must satisfy regular expression pattern: {pattern}")
    allowed = shape.metadata.get("enum")
    if allowed and value not in allowed:
        yield _violation(value, path, f"Member must satisfy enum value set: [{', '.join(allowed)}]")


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _violation(value: Any, path: str, constraint: str) -> str:
    # A member that is not a scalar, or is long, is not repeated: the sentence is for people.
    if value is None:
        shown = "Value null"
    elif isinstance(value, str | int) and len(str(value)) <= 200:
        shown = f"Value '{value}'"
    else:
        shown = "Value"
    return f"{shown} at '{path}' failed to satisfy constraint: {constraint}"
