"""The provider: passes calls to the scripted service and its replies to LocalStack."""

from __future__ import annotations

import functools
import time
from typing import TYPE_CHECKING, Any, Final

from localstack.aws.api import CommonServiceException
from localstack.services.plugins import ServiceLifecycleHook

from .checking import check
from .operations import OPERATIONS
from .service import ScriptedCloudFormation

if TYPE_CHECKING:
    from localstack.aws.api import RequestContext
    from localstack.aws.api.core import ServiceRequestHandler

SERVICE: Final = ScriptedCloudFormation(check)
"""The only instance; the API and the script endpoints share it."""


class ScriptedCloudFormationProvider(ServiceLifecycleHook):
    """Implements the CloudFormation API from scripts.

    LocalStack parses requests and serializes answers and errors with botocore's service model. It answers HTTP 501
    to operations that are not in ``OPERATIONS``.
    """

    service = "cloudformation"

    def on_after_state_reset(self) -> None:
        """Delete all state."""
        SERVICE.forget()


def handlers(_provider: object) -> dict[str, ServiceRequestHandler]:
    """Return the handler of each operation for LocalStack's dispatcher."""
    return {operation: functools.partial(_answer, operation) for operation in OPERATIONS}


def _answer(operation: str, context: RequestContext, request: dict[str, Any]) -> dict[str, Any]:
    reply = SERVICE.call(operation, context.account_id, context.region, dict(request))
    # No lock is held: a delayed answer does not block other calls.
    time.sleep(reply.delay_seconds)
    if reply.error is not None:
        error = reply.error
        raise CommonServiceException(error.code, error.message, error.status, sender_fault=error.status < 500)
    return reply.answer
