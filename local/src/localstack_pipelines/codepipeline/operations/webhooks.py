"""Operations on webhooks, which this service does not have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..request import Operations, operation

if TYPE_CHECKING:
    from localstack.aws.api import RequestContext

    from localstack_pipelines.common.operation import Request, Response


class WebhookOperations(Operations):
    """The handlers."""

    @operation("ListWebhooks")
    def list_webhooks(self, context: RequestContext, request: Request) -> Response:  # noqa: ARG002
        """List webhooks: there are none, because no operation creates them."""
        return {"webhooks": []}
