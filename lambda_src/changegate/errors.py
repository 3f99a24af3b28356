"""The errors that end a deployment, by their public names.

Lambda reports an exception's class name as the error's type, and Step Functions uses it as the error's name ("Error
names" in the Step Functions Developer Guide; ``lambda_error_response`` of the runtime API). So ``__name__`` of each
class below is its public name, such as ``Changegate.Rejected``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as BotoConnectionError

if TYPE_CHECKING:
    from collections.abc import Mapping

# Codes by which AWS services ask a caller to slow down: "Common Errors" of the API references, and the throttling codes
# of the SDKs' standard retry mode (SDK reference guide, "Retry behavior").
_THROTTLING_CODES = frozenset(
    {
        "BandwidthLimitExceeded",
        "EC2ThrottledException",
        "PriorRequestNotComplete",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionInProgressException",
    }
)
_SERVICE_CODES = frozenset(
    {"InternalError", "InternalFailure", "RequestTimeout", "RequestTimeoutException", "ServiceUnavailable"}
)
_DENIED_CODES = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"})


class ChangegateError(Exception):
    """Base of every error that ends a deployment; its text is for a person, on one line."""

    def __init__(self, text: str) -> None:
        """Put ``text`` on one line: services give their words on several, and it goes into logs and messages."""
        super().__init__(" ".join(line.strip() for line in text.splitlines() if line.strip()))

    def __init_subclass__(cls, *, error_name: str) -> None:
        """Give the class its public name.

        :param error_name: the part of the public name after ``Changegate.``.
        """
        super().__init_subclass__()
        cls.__name__ = f"Changegate.{error_name}"

    @property
    def name(self) -> str:
        """The name by which Step Functions knows the error."""
        return type(self).__name__


class RejectedError(ChangegateError, error_name="Rejected"):
    """The deployment was refused; nothing was changed."""


class RolledBackError(ChangegateError, error_name="RolledBack"):
    """CloudFormation rolled the operation back; the stack is as it was before."""


class NeedsOperatorError(ChangegateError, error_name="NeedsOperator"):
    """A person must act before the stack can be deployed to again."""


class MisconfiguredError(ChangegateError, error_name="Misconfigured"):
    """The input, the revision, the template or a permission is wrong."""


class TransientError(ChangegateError, error_name="Transient"):
    """A service was throttling or failing for a moment; the state machine tries again."""


def is_denied(error: ClientError) -> bool:
    """Return whether a permission is missing."""
    return error_code(error) in _DENIED_CODES


def error_code(error: ClientError) -> str:
    """Return the code of an API error, empty if the service gave none."""
    return error.response.get("Error", {}).get("Code", "")


def error_message(error: ClientError) -> str:
    """Return the service's message for an API error."""
    return error.response.get("Error", {}).get("Message", "") or str(error)


def is_transient(error: Exception) -> bool:
    """Return whether the same call may succeed a moment later: throttling, a server error, a broken connection."""
    if isinstance(error, ClientError):
        status = _http_status(error.response)
        return error_code(error) in _THROTTLING_CODES | _SERVICE_CODES or status >= 500 or status == 429
    # Connections that broke or timed out; other kinds of BotoCoreError (bad parameters, no credentials) persist.
    return isinstance(error, HTTPClientError | BotoConnectionError)


def named(error: Exception) -> Exception:
    """Return the error under its public name, which the state machine acts on.

    Throttling and service errors become ``Changegate.Transient``, a denied permission ``Changegate.Misconfigured``;
    every other error is returned as it is.
    """
    if isinstance(error, ChangegateError):
        return error
    if is_transient(error):
        return TransientError(str(error))
    if isinstance(error, ClientError) and is_denied(error):
        return MisconfiguredError(
            f"A permission is missing: {error_message(error)} Allow it, or fix the deployment's input."
        )
    if isinstance(error, BotoCoreError):
        return MisconfiguredError(f"AWS could not be called: {error}")
    return error


def _http_status(response: Mapping[str, object]) -> int:
    metadata = response.get("ResponseMetadata")
    status = metadata.get("HTTPStatusCode") if isinstance(metadata, dict) else None
    return status if isinstance(status, int) else 0
