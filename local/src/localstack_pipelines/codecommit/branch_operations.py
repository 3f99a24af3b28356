"""The operations on branches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from localstack.aws.api import handler

from . import errors, validation
from .notifications import BRANCH_PREFIX, ReferenceChange
from .paging import page
from .references import apply_change, branch_head, branch_names, caller_arn, conflicting_branch
from .repositories import load_commit
from .repository_operations import requested_repository

if TYPE_CHECKING:
    from localstack.aws.api import RequestContext

    from .repository_operations import Request, Response

BRANCHES_PER_PAGE = 1000


class BranchOperations:
    """Handlers of the branch operations."""

    @handler("CreateBranch", expand=False)
    def create_branch(self, context: RequestContext, request: Request) -> Response:
        """https://docs.aws.amazon.com/codecommit/latest/APIReference/API_CreateBranch.html."""
        repository = requested_repository(context, request)
        branch = validation.branch_name(request.get("branchName"))
        commit_id = validation.commit_id(request.get("commitId"))
        change = ReferenceChange(f"{BRANCH_PREFIX}{branch}", None, commit_id)
        with repository.lock, repository.open() as git:
            load_commit(git, commit_id)
            if other := conflicting_branch(git, branch):
                raise errors.BranchNameExistsException(f"{branch} conflicts with the branch {other}")
            if not apply_change(repository, git, change, caller_arn(context.account_id)):
                raise errors.BranchNameExistsException(f"{repository.name} has a branch named {branch} already")
        return {}

    @handler("GetBranch", expand=False)
    def get_branch(self, context: RequestContext, request: Request) -> Response:
        """https://docs.aws.amazon.com/codecommit/latest/APIReference/API_GetBranch.html."""
        repository = requested_repository(context, request)
        branch = validation.branch_name(request.get("branchName"))
        with repository.open() as git:
            head = branch_head(git, branch)
        if head is None:
            raise errors.BranchDoesNotExistException(f"{repository.name} has no branch named {branch}")
        return {"branch": {"branchName": branch, "commitId": head}}

    @handler("ListBranches", expand=False)
    def list_branches(self, context: RequestContext, request: Request) -> Response:
        """https://docs.aws.amazon.com/codecommit/latest/APIReference/API_ListBranches.html."""
        repository = requested_repository(context, request)
        with repository.open() as git:
            names = branch_names(git)
        listed, token = page(names, request.get("nextToken"), BRANCHES_PER_PAGE, listing=repository.repository_id)
        return {"branches": list(listed)} | ({"nextToken": token} if token else {})

    @handler("DeleteBranch", expand=False)
    def delete_branch(self, context: RequestContext, request: Request) -> Response:
        """https://docs.aws.amazon.com/codecommit/latest/APIReference/API_DeleteBranch.html.

        Deleting a branch that does not exist is no error; the answer then names no branch.
        """
        repository = requested_repository(context, request)
        branch = validation.branch_name(request.get("branchName"))
        with repository.lock, repository.open() as git:
            if branch == repository.default_branch:
                raise errors.DefaultBranchCannotBeDeletedException(
                    f"{branch} is the default branch of {repository.name} and cannot be deleted"
                )
            head = branch_head(git, branch)
            if head is None:
                return {}
            change = ReferenceChange(f"{BRANCH_PREFIX}{branch}", head, None)
            apply_change(repository, git, change, caller_arn(context.account_id))
        return {"deletedBranch": {"branchName": branch, "commitId": head}}
