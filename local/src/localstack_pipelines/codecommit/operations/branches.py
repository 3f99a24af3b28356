"""Operations on branches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from localstack_pipelines.common.arns import caller_arn
from localstack_pipelines.common.views import present

from .. import errors, validation
from ..contents import load_commit
from ..references import apply_change, branch_head, branch_names, conflicting_branch
from ..request import PAGER, operation, requested_repository
from ..state_changes import BRANCH_PREFIX, ReferenceChange

if TYPE_CHECKING:
    from localstack.aws.api import RequestContext

    from localstack_pipelines.common.operation import Request, Response

BRANCHES_PER_PAGE = 1000


class BranchOperations:
    """The handlers."""

    @operation("CreateBranch")
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
                raise errors.BranchNameExistsException(f"{repository.name} already has a branch named {branch}")
        return {}

    @operation("GetBranch")
    def get_branch(self, context: RequestContext, request: Request) -> Response:
        """https://docs.aws.amazon.com/codecommit/latest/APIReference/API_GetBranch.html."""
        repository = requested_repository(context, request)
        branch = validation.branch_name(request.get("branchName"))
        with repository.open() as git:
            head = branch_head(git, branch)
        if head is None:
            raise errors.BranchDoesNotExistException(f"{repository.name} has no branch named {branch}")
        return {"branch": {"branchName": branch, "commitId": head}}

    @operation("ListBranches")
    def list_branches(self, context: RequestContext, request: Request) -> Response:
        """https://docs.aws.amazon.com/codecommit/latest/APIReference/API_ListBranches.html."""
        repository = requested_repository(context, request)
        with repository.open() as git:
            names = branch_names(git)
        listed, token = PAGER.page(names, BRANCHES_PER_PAGE, request.get("nextToken"), listing=repository.repository_id)
        return present({"branches": list(listed), "nextToken": token})

    @operation("DeleteBranch")
    def delete_branch(self, context: RequestContext, request: Request) -> Response:
        """https://docs.aws.amazon.com/codecommit/latest/APIReference/API_DeleteBranch.html.

        The deletion of a branch that does not exist succeeds; the response then has no branch.
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
