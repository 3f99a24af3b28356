"""Operations on the tags of pipelines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from localstack_pipelines.common.views import present

from .. import tags, views
from ..request import PAGER, Operations, operation, store_of

if TYPE_CHECKING:
    from localstack.aws.api import RequestContext

    from localstack_pipelines.common.operation import Request, Response


class TagOperations(Operations):
    """The handlers."""

    @operation("TagResource")
    def tag_resource(self, context: RequestContext, request: Request) -> Response:
        """Add tags to a pipeline."""
        pipeline = tags.find_resource(store_of(context).pipelines, request["resourceArn"])
        pipeline.tags = tags.with_tags(pipeline.tags, request["tags"])
        return {}

    @operation("UntagResource")
    def untag_resource(self, context: RequestContext, request: Request) -> Response:
        """Remove tags from a pipeline."""
        pipeline = tags.find_resource(store_of(context).pipelines, request["resourceArn"])
        for key in request["tagKeys"]:
            pipeline.tags.pop(key, None)
        return {}

    @operation("ListTagsForResource")
    def list_tags_for_resource(self, context: RequestContext, request: Request) -> Response:
        """List the tags of a pipeline, sorted by key."""
        pipeline = tags.find_resource(store_of(context).pipelines, request["resourceArn"])
        page, token = PAGER.page(
            views.tag_list(pipeline.tags),
            request.get("maxResults", 100),
            request.get("nextToken"),
            key=lambda tag: tag["key"],
        )
        return present({"tags": page, "nextToken": token})
