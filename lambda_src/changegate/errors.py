"""The errors that end a deployment, by the names people and the state machine know them by.

Lambda reports an exception's class name as the error's type, and Step Functions takes that for the name of the
error ("Error names" in the Step Functions Developer Guide; ``lambda_error_response`` of the runtime's API). So
each class below bears its public name, ``Changegate.Rejected`` and so on, as ``__name__``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as BotoConnectionError

if TYPE_CHECKING:
    from collections.abc import Mapping

# Codes by which AWS services ask a caller to slow down: "Common Errors" of the API references, and the codes that
# the SDKs' standard retry mode takes for throttling (SDK reference guide, "Retry behavior").
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
    """Base of every error that ends a deployment; its text is one sentence for a person, on one line."""

    def __init__(self, text: str) -> None:
        """Put ``text`` on one line: services quote their own words over several, and it goes into logs and messages."""
        super().__init__(" ".join(line.strip() for line in text.splitlines() if line.strip()))

    def __init_subclass__(cls, *, error_name: str) -> None:
        """Give the class its public name.

        :param error_name: what stands behind ``Changegate.`` in the error's name.
        """
        super().__init_subclass__()
        cls.__name__ = f"Changegate.{error_name}"

    @property
    def name(self) -> str:
        """The name by which Step Functions knows the error."""
        return type(self).__name__


class RejectedError(ChangegateError, error_name="Rejected"):
    """We refused; nothing was changed."""


class RolledBackError(ChangegateError, error_name="RolledBack"):
    """CloudFormation undid the operation; the stack is as it was before."""


class NeedsOperatorError(ChangegateError, error_name="NeedsOperator"):
    """A person must act before the stack can be deployed to again."""


class MisconfiguredError(ChangegateError, error_name="Misconfigured"):
    """What we were given is wrong: the input, the revision, the template, a permission."""


class TransientError(ChangegateError, error_name="Transient"):
    """A service was busy or broken for a moment; the state machine tries again."""


def error_code(error: ClientError) -> str:
    """Return the code of an API error, empty when the service gave none."""
    return error.response.get("Error", {}).get("Code", "")


def error_message(error: ClientError) -> str:
    """Return the service's own sentence about an API error."""
    return error.response.get("Error", {}).get("Message", "") or str(error)


def is_transient(error: Exception) -> bool:
    """Tell whether the same call may succeed a moment later: throttling, a server's error, a broken connection."""
    if isinstance(error, ClientError):
        status = _http_status(error.response)
        return error_code(error) in _THROTTLING_CODES | _SERVICE_CODES or status >= 500 or status == 429
    # Connections that broke or timed out; BotoCoreError's other kinds (bad parameters, no credentials) stay broken.
    return isinstance(error, HTTPClientError | BotoConnectionError)


def named(error: Exception) -> Exception:
    """Return the error under the name that the state machine acts on.

    Throttling and service errors become ``Changegate.Transient``, a refused permission
    ``Changegate.Misconfigured``; everything else comes back as it is.
    """
    if isinstance(error, ChangegateError):
        return error
    if is_transient(error):
        return TransientError(str(error))
    if isinstance(error, ClientError) and error_code(error) in _DENIED_CODES:
        return MisconfiguredError(
            f"A permission is missing: {error_message(error)} Allow it, or mend the deployment's input."
        )
    if isinstance(error, BotoCoreError):
        return MisconfiguredError(f"AWS could not be called: {error}")
    return error


def _http_status(response: Mapping[str, object]) -> int:
    metadata = response.get("ResponseMetadata")
    status = metadata.get("HTTPStatusCode") if isinstance(metadata, dict) else None
    return status if isinstance(status, int) else 0
