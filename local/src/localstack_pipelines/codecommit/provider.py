"""The CodeCommit provider: its operations, and the git endpoint that lives as long as the service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from localstack.services.edge import ROUTER
from localstack.services.plugins import ServiceLifecycleHook

from .branch_operations import BranchOperations
from .content_operations import ContentOperations
from .git_http import GitEndpoint
from .models import codecommit_stores, remove_all_data
from .repository_operations import RepositoryOperations

if TYPE_CHECKING:
    from localstack.state import StateVisitor


class CodeCommitProvider(RepositoryOperations, BranchOperations, ContentOperations, ServiceLifecycleHook):
    """Answers the CodeCommit API.

    LocalStack has no generated API class for this service: requests are parsed, and answers written, by
    botocore's model of it. Operations without a handler here are answered with HTTP 501.
    """

    service = "codecommit"

    def __init__(self) -> None:
        self._git_endpoint = GitEndpoint(ROUTER)

    def accept_state_visitor(self, visitor: StateVisitor) -> None:
        """Show LocalStack the stores, so that a reset of its state empties them."""
        visitor.visit(codecommit_stores)

    def on_before_start(self) -> None:
        """Serve git from the moment the service is used."""
        self._git_endpoint.register()

    def on_before_stop(self) -> None:
        """Stop serving git and remove the data: a stopped service has forgotten its repositories."""
        self._git_endpoint.unregister()
        remove_all_data()

    def on_after_state_reset(self) -> None:
        """Remove the data of the repositories that the reset has forgotten."""
        remove_all_data()
