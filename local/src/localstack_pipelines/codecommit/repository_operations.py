"""The operations on repositories as such: create, read, rename, delete, tags and triggers."""

from __future__ import annotations

import uuid
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from localstack.aws.api import handler

from . import errors, models, validation
from .models import repositories_of, stores_lock
from .paging import page
from .references import branch_head, set_default_branch
from .repositories import find

if TYPE_CHECKING:
    from collections.abc import Mapping

    from localstack.aws.api import RequestContext

    from .models import Repository

type Request = Mapping[str, Any]
type Response = dict[str, Any]

REPOSITORIES_PER_PAGE = 1000
MAXIMUM_BATCH = 100
SORT_FIELDS = {"repositoryName": attrgetter("name"), "lastModifiedDate": attrgetter("last_modified_date")}


def requested_repository(context: RequestContext, request: Request) -> Repository:
    """Return the repository that ``repositoryName`` of a request names.

    :raises errors.CodeCommitException: when the name is missing or not valid, or there is no such repository.
    """
    name = validation.repository_name(request.get("repositoryName"))
    return find(context.account_id, context.region, name)


class RepositoryOperations:
    """Handlers of the repository, tag and trigger operations."""

    @handler("CreateRepository", expand=False)
    def create_repository(self, context: RequestContext, request: Request) -> Response:
        """https://docs.aws.amazon.com/codecommit/latest/APIReference/API_CreateRepository.html."""
        name = validation.repository_name(request.get("repositoryName"))
        repository = models.Repository(
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
            models.add(repository)
        return {"repositoryMetadata": repository.metadata()}

    @handler("GetRepository", expand=False)
    def get_repository(self, context: RequestContext, request: Request) -> Response:
        """https://docs.aws.amazon.com/codecommit/latest/APIReference/API_GetRepository.html."""
        return {"repositoryMetadata": requested_repository(context, request).metadata()}

    @handler("BatchGetRepositories", expand=False)
    def batch_get_repositories(self, context: RequestContext, request: Request) -> Response:
        """https://docs.aws.amazon.com/codecommit/latest/APIReference/API_BatchGetRepositories.html."""
        names = request.get("repositoryNames")
        if not names:
            raise errors.RepositoryNamesRequiredException("At least one repository name is required.")
        if len(names) > MAXIMUM_BATCH:
            raise errors.MaximumRepositoryNamesExceededException(
                f"At most {MAXIMUM_BATCH} repositories can be asked for at once."
            )
        known = repositories_of(context.account_id, context.region)
        wanted = list(dict.fromkeys(validation.repository_name(name) for name in names))
        return {
            "repositories": [known[name].metadata() for name in wanted if name in known],
            "repositoriesNotFound": [name for name in wanted if name not in known],
            "errors": [],
        }

    @handler("ListRepositories", expand=False)
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
        listed, token = page(
            repositories, request.get("nextToken"), REPOSITORIES_PER_PAGE, listing=f"{sort_by} {order}"
        )
        return _with_token(
            {
                "repositories": [
                    {"repositoryName": repository.name, "repositoryId": repository.repository_id}
                    for repository in listed
                ]
            },
            token,
        )

    @handler("DeleteRepository", expand=False)
    def delete_repository(self, context: RequestContext, request: Request) -> Response:
        """https://docs.aws.amazon.com/codecommit/latest/APIReference/API_DeleteRepository.html.

        Deleting a repository that does not exist is no error; the answer then holds no id.
        """
        name = validation.repository_name(request.get("repositoryName"))
        repository = repositories_of(context.account_id, context.region).get(name)
        if repository is None:
            return {}
        models.delete(repository)
        return {"repositoryId": repository.repository_id}

    @handler("UpdateRepositoryDescription", expand=False)
    def update_repository_description(self, context: RequestContext, request: Request) -> Response:
        """https://docs.aws.amazon.com/codecommit/latest/APIReference/API_UpdateRepositoryDescription.html."""
        repository = requested_repository(context, request)
        repository.description = validation.repository_description(request.get("repositoryDescription"))
        repository.touch()
        return {}

    @handler("UpdateRepositoryName", expand=False)
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

    @handler("UpdateRepositoryEncryptionKey", expand=False)
    def update_repository_encryption_key(self, context: RequestContext, request: Request) -> Response:
        """https://docs.aws.amazon.com/codecommit/latest/APIReference/API_UpdateRepositoryEncryptionKey.html.

        The key is kept and returned; the data on disk is not encrypted with it.
        """
        repository = requested_repository(context, request)
        key = request.get("kmsKeyId")
        if not key:
            raise errors.EncryptionKeyInvalidIdException("A KMS key ID is required.")
        original, repository.kms_key_id = repository.kms_key_id, key
        repository.touch()
        answer = {"repositoryId": repository.repository_id, "kmsKeyId": key}
        return answer | ({"originalKmsKeyId": original} if original else {})

    @handler("UpdateDefaultBranch", expand=False)
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

    @handler("TagResource", expand=False)
    def tag_resource(self, context: RequestContext, request: Request) -> Response:
        """https://docs.aws.amazon.com/codecommit/latest/APIReference/API_TagResource.html."""
        repository = _repository_of_arn(context, request)
        if not request.get("tags"):
            raise errors.TagsMapRequiredException("A map of tags is required.")
        repository.tags = validation.tags(request["tags"], repository.tags)
        return {}

    @handler("UntagResource", expand=False)
    def untag_resource(self, context: RequestContext, request: Request) -> Response:
        """https://docs.aws.amazon.com/codecommit/latest/APIReference/API_UntagResource.html."""
        repository = _repository_of_arn(context, request)
        removed = validation.tag_keys(request.get("tagKeys"))
        repository.tags = {key: value for key, value in repository.tags.items() if key not in removed}
        return {}

    @handler("ListTagsForResource", expand=False)
    def list_tags_for_resource(self, context: RequestContext, request: Request) -> Response:
        """https://docs.aws.amazon.com/codecommit/latest/APIReference/API_ListTagsForResource.html."""
        return {"tags": dict(_repository_of_arn(context, request).tags)}

    @handler("GetRepositoryTriggers", expand=False)
    def get_repository_triggers(self, context: RequestContext, request: Request) -> Response:
        """https://docs.aws.amazon.com/codecommit/latest/APIReference/API_GetRepositoryTriggers.html."""
        repository = requested_repository(context, request)
        return {"configurationId": repository.triggers_configuration_id, "triggers": repository.triggers}

    @handler("PutRepositoryTriggers", expand=False)
    def put_repository_triggers(self, context: RequestContext, request: Request) -> Response:
        """https://docs.aws.amazon.com/codecommit/latest/APIReference/API_PutRepositoryTriggers.html.

        Triggers are kept and returned; they are not run. Use an EventBridge rule instead.
        """
        repository = requested_repository(context, request)
        repository.triggers = validation.triggers(request.get("triggers"), context.region)
        repository.triggers_configuration_id = str(uuid.uuid4())
        return {"configurationId": repository.triggers_configuration_id}


def _repository_of_arn(context: RequestContext, request: Request) -> Repository:
    arn = request.get("resourceArn")
    if not arn:
        raise errors.ResourceArnRequiredException("A resource ARN is required.")
    prefix = models.repository_arn(context.account_id, context.region, "")
    if not isinstance(arn, str) or not arn.startswith(prefix):
        raise errors.InvalidResourceArnException(f"{arn} is not the ARN of a repository of this account and region.")
    return find(context.account_id, context.region, validation.repository_name(arn.removeprefix(prefix)))


def _with_token(answer: Response, token: str | None) -> Response:
    return answer | ({"nextToken": token} if token else {})
