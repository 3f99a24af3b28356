"""Operations on commits, files and folders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dulwich.objects import Blob, ObjectID

from localstack_pipelines.common.arns import caller_arn
from localstack_pipelines.common.views import present

from .. import commits, contents, errors, validation
from ..edits import TreeEdits, put_file_entries
from ..request import PAGER, operation, requested_repository

if TYPE_CHECKING:
    from localstack.aws.api import RequestContext

    from localstack_pipelines.common.operation import Request, Response

MAXIMUM_BATCH = 100
MAXIMUM_FILE_ENTRIES = 100
DIFFERENCES_PER_PAGE = 400


class ContentOperations:
    """The handlers."""

    @operation("GetCommit")
    def get_commit(self, context: RequestContext, request: Request) -> Response:
        """https://docs.aws.amazon.com/codecommit/latest/APIReference/API_GetCommit.html."""
        repository = requested_repository(context, request)
        commit_id = validation.commit_id(request.get("commitId"))
        with repository.open() as git:
            try:
                return {"commit": contents.describe_commit(contents.load_commit(git, commit_id))}
            except errors.CommitDoesNotExistException as missing:
                raise errors.CommitIdDoesNotExistException(missing.message) from missing

    @operation("BatchGetCommits")
    def batch_get_commits(self, context: RequestContext, request: Request) -> Response:
        """https://docs.aws.amazon.com/codecommit/latest/APIReference/API_BatchGetCommits.html."""
        commit_ids = request.get("commitIds")
        if not commit_ids:
            raise errors.CommitIdsListRequiredException("A list of commit IDs is required.")
        if len(commit_ids) > MAXIMUM_BATCH:
            raise errors.CommitIdsLimitExceededException(f"The request has more than {MAXIMUM_BATCH} commit IDs.")
        found: list[dict[str, Any]] = []
        failed: list[dict[str, str]] = []
        with requested_repository(context, request).open() as git:
            for commit_id in commit_ids:
                try:
                    commit = contents.load_commit(git, validation.commit_id(commit_id))
                    found.append(contents.describe_commit(commit))
                except errors.CodeCommitError as error:
                    failed.append({"commitId": commit_id, "errorCode": error.code, "errorMessage": error.message})
        return {"commits": found, "errors": failed}

    @operation("GetBlob")
    def get_blob(self, context: RequestContext, request: Request) -> Response:
        """https://docs.aws.amazon.com/codecommit/latest/APIReference/API_GetBlob.html."""
        blob_id = validation.blob_id(request.get("blobId"))
        with requested_repository(context, request).open() as git:
            object_id = ObjectID(blob_id.encode())
            blob = git[object_id] if object_id in git.object_store else None
            if not isinstance(blob, Blob):
                raise errors.BlobIdDoesNotExistException(f"The blob {blob_id} does not exist")
            return {"content": contents.checked_size(blob).data}

    @operation("GetFile")
    def get_file(self, context: RequestContext, request: Request) -> Response:
        """https://docs.aws.amazon.com/codecommit/latest/APIReference/API_GetFile.html."""
        repository = requested_repository(context, request)
        path = validation.path(request.get("filePath"))
        with repository.open() as git:
            commit = contents.resolve_commit(repository, git, request.get("commitSpecifier"))
            mode, blob = contents.find_file(git, commit, path)
            return {
                "commitId": commit.id.decode(),
                "blobId": blob.id.decode(),
                "filePath": path,
                "fileMode": contents.file_mode_name(mode),
                "fileSize": blob.raw_length(),
                "fileContent": blob.data,
            }

    @operation("GetFolder")
    def get_folder(self, context: RequestContext, request: Request) -> Response:
        """https://docs.aws.amazon.com/codecommit/latest/APIReference/API_GetFolder.html."""
        repository = requested_repository(context, request)
        path = validation.path(request.get("folderPath"), root_allowed=True)
        with repository.open() as git:
            commit = contents.resolve_commit(repository, git, request.get("commitSpecifier"))
            return contents.describe_folder(git, commit, path)

    @operation("GetDifferences")
    def get_differences(self, context: RequestContext, request: Request) -> Response:
        """https://docs.aws.amazon.com/codecommit/latest/APIReference/API_GetDifferences.html."""
        repository = requested_repository(context, request)
        before, after = request.get("beforeCommitSpecifier"), request.get("afterCommitSpecifier")
        if not after:
            raise errors.CommitRequiredException("A commit is required.")
        size = request.get("MaxResults")
        if size is not None and not 1 <= size <= DIFFERENCES_PER_PAGE:
            raise errors.InvalidMaxResultsException(f"MaxResults is not between 1 and {DIFFERENCES_PER_PAGE}.")
        with repository.open() as git:
            before_commit = contents.resolve_commit(repository, git, before) if before else None
            after_commit = contents.resolve_commit(repository, git, after)
            found = contents.differences(
                git,
                before_commit,
                after_commit,
                before_path=validation.path(request.get("beforePath") or "", root_allowed=True),
                after_path=validation.path(request.get("afterPath") or "", root_allowed=True),
            )
        # A token is valid for these two commits only: the head of a branch may move between two pages.
        listing = f"{before_commit.id.decode() if before_commit else ''}..{after_commit.id.decode()}"
        listed, token = PAGER.page(found, size or DIFFERENCES_PER_PAGE, request.get("NextToken"), listing=listing)
        return present({"differences": list(listed), "NextToken": token})

    @operation("PutFile")
    def put_file(self, context: RequestContext, request: Request) -> Response:
        """https://docs.aws.amazon.com/codecommit/latest/APIReference/API_PutFile.html."""
        repository = requested_repository(context, request)
        branch = validation.branch_name(request.get("branchName"))
        path = validation.path(request.get("filePath"))
        mode = validation.file_mode(request["fileMode"]) if request.get("fileMode") else None
        author = commits.Author.checked(request.get("name"), request.get("email"), request.get("commitMessage"))
        content = request.get("fileContent")
        if not content:
            raise errors.FileContentRequiredException(f"{path} has no content")
        with repository.lock, repository.open() as git:
            head = commits.head_of(repository, git, branch, request.get("parentCommitId"))
            edits = TreeEdits(commits.files_of(git, head.commit))
            edits.put(path, mode, content)
            if not edits.added and not edits.updated:
                raise errors.SameFileContentException(f"{path} already has that content")
            caller = caller_arn(context.account_id)
            commit = commits.commit_on(head, edits, author, caller)
        return {
            "commitId": commit.id.decode(),
            "blobId": edits.files[path].blob_id.decode(),
            "treeId": commit.tree.decode(),
        }

    @operation("DeleteFile")
    def delete_file(self, context: RequestContext, request: Request) -> Response:
        """https://docs.aws.amazon.com/codecommit/latest/APIReference/API_DeleteFile.html."""
        repository = requested_repository(context, request)
        branch = validation.branch_name(request.get("branchName"))
        path = validation.path(request.get("filePath"))
        author = commits.Author.checked(request.get("name"), request.get("email"), request.get("commitMessage"))
        with repository.lock, repository.open() as git:
            head = commits.head_of(repository, git, branch, request.get("parentCommitId"))
            edits = TreeEdits(commits.files_of(git, head.commit))
            deleted = edits.delete(path)
            if request.get("keepEmptyFolders"):
                edits.keep_empty_folders()
            caller = caller_arn(context.account_id)
            commit = commits.commit_on(head, edits, author, caller)
        return {
            "commitId": commit.id.decode(),
            "blobId": deleted.blob_id.decode(),
            "treeId": commit.tree.decode(),
            "filePath": path,
        }

    @operation("CreateCommit")
    def create_commit(self, context: RequestContext, request: Request) -> Response:
        """https://docs.aws.amazon.com/codecommit/latest/APIReference/API_CreateCommit.html."""
        repository = requested_repository(context, request)
        branch = validation.branch_name(request.get("branchName"))
        author = commits.Author.checked(request.get("authorName"), request.get("email"), request.get("commitMessage"))
        _check_file_entries(request)
        with repository.lock, repository.open() as git:
            head = commits.head_of(repository, git, branch, request.get("parentCommitId"))
            edits = TreeEdits(commits.files_of(git, head.commit))
            _apply_file_entries(edits, request)
            caller = caller_arn(context.account_id)
            commit = commits.commit_on(head, edits, author, caller)
        return {
            "commitId": commit.id.decode(),
            "treeId": commit.tree.decode(),
            "filesAdded": [edits.files[path].metadata(path) for path in edits.added],
            "filesUpdated": [edits.files[path].metadata(path) for path in edits.updated],
            "filesDeleted": [edits.before[path].metadata(path) for path in edits.deleted],
        }


def _check_file_entries(request: Request) -> None:
    """Check that the entries of CreateCommit fit together; the tree does not matter yet."""
    puts = [validation.path(entry.get("filePath")) for entry in request.get("putFiles") or []]
    deletes = [validation.path(entry.get("filePath")) for entry in request.get("deleteFiles") or []]
    modes = [validation.path(entry.get("filePath")) for entry in request.get("setFileModes") or []]
    paths = [*puts, *deletes, *modes]
    if not paths:
        raise errors.FileEntryRequiredException("The commit does not name a file.")
    if len(paths) > MAXIMUM_FILE_ENTRIES:
        raise errors.MaximumFileEntriesExceededException(
            f"A commit can name {MAXIMUM_FILE_ENTRIES} files, not {len(paths)}."
        )
    if len(set(paths)) < len(paths):
        raise errors.SamePathRequestException("Two entries of the commit have the same path.")
    for path in puts:
        if any(other.startswith(f"{path}/") for other in puts):
            raise errors.PutFileEntryConflictException(f"{path} is both a file and a folder.")


def _apply_file_entries(edits: TreeEdits, request: Request) -> None:
    """Apply the entries of CreateCommit. Deletions come first, so that a folder can replace a file of the same name."""
    for entry in request.get("deleteFiles") or []:
        edits.delete(validation.path(entry.get("filePath")))
    put_file_entries(edits, request.get("putFiles") or [])
    for entry in request.get("setFileModes") or []:
        if not entry.get("fileMode"):
            raise errors.FileModeRequiredException("A file mode is required.")
        edits.set_mode(validation.path(entry.get("filePath")), validation.file_mode(entry["fileMode"]))
    if request.get("keepEmptyFolders"):
        edits.keep_empty_folders()
