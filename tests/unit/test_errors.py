from __future__ import annotations

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError, NoCredentialsError, ParamValidationError

from changegate.errors import (
    MisconfiguredError,
    NeedsOperatorError,
    RejectedError,
    RolledBackError,
    TransientError,
    is_transient,
    named,
)


def api_error(code: str, status: int = 400, message: str = "no") -> ClientError:
    return ClientError(
        {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}},  # type: ignore[typeddict-item]
        "DescribeStacks",
    )


@pytest.mark.parametrize(
    ("error", "name"),
    [
        (RejectedError, "Changegate.Rejected"),
        (RolledBackError, "Changegate.RolledBack"),
        (NeedsOperatorError, "Changegate.NeedsOperator"),
        (MisconfiguredError, "Changegate.Misconfigured"),
        (TransientError, "Changegate.Transient"),
    ],
)
def test_the_class_name_is_the_public_name_as_lambda_reports_the_class_name(
    error: type[RejectedError], name: str
) -> None:
    assert error.__name__ == name
    assert error("text").name == name


def test_the_text_of_an_error_is_one_line() -> None:
    error = RolledBackError(
        "Properties validation failed with message:\n#: required key [Name] not found\r\n\n  again  \n"
    )
    assert str(error) == "Properties validation failed with message: #: required key [Name] not found again"


@pytest.mark.parametrize(
    "error",
    [
        api_error("Throttling"),
        api_error("ThrottlingException"),
        api_error("RequestLimitExceeded", 503),
        api_error("SlowDown", 503),
        api_error("Whatever", 500),
        api_error("Whatever", 429),
        api_error("InternalFailure", 500),
        ConnectTimeoutError(endpoint_url="https://example.com"),
    ],
)
def test_throttling_service_errors_and_broken_connections_are_transient(error: Exception) -> None:
    assert is_transient(error)
    assert isinstance(named(error), TransientError)


@pytest.mark.parametrize(
    "error",
    [api_error("ValidationError"), api_error("AccessDenied", 403), ParamValidationError(report="x"), ValueError()],
)
def test_other_errors_are_not_transient(error: Exception) -> None:
    assert not is_transient(error)


def test_a_missing_permission_is_a_misconfiguration_with_the_services_own_words() -> None:
    public = named(api_error("AccessDenied", 403, "User x is not authorized to perform: cloudformation:CreateStack"))
    assert isinstance(public, MisconfiguredError)
    assert "not authorized to perform: cloudformation:CreateStack" in str(public)


def test_an_sdk_that_cannot_call_is_a_misconfiguration() -> None:
    assert isinstance(named(NoCredentialsError()), MisconfiguredError)


def test_named_and_unknown_errors_stay_what_they_are() -> None:
    for error in (RejectedError("no"), api_error("ValidationError"), ValueError("bug")):
        assert named(error) is error
