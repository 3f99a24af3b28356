"""What the handlers of all operations do with a request."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from localstack_pipelines.common.operation import operation as checked_operation
from localstack_pipelines.common.paging import Pager
from localstack_pipelines.common.validation import check_types

from . import errors, store, validation

if TYPE_CHECKING:
    from localstack.aws.api import RequestContext

    from localstack_pipelines.common.operation import Request

    from .models import Repository

# CodeCommit has a separate error for almost every constraint of the service model: see ``validation``.
operation = partial(checked_operation, check=check_types)

PAGER = Pager(lambda: errors.InvalidContinuationTokenException("The continuation token is not valid."))


def requested_repository(context: RequestContext, request: Request) -> Repository:
    """Return the repository of a request, by its ``repositoryName``.

    :raises CodeCommitError: the name is missing or not valid, or the repository does not exist.
    """
    name = validation.repository_name(request.get("repositoryName"))
    return store.find(context.account_id, context.region, name)
