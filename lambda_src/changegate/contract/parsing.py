"""Checks ``taskParams``: the types and values of its fields, and what they must be together. Pure."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, Literal, cast, get_args, get_origin, is_typeddict

from changegate.contract.field import Described, Field, fields_of
from changegate.contract.task_params import FIELDS, OnUnsafeUpdate
from changegate.errors import MisconfiguredError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from changegate.contract.task_params import TaskParams

# API reference, CreateStack: StackName.
_STACK_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,127}")

SUCCESSOR_DIGITS: Final = 8
"""How many digits of its fingerprint a successor's name adds to the stack's (blue/green)."""


class _Checked(dict[str, Any]):
    """Fields that were checked; a missing one is an error that people understand."""

    def __missing__(self, name: str) -> Any:
        raise MisconfiguredError(f"The state machine reached this state without {name!r} in taskParams.")


def parse(value: dict[str, Any]) -> TaskParams:
    """Return ``taskParams`` with every field checked.

    :raises MisconfiguredError: when a field has another type or value, a required one is missing, fields contradict
        each other, or the stack's name is one that CloudFormation refuses. So does reading a field that is not there.
    """
    for name, expected in problems(value, FIELDS):
        if name in value:
            raise MisconfiguredError(f"{name!r} in the state machine's input must be {expected}.")
        raise MisconfiguredError(f"The state machine's input needs {name!r}, {expected}.")
    params = cast("TaskParams", _Checked(value))
    _check_stack_name(params)
    _check_target(params)
    return params


def stack_name_of(params: TaskParams) -> str:
    """Return the stack's name: ``<environmentName>-<stackName>``."""
    return f"{params['environmentName']}-{params['stackName']}"


def _check_stack_name(params: TaskParams) -> None:
    longest = stack_name_of(params)
    if params.get("onUnsafeUpdate") == OnUnsafeUpdate.BLUE_GREEN:
        longest = f"{longest}-{'0' * SUCCESSOR_DIGITS}"
    if not _STACK_NAME.fullmatch(longest):
        raise MisconfiguredError(
            f"The stack's name would be {longest!r} (environmentName-stackName, and {SUCCESSOR_DIGITS} digits for a "
            "successor): a stack's name starts with a letter and has at most 128 letters, digits and hyphens."
        )


def _check_target(params: TaskParams) -> None:
    target = params.get("target") or {}
    if target.get("externalId") is not None and target.get("roleArn") is None:
        raise MisconfiguredError("'target' in the state machine's input has an externalId, but no roleArn to assume.")
    if target.get("roleArn") is not None and params.get("roleArn") is None:
        raise MisconfiguredError(
            "The state machine's input needs 'roleArn' with 'target': the role that CloudFormation deploys with must "
            "be in the target's account."
        )


def problems(value: dict[str, Any], fields: dict[str, Described]) -> Iterator[tuple[str, str]]:
    """Yield the name of each field whose value does not fit, and what it must be.

    A string or an object that is null counts as missing. Names that are not among ``fields`` are ignored.
    """
    for name, described in fields.items():
        given = value.get(name)
        if name not in value or (given is None and _may_be_null(described.hint)):
            if described.field.required:
                yield name, _expected(described)
        elif not _fits(given, described):
            yield name, _expected(described)


def _may_be_null(hint: Any) -> bool:
    return hint is str or is_typeddict(hint)


def _fits(value: Any, described: Described) -> bool:
    hint, field = described.hint, described.field
    if hint is str:
        return isinstance(value, str) and re.fullmatch(field.pattern or r".+", value, re.DOTALL) is not None
    if hint is bool:
        return isinstance(value, bool)
    if hint is int:
        return isinstance(value, int) and not isinstance(value, bool) and _within(value, field)
    if choices := _choices(hint):
        return value in choices
    return _fits_structure(value, described)


def _fits_structure(value: Any, described: Described) -> bool:
    hint, field = described.hint, described.field
    if is_typeddict(hint):
        return isinstance(value, dict) and _is_typed(value, fields_of(hint))
    if get_origin(hint) is list:
        item = Described(get_args(hint)[0], field)
        return isinstance(value, list) and _within(len(value), field) and all(_fits(one, item) for one in value)
    if get_origin(hint) is dict:
        is_of_strings = get_args(hint)[1] is str
        return isinstance(value, dict) and (not is_of_strings or all(isinstance(one, str) for one in value.values()))
    raise TypeError(f"{hint} is not a type that fields have.")


def _choices(hint: Any) -> list[Any]:
    """Return the values that a Literal or a StrEnum allows; none for other types."""
    if get_origin(hint) is Literal:
        return list(get_args(hint))
    return list(hint) if isinstance(hint, type) and issubclass(hint, StrEnum) else []


def _is_typed(value: dict[str, Any], fields: dict[str, Described]) -> bool:
    return value.keys() <= fields.keys() and not any(problems(value, fields))


def _within(number: int, field: Field) -> bool:
    return (field.minimum is None or number >= field.minimum) and (field.maximum is None or number <= field.maximum)


def _expected(described: Described) -> str:
    hint, field = described.hint, described.field
    if field.expected is not None:
        return field.expected
    if hint is str:
        return "a non-empty string" if field.pattern is None else f"a string that matches {field.pattern}"
    if hint is bool:
        return "true or false"
    if choices := _choices(hint):
        return f"one of {', '.join(choices)}"
    if is_typeddict(hint):
        return f"an object of {', '.join(fields_of(hint))} and no other fields"
    return "an object of strings"
