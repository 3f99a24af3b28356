"""Operations on the tags of repositories."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import errors, validation
from ..models import repository_arn
from ..request import operation
from ..store import find

if TYPE_CHECKING:
    from localstack.aws.api import RequestContext

    from localstack_pipelines.common.operation import Request, Response

    from ..models import Repository


class TagOperations:
    """The handlers."""

    @operation("TagResource")
    def tag_resource(self, context: RequestContext, request: Request) -> Response:
        """https://docs.aws.amazon.com/codecommit/latest/APIReference/API_TagResource.html."""
        repository = _tagged_repository(context, request)
        if not request.get("tags"):
            raise errors.TagsMapRequiredException("A map of tags is required.")
        repository.tags = validation.tags(request["tags"], repository.tags)
        return {}

    @operation("UntagResource")
    def untag_resource(self, context: RequestContext, request: Request) -> Response:
        """https://docs.aws.amazon.com/codecommit/latest/APIReference/API_UntagResource.html."""
        repository = _tagged_repository(context, request)
        removed = validation.tag_keys(request.get("tagKeys"))
        repository.tags = {key: value for key, value in repository.tags.items() if key not in removed}
        return {}

    @operation("ListTagsForResource")
    def list_tags_for_resource(self, context: RequestContext, request: Request) -> Response:
        """https://docs.aws.amazon.com/codecommit/latest/APIReference/API_ListTagsForResource.html."""
        return {"tags": dict(_tagged_repository(context, request).tags)}


def _tagged_repository(context: RequestContext, request: Request) -> Repository:
    arn = request.get("resourceArn")
    if not arn:
        raise errors.ResourceArnRequiredException("A resource ARN is required.")
    prefix = repository_arn(context.account_id, context.region, "")
    if not arn.startswith(prefix):
        raise errors.InvalidResourceArnException(f"{arn} is not the ARN of a repository in this account and region.")
    return find(context.account_id, context.region, validation.repository_name(arn.removeprefix(prefix)))
