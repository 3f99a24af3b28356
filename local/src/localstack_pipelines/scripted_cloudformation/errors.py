"""What the service refuses, in the words of the API."""

from __future__ import annotations

from typing import Final

# The status codes that the service model gives the API's own errors; every other refusal is a 400.
_STATUSES: Final = {
    "ChangeSetNotFound": 404,
    "InternalError": 500,
    "InternalFailure": 500,
    "ServiceUnavailable": 503,
}


def status_of(code: str) -> int:
    """Return the HTTP status that goes with an error code."""
    return _STATUSES.get(code, 400)


class Refusal(Exception):  # noqa: N818  # it is an answer, not a mistake of the program
    """An error that the caller of the API gets.

    :param code: the error code, as in the response.
    :param message: its text.
    :param status: the HTTP status; by default the one that goes with the code.
    """

    def __init__(self, code: str, message: str, status: int | None = None) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status_of(code) if status is None else status

    def as_json(self) -> dict[str, str | int]:
        """Return ``{"code", "message", "status"}``."""
        return {"code": self.code, "message": self.message, "status": self.status}


def invalid(message: str) -> Refusal:
    """Return the error without a type of its own that CloudFormation answers most often."""
    return Refusal("ValidationError", message)
