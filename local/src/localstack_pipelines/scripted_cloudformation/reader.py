"""Reads JSON strictly: refuses unexpected values with an error that names their position."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from botocore.validate import ParamValidator  # type: ignore[import-untyped]  # no stubs there
from localstack.aws.spec import load_service

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

_VALIDATOR: Final = ParamValidator()


class ScriptError(Exception):
    """A script is invalid; the message names the position, such as ``operations.CreateStack[0].timeline[1].looks``."""


class Reader:
    """A JSON value and its position in a script."""

    def __init__(self, value: Any, position: str = "") -> None:
        self.value = value
        self.position = position

    def wrong(self, sentence: str) -> ScriptError:
        """Return an error about this value."""
        return ScriptError(f"{self.position or 'The script'}: {sentence}.")

    def fields(self, known: Iterable[str], needed: Iterable[str] = ()) -> dict[str, Reader]:
        """Return the members of an object.

        :raises ScriptError: the value is not an object, has a member that is not ``known`` or lacks a ``needed`` one.
        """
        members = self.members()
        known = sorted(known)
        for name in members:
            if name not in known:
                raise self.wrong(f"unknown key {name!r}; the known keys are {', '.join(known)}")
        self.needs(*needed)
        return members

    def needs(self, *names: str) -> None:
        """Require members of an object.

        :raises ScriptError: one of them is missing.
        """
        for name in names:
            if name not in self.value:
                raise self.wrong(f"{name!r} is missing")

    def members(self) -> dict[str, Reader]:
        """Return the members of an object that may have any keys."""
        if not isinstance(self.value, dict):
            raise self.wrong("an object is expected")
        return {
            name: Reader(member, f"{self.position}.{name}" if self.position else name)
            for name, member in self.value.items()
        }

    def items(self) -> list[Reader]:
        """Return the items of a list."""
        if not isinstance(self.value, list):
            raise self.wrong("a list is expected")
        return [Reader(item, f"{self.position}[{index}]") for index, item in enumerate(self.value)]

    def string(self) -> str:
        """Return a string that is not empty."""
        if not isinstance(self.value, str) or not self.value:
            raise self.wrong("a string is expected")
        return self.value

    def strings(self) -> list[str]:
        """Return a list of strings."""
        return [item.string() for item in self.items()]

    def boolean(self) -> bool:
        """Return true or false."""
        if not isinstance(self.value, bool):
            raise self.wrong("true or false is expected")
        return self.value

    def whole(self, minimum: int) -> int:
        """Return a whole number of at least ``minimum``."""
        if not isinstance(self.value, int) or isinstance(self.value, bool) or self.value < minimum:
            raise self.wrong(f"a whole number of at least {minimum} is expected")
        return self.value

    def seconds(self) -> float:
        """Return a number of at least 0."""
        if not isinstance(self.value, int | float) or isinstance(self.value, bool) or self.value < 0:
            raise self.wrong("a number of at least 0 is expected")
        return float(self.value)

    def one_of(self, allowed: Iterable[str]) -> str:
        """Return one of the allowed strings."""
        allowed = sorted(allowed)
        if self.string() not in allowed:
            raise self.wrong(f"one of {', '.join(allowed)} is expected")
        return self.string()

    def api(self, shape: str, filled_in: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Return an object that has the form of a structure of the service model.

        Strings are not checked against the values that the model lists, because a script may return an unknown one.

        :param shape: the name of the structure.
        :param filled_in: placeholder values for the members that may be omitted.
        """
        given = {name: member.value for name, member in self.members().items()}
        report = _VALIDATOR.validate({**(filled_in or {}), **given}, load_service("cloudformation").shape_for(shape))
        if report.has_errors():
            raise self.wrong(f"not a {shape}: {' '.join(report.generate_report().split())}")
        return given

    def api_list(self, shape: str) -> list[dict[str, Any]]:
        """Return a list of objects of one structure of the service model."""
        return [item.api(shape) for item in self.items()]


def optional[Value](fields: Mapping[str, Reader], name: str, read: Callable[[Reader], Value]) -> Value | None:
    """Return what ``read`` returns for a member, or ``None`` if the member is absent."""
    return read(fields[name]) if name in fields else None
