"""The provider of the CodeCommit API (https://docs.aws.amazon.com/codecommit/latest/APIReference/)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from localstack.services.edge import ROUTER
from localstack.services.plugins import ServiceLifecycleHook

from .git_endpoint import GitEndpoint
from .operations.branches import BranchOperations
from .operations.contents import ContentOperations
from .operations.repositories import RepositoryOperations
from .operations.tags import TagOperations
from .operations.triggers import TriggerOperations
from .store import codecommit_stores, remove_all_data

if TYPE_CHECKING:
    from localstack.state import StateVisitor


class CodeCommitProvider(
    RepositoryOperations,
    TagOperations,
    TriggerOperations,
    BranchOperations,
    ContentOperations,
    ServiceLifecycleHook,
):
    """The handlers of the operations, and the git endpoint.

    LocalStack has no generated API class for CodeCommit: it parses requests and writes responses with botocore's model
    of the service. It answers operations without a handler with HTTP 501.
    """

    service = "codecommit"

    def __init__(self) -> None:
        self._git_endpoint = GitEndpoint(ROUTER)

    def accept_state_visitor(self, visitor: StateVisitor) -> None:
        """Pass the stores to LocalStack, so that a reset of its state empties them."""
        visitor.visit(codecommit_stores)

    def on_before_start(self) -> None:
        """Start the git endpoint."""
        self._git_endpoint.register()

    def on_before_stop(self) -> None:
        """Stop the git endpoint and remove the git data: nothing persists."""
        self._git_endpoint.unregister()
        remove_all_data()

    def on_after_state_reset(self) -> None:
        """Remove the git data of the repositories that the reset has removed."""
        remove_all_data()
