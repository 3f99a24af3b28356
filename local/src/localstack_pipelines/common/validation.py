"""Validation of requests against the service model: types, required members, lengths, ranges, patterns, enums.

AWS services report all violated constraints in one ``ValidationException``, in a form that they share: it names a
member by its path and counts list positions from 1 (``pipeline.stages.2.member.name``).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from .errors import SerializationException, ValidationException

if TYPE_CHECKING:
    from collections.abc import Iterator

    from botocore.model import Shape  # type: ignore[import-untyped]  # no stubs

type Member = tuple[Any, Shape, str]
"""The value of a request member, its shape and its path."""

_PYTHON_TYPES: dict[str, type] = {
    "structure": dict,
    "map": dict,
    "list": list,
    "string": str,
    "boolean": bool,
    "integer": int,
    "long": int,
}


def check_types(request: dict[str, Any], shape: Shape) -> dict[str, Any]:
    """Return the request without its empty members, after checking the types of the others.

    :param request: the parsed request. LocalStack's parser sets absent required members to ``None``.
    :param shape: the input shape of the operation.
    :raises SerializationException: a member has a type other than the one in the service model.
    """
    given, _ = _checked_members(request, shape)
    return given


def check_request(request: dict[str, Any], shape: Shape) -> dict[str, Any]:
    """Return the request without its empty members, after checking the types and constraints of the others.

    :param request: the parsed request. LocalStack's parser sets absent required members to ``None``.
    :param shape: the input shape of the operation.
    :raises SerializationException: a member has a type other than the one in the service model.
    :raises ValidationException: the request violates constraints; the message lists all of them.
    """
    given, members = _checked_members(request, shape)
    violations = [violation for member in members for violation in _violations(*member)]
    if violations:
        errors = "error" if len(violations) == 1 else "errors"
        raise ValidationException(f"{len(violations)} validation {errors} detected: {'; '.join(violations)}")
    return given


def _checked_members(request: dict[str, Any], shape: Shape) -> tuple[dict[str, Any], list[Member]]:
    given: dict[str, Any] = _without_nulls(request)
    return given, list(_members(given, shape, ""))


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nulls(member) for key, member in value.items() if member is not None}
    if isinstance(value, list):
        return [_without_nulls(member) for member in value]
    return value


def _members(value: Any, shape: Shape, path: str) -> Iterator[Member]:
    """Yield a value and everything in it.

    :raises SerializationException: a value has a type other than the one in the service model.
    """
    _check_type(value, shape, path)
    yield value, shape, path
    match shape.type_name:
        case "structure":
            for name, member in value.items():
                if name in shape.members:
                    yield from _members(member, shape.members[name], _join(path, name))
        case "list":
            for position, member in enumerate(value, start=1):
                yield from _members(member, shape.member, f"{path}.{position}.member")
        case "map":
            for key, member in value.items():
                yield from _members(key, shape.key, f"{path}.key")
                yield from _members(member, shape.value, f"{path}.{key}.member")


def _check_type(value: Any, shape: Shape, path: str) -> None:
    expected = _PYTHON_TYPES.get(shape.type_name, object)
    # In Python, True is an int; in JSON it is not.
    if not isinstance(value, expected) or (isinstance(value, bool) and shape.type_name != "boolean"):
        raise SerializationException(f"The value at '{path}' must be of type {shape.type_name}.")


def _violations(value: Any, shape: Shape, path: str) -> Iterator[str]:
    match shape.type_name:
        case "structure":
            for name in shape.metadata.get("required", []):
                if name not in value:
                    yield _violation(None, _join(path, name), "Member must not be null")
        case "list":
            yield from _size_violations(value, len(value), "length", shape, path)
        case "string":
            yield from _size_violations(value, len(value), "length", shape, path)
            yield from _string_violations(value, shape, path)
        case "integer" | "long":
            yield from _size_violations(value, value, "value", shape, path)


def _size_violations(value: Any, size: int, what: str, shape: Shape, path: str) -> Iterator[str]:
    minimum, maximum = shape.metadata.get("min"), shape.metadata.get("max")
    if minimum is not None and size < minimum:
        yield _violation(value, path, f"Member must have {what} greater than or equal to {minimum}")
    if maximum is not None and size > maximum:
        yield _violation(value, path, f"Member must have {what} less than or equal to {maximum}")


def _string_violations(value: str, shape: Shape, path: str) -> Iterator[str]:
    pattern = shape.metadata.get("pattern")
    if pattern is not None and not re.fullmatch(pattern, value, re.DOTALL):
        yield _violation(value, path, f"Member must satisfy regular expression pattern: {pattern}")
    allowed = shape.metadata.get("enum")
    if allowed and value not in allowed:
        yield _violation(value, path, f"Member must satisfy enum value set: [{', '.join(allowed)}]")


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _violation(value: Any, path: str, constraint: str) -> str:
    # The message does not repeat a value that is long or not a scalar: people read it.
    if value is None:
        shown = "Value null"
    elif isinstance(value, str | int) and len(str(value)) <= 200:
        shown = f"Value '{value}'"
    else:
        shown = "Value"
    return f"{shown} at '{path}' failed to satisfy constraint: {constraint}"
