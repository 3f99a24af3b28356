"""Operations on repositories."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING

from localstack_pipelines.common.views import present

from .. import errors, store, validation
from ..models import Repository
from ..references import branch_head, set_default_branch
from ..request import PAGER, operation, requested_repository
from ..store import find, repositories_of, stores_lock

if TYPE_CHECKING:
    from localstack.aws.api import RequestContext

    from localstack_pipelines.common.operation import Request, Response

REPOSITORIES_PER_PAGE = 1000
MAXIMUM_BATCH = 100
SORT_FIELDS = {"repositoryName": attrgetter("name"), "lastModifiedDate": attrgetter("last_modified_date")}


class RepositoryOperations:
    """The handlers."""

    @operation("CreateRepository")
    def create_repository(self, context: RequestContext, request: Request) -> Response:
        """https://docs.aws.amazon.com/codecommit/latest/APIReference/API_CreateRepository.html."""
        name = validation.repository_name(request.get("repositoryName"))
        repository = Repository(
            context.account_id,
            context.region,
            name,
            description=validation.repository_description(request.get("repositoryDescription")),
            kms_key_id=request.get("kmsKeyId"),
            tags=validation.tags(request.get("tags")),
        )
        with stores_lock:
            if name in repositories_of(context.account_id, context.region):
                raise errors.RepositoryNameExistsException(f"Repository named {name} already exists")
            store.add(repository)
        return {"repositoryMetadata": repository.metadata()}

    @operation("GetRepository")
    def get_repository(self, context: RequestContext, request: Request) -> Response:
        """https://docs.aws.amazon.com/codecommit/latest/APIReference/API_GetRepository.html."""
        return {"repositoryMetadata": requested_repository(context, request).metadata()}

    @operation("BatchGetRepositories")
    def batch_get_repositories(self, context: RequestContext, request: Request) -> Response:
        """https://docs.aws.amazon.com/codecommit/latest/APIReference/API_BatchGetRepositories.html."""
        names = request.get("repositoryNames")
        if not names:
            raise errors.RepositoryNamesRequiredException("At least one repository name is required.")
        if len(names) > MAXIMUM_BATCH:
            raise errors.MaximumRepositoryNamesExceededException(
                f"The request has more than {MAXIMUM_BATCH} repository names."
            )
        known = repositories_of(context.account_id, context.region)
        requested = list(dict.fromkeys(validation.repository_name(name) for name in names))
        return {
            "repositories": [known[name].metadata() for name in requested if name in known],
            "repositoriesNotFound": [name for name in requested if name not in known],
            "errors": [],
        }

    @operation("ListRepositories")
    def list_repositories(self, context: RequestContext, request: Request) -> Response:
        """https://docs.aws.amazon.com/codecommit/latest/APIReference/API_ListRepositories.html."""
        sort_by, order = request.get("sortBy") or "repositoryName", request.get("order") or "ascending"
        if sort_by not in SORT_FIELDS:
            raise errors.InvalidSortByException(f"Repositories cannot be sorted by {sort_by!r}.")
        if order not in {"ascending", "descending"}:
            raise errors.InvalidOrderException(f"The order {order!r} is not ascending or descending.")
        repositories = sorted(
            repositories_of(context.account_id, context.region).values(),
            key=SORT_FIELDS[sort_by],
            reverse=order == "descending",
        )
        listed, token = PAGER.page(
            repositories, REPOSITORIES_PER_PAGE, request.get("nextToken"), listing=f"{sort_by} {order}"
        )
        return present(
            {
                "repositories": [
                    {"repositoryName": repository.name, "repositoryId": repository.repository_id}
                    for repository in listed
                ],
                "nextToken": token,
            }
        )

    @operation("DeleteRepository")
    def delete_repository(self, context: RequestContext, request: Request) -> Response:
        """https://docs.aws.amazon.com/codecommit/latest/APIReference/API_DeleteRepository.html.

        The deletion of a repository that does not exist succeeds; the response then has no id.
        """
        name = validation.repository_name(request.get("repositoryName"))
        repository = repositories_of(context.account_id, context.region).get(name)
        if repository is None:
            return {}
        store.delete(repository)
        return {"repositoryId": repository.repository_id}

    @operation("UpdateRepositoryDescription")
    def update_repository_description(self, context: RequestContext, request: Request) -> Response:
        """https://docs.aws.amazon.com/codecommit/latest/APIReference/API_UpdateRepositoryDescription.html."""
        repository = requested_repository(context, request)
        repository.description = validation.repository_description(request.get("repositoryDescription"))
        repository.touch()
        return {}

    @operation("UpdateRepositoryName")
    def update_repository_name(self, context: RequestContext, request: Request) -> Response:
        """https://docs.aws.amazon.com/codecommit/latest/APIReference/API_UpdateRepositoryName.html."""
        old_name = validation.repository_name(request.get("oldName"))
        new_name = validation.repository_name(request.get("newName"))
        repository = find(context.account_id, context.region, old_name)
        with repository.lock, stores_lock:
            repositories = repositories_of(context.account_id, context.region)
            if new_name in repositories:
                raise errors.RepositoryNameExistsException(f"Repository named {new_name} already exists")
            if repositories.pop(old_name, None) is not repository:
                raise errors.RepositoryDoesNotExistException(f"{old_name} does not exist")
            repository.name = new_name
            repositories[new_name] = repository
            repository.touch()
        return {}

    @operation("UpdateRepositoryEncryptionKey")
    def update_repository_encryption_key(self, context: RequestContext, request: Request) -> Response:
        """https://docs.aws.amazon.com/codecommit/latest/APIReference/API_UpdateRepositoryEncryptionKey.html.

        The key is stored and returned. The data on disk is not encrypted.
        """
        repository = requested_repository(context, request)
        key = request.get("kmsKeyId")
        if not key:
            raise errors.EncryptionKeyInvalidIdException("A KMS key ID is required.")
        original, repository.kms_key_id = repository.kms_key_id, key
        repository.touch()
        return present(
            {"repositoryId": repository.repository_id, "kmsKeyId": key, "originalKmsKeyId": original or None}
        )

    @operation("UpdateDefaultBranch")
    def update_default_branch(self, context: RequestContext, request: Request) -> Response:
        """https://docs.aws.amazon.com/codecommit/latest/APIReference/API_UpdateDefaultBranch.html."""
        repository = requested_repository(context, request)
        branch = validation.branch_name(request.get("defaultBranchName"))
        with repository.lock, repository.open() as git:
            if branch_head(git, branch) is None:
                raise errors.BranchDoesNotExistException(f"{repository.name} has no branch named {branch}")
            set_default_branch(repository, git, branch)
            repository.touch()
        return {}
