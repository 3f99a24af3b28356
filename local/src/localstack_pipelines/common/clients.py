"""Calls to other services of the same LocalStack, through its internal clients."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError  # type: ignore[import-untyped]  # no stubs
from localstack.aws.connect import connect_to

if TYPE_CHECKING:
    from localstack.aws.connect import ServiceLevelClientFactory


class CallError(Exception):
    """A service refused a call.

    :param code: the error code of the service, for example ``ResourceNotFoundException``.
    :param message: the error message of the service.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def clients_of(account_id: str, region: str) -> ServiceLevelClientFactory:
    """Return the clients that call services in a region with the credentials of an account."""
    return connect_to(aws_access_key_id=account_id, region_name=region)


def call(account_id: str, region: str, service: str, operation: str, **parameters: Any) -> Any:
    """Call an operation of a service and return its response.

    :param operation: the name of the client's method, for example ``put_object``.
    :raises CallError: the service refuses the call.
    """
    client = clients_of(account_id, region).get_client(service)
    try:
        return getattr(client, operation)(**parameters)
    except ClientError as error:
        details = error.response["Error"]
        raise CallError(details.get("Code", "Unknown"), details.get("Message", str(error))) from error
