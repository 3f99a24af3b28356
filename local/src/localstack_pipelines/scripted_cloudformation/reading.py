"""Reads JSON strictly: what is not expected is refused, and the message names its place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from botocore.validate import ParamValidator  # type: ignore[import-untyped]  # no stubs there
from localstack.aws.spec import load_service

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

_VALIDATOR: Final = ParamValidator()


class ScriptError(Exception):
    """A script is wrong; the message names the place, such as ``operations.CreateStack[0].timeline[1].looks``."""


class Reader:
    """A JSON value at its place in a script."""

    def __init__(self, value: Any, place: str = "") -> None:
        self.value = value
        self.place = place

    def wrong(self, sentence: str) -> ScriptError:
        """Return the error that says what is wrong with this value."""
        return ScriptError(f"{self.place or 'The script'}: {sentence}.")

    def fields(self, known: Iterable[str], needed: Iterable[str] = ()) -> dict[str, Reader]:
        """Return the members of an object.

        :raises ScriptError: when it is none, has others than the ``known`` ones or lacks a ``needed`` one.
        """
        members = self.members()
        known = sorted(known)
        for name in members:
            if name not in known:
                raise self.wrong(f"unknown key {name!r}; there are {', '.join(known)}")
        self.needs(*needed)
        return members

    def needs(self, *names: str) -> None:
        """Make sure that an object has the members of these names."""
        for name in names:
            if name not in self.value:
                raise self.wrong(f"{name!r} is missing")

    def members(self) -> dict[str, Reader]:
        """Return the members of an object, whatever their names."""
        if not isinstance(self.value, dict):
            raise self.wrong("an object is expected")
        return {
            name: Reader(member, f"{self.place}.{name}" if self.place else name) for name, member in self.value.items()
        }

    def items(self) -> list[Reader]:
        """Return the members of a list."""
        if not isinstance(self.value, list):
            raise self.wrong("a list is expected")
        return [Reader(item, f"{self.place}[{index}]") for index, item in enumerate(self.value)]

    def text(self) -> str:
        """Return a text that is not empty."""
        if not isinstance(self.value, str) or not self.value:
            raise self.wrong("a text is expected")
        return self.value

    def texts(self) -> list[str]:
        """Return a list of texts."""
        return [item.text() for item in self.items()]

    def boolean(self) -> bool:
        """Return true or false."""
        if not isinstance(self.value, bool):
            raise self.wrong("true or false is expected")
        return self.value

    def whole(self, minimum: int) -> int:
        """Return a whole number that is at least ``minimum``."""
        if not isinstance(self.value, int) or isinstance(self.value, bool) or self.value < minimum:
            raise self.wrong(f"a whole number of at least {minimum} is expected")
        return self.value

    def seconds(self) -> float:
        """Return a number that is not negative."""
        if not isinstance(self.value, int | float) or isinstance(self.value, bool) or self.value < 0:
            raise self.wrong("a number that is not negative is expected")
        return float(self.value)

    def one_of(self, allowed: Iterable[str]) -> str:
        """Return one of the allowed texts."""
        allowed = sorted(allowed)
        if self.text() not in allowed:
            raise self.wrong(f"one of {', '.join(allowed)} is expected")
        return self.text()

    def api(self, shape: str, filled_in: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Return an object that has the form of a structure of the service model.

        Texts are not held against the values that the model lists: a script may well answer an unknown one.

        :param shape: the name of the structure.
        :param filled_in: members that need not be given, with stand-ins to check beside the given ones.
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
    """Return what ``read`` makes of a member, or ``None`` where it is absent."""
    return read(fields[name]) if name in fields else None
