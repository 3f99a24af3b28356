# ruff: noqa: N818 (the API's names)
"""Errors of the service APIs. LocalStack has generated classes only for the services that it provides itself."""

from __future__ import annotations

from localstack.aws.api import ServiceException


class ApiError(ServiceException):
    """Base of all errors that a plug-in answers: HTTP 400, with the name of the class as the error code."""

    status_code = 400
    sender_fault = False

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.code = cls.__name__


class SerializationException(ApiError):
    """A request member has a JSON type other than the one in the service model."""


class ValidationException(ApiError):
    """A request member violates a constraint of the service model, or contradicts another member."""
