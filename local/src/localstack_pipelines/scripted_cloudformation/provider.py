"""The provider: hands calls over to the scripted service, and its replies back."""

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
"""The one service of the process: the endpoints of the scripts and the API share it."""


class ScriptedCloudFormationProvider(ServiceLifecycleHook):
    """Answers the CloudFormation API as scripts say.

    Requests are parsed, and answers and errors written, by LocalStack with botocore's model of the service.
    Operations that are not in ``OPERATIONS`` answer HTTP 501.
    """

    service = "cloudformation"

    def on_after_state_reset(self) -> None:
        """Forget everything."""
        SERVICE.forget()


def handlers(_provider: object) -> dict[str, ServiceRequestHandler]:
    """Return what answers each operation, as LocalStack's dispatcher takes it."""
    return {operation: functools.partial(_answer, operation) for operation in OPERATIONS}


def _answer(operation: str, context: RequestContext, request: dict[str, Any]) -> dict[str, Any]:
    reply = SERVICE.call(operation, context.account_id, context.region, dict(request))
    # Nothing is locked: other calls go on while the answer is held back.
    time.sleep(reply.delay_seconds)
    if reply.error is not None:
        error = reply.error
        raise CommonServiceException(error.code, error.message, error.status, sender_fault=error.status < 500)
    return reply.answer
