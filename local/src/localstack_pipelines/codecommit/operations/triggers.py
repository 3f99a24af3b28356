"""Operations on the triggers of repositories."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from .. import validation
from ..request import operation, requested_repository

if TYPE_CHECKING:
    from localstack.aws.api import RequestContext

    from localstack_pipelines.common.operation import Request, Response


class TriggerOperations:
    """The handlers."""

    @operation("GetRepositoryTriggers")
    def get_repository_triggers(self, context: RequestContext, request: Request) -> Response:
        """https://docs.aws.amazon.com/codecommit/latest/APIReference/API_GetRepositoryTriggers.html."""
        repository = requested_repository(context, request)
        return {"configurationId": repository.triggers_configuration_id, "triggers": repository.triggers}

    @operation("PutRepositoryTriggers")
    def put_repository_triggers(self, context: RequestContext, request: Request) -> Response:
        """https://docs.aws.amazon.com/codecommit/latest/APIReference/API_PutRepositoryTriggers.html.

        Triggers are stored and returned, but never run. Use an EventBridge rule instead.
        """
        repository = requested_repository(context, request)
        repository.triggers = validation.triggers(request.get("triggers"), context.region)
        repository.triggers_configuration_id = str(uuid.uuid4())
        return {"configurationId": repository.triggers_configuration_id}
