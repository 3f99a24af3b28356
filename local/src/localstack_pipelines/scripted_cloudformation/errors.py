"""The errors that the API returns."""

from __future__ import annotations

from typing import Final

# The statuses that the service model gives to error codes; every other error is a 400.
_STATUSES: Final = {
    "ChangeSetNotFound": 404,
    "InternalError": 500,
    "InternalFailure": 500,
    "ServiceUnavailable": 503,
}


def status_of(code: str) -> int:
    """Return the HTTP status of an error code."""
    return _STATUSES.get(code, 400)


class Refusal(Exception):  # noqa: N818  # an answer of the API, not a failure of the program
    """An error that the caller of the API receives.

    :param code: the error code, as in the response.
    :param message: the error message.
    :param status: the HTTP status; by default, the one of the code.
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
    """Return a ``ValidationError``, which CloudFormation uses wherever it has no specific error."""
    return Refusal("ValidationError", message)
