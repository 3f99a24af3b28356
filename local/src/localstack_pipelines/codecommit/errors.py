# ruff: noqa: N818 (the API's names)
"""Errors of the CodeCommit API, by their names in the API reference."""

from __future__ import annotations

from localstack_pipelines.common.errors import ApiError


class CodeCommitError(ApiError):
    """Base of the API's errors."""

    sender_fault = True


class BlobIdDoesNotExistException(CodeCommitError):
    """The repository has no blob with that id."""


class BlobIdRequiredException(CodeCommitError):
    """A blob id is missing."""


class BranchDoesNotExistException(CodeCommitError):
    """The repository has no branch with that name."""


class BranchNameExistsException(CodeCommitError):
    """The repository already has a branch with that name."""


class BranchNameIsTagNameException(CodeCommitError):
    """The branch name is the name of a tag."""


class BranchNameRequiredException(CodeCommitError):
    """A branch name is missing."""


class CommitDoesNotExistException(CodeCommitError):
    """The commit specifier names no commit, or the repository has no default branch."""


class CommitIdDoesNotExistException(CodeCommitError):
    """The repository has no commit with that id."""


class CommitIdRequiredException(CodeCommitError):
    """A commit id is missing."""


class CommitIdsLimitExceededException(CodeCommitError):
    """The request has more than 100 commit ids."""


class CommitIdsListRequiredException(CodeCommitError):
    """The list of commit ids is missing or empty."""


class CommitMessageLengthExceededException(CodeCommitError):
    """The commit message is longer than 2 MB."""


class CommitRequiredException(CodeCommitError):
    """A commit specifier is missing."""


class DefaultBranchCannotBeDeletedException(CodeCommitError):
    """The branch is the repository's default branch."""


class DirectoryNameConflictsWithFileNameException(CodeCommitError):
    """A folder in the path is a file in the repository."""


class EncryptionKeyInvalidIdException(CodeCommitError):
    """The KMS key id is not valid."""


class FileContentAndSourceFileSpecifiedException(CodeCommitError):
    """A file entry has both content and a source file."""


class FileContentRequiredException(CodeCommitError):
    """The content of the file is missing."""


class FileContentSizeLimitExceededException(CodeCommitError):
    """A file is larger than 6 MB, or the files of the commit are larger than 7 MB in total."""


class FileDoesNotExistException(CodeCommitError):
    """The commit has no file at that path."""


class FileEntryRequiredException(CodeCommitError):
    """The commit names no file to add, change or delete."""


class FileModeRequiredException(CodeCommitError):
    """A file mode is missing."""


class FileNameConflictsWithDirectoryNameException(CodeCommitError):
    """The path of the file is a folder in the repository."""


class FilePathConflictsWithSubmodulePathException(CodeCommitError):
    """The path of the file is a submodule."""


class FileTooLargeException(CodeCommitError):
    """The file is too large for the API to return."""


class FolderDoesNotExistException(CodeCommitError):
    """The commit has no folder at that path."""


class InvalidBlobIdException(CodeCommitError):
    """The blob id is not 40 hexadecimal digits."""


class InvalidBranchNameException(CodeCommitError):
    """The branch name is not a valid git reference name."""


class InvalidCommitException(CodeCommitError):
    """The commit specifier is not a commit."""


class InvalidCommitIdException(CodeCommitError):
    """The commit id is not 40 hexadecimal digits."""


class InvalidContinuationTokenException(CodeCommitError):
    """The operation did not issue the continuation token."""


class InvalidEmailException(CodeCommitError):
    """The email address has characters that a commit cannot contain."""


class InvalidFileModeException(CodeCommitError):
    """The file mode is not EXECUTABLE, NORMAL or SYMLINK."""


class InvalidMaxResultsException(CodeCommitError):
    """The maximum number of results is out of range."""


class InvalidOrderException(CodeCommitError):
    """The order is not ascending or descending."""


class InvalidParentCommitIdException(CodeCommitError):
    """The parent commit id is not 40 hexadecimal digits."""


class InvalidPathException(CodeCommitError):
    """The path has an empty part, or a part ``.``, ``..`` or ``.git``."""


class InvalidRepositoryDescriptionException(CodeCommitError):
    """The description is longer than 1,000 characters."""


class InvalidRepositoryNameException(CodeCommitError):
    """The repository name is not valid."""


class InvalidRepositoryTriggerBranchNameException(CodeCommitError):
    """A trigger names a branch whose name is not valid."""


class InvalidRepositoryTriggerCustomDataException(CodeCommitError):
    """The custom data of a trigger is longer than 1,000 characters."""


class InvalidRepositoryTriggerDestinationArnException(CodeCommitError):
    """The destination of a trigger is not an SNS topic or a Lambda function."""


class InvalidRepositoryTriggerEventsException(CodeCommitError):
    """A trigger has an unknown event."""


class InvalidRepositoryTriggerNameException(CodeCommitError):
    """The name of a trigger is not valid."""


class InvalidRepositoryTriggerRegionException(CodeCommitError):
    """The destination of a trigger is in another region."""


class InvalidResourceArnException(CodeCommitError):
    """The ARN is not that of a repository in this account and region."""


class InvalidSortByException(CodeCommitError):
    """Repositories cannot be sorted by that field."""


class InvalidSystemTagUsageException(CodeCommitError):
    """A tag key begins with ``aws:``."""


class InvalidTagKeysListException(CodeCommitError):
    """A tag key is too long or empty."""


class InvalidTagsMapException(CodeCommitError):
    """A tag key or value is too long or empty."""


class MaximumBranchesExceededException(CodeCommitError):
    """A trigger names more than 10 branches."""


class MaximumFileEntriesExceededException(CodeCommitError):
    """A commit names more than 100 files."""


class MaximumRepositoryNamesExceededException(CodeCommitError):
    """The request names more than 100 repositories."""


class MaximumRepositoryTriggersExceededException(CodeCommitError):
    """The request has more than 10 triggers."""


class NameLengthExceededException(CodeCommitError):
    """The author's name is longer than 256 characters."""


class NoChangeException(CodeCommitError):
    """The commit would change nothing."""


class ParentCommitDoesNotExistException(CodeCommitError):
    """The repository has no commit with the id of the parent."""


class ParentCommitIdOutdatedException(CodeCommitError):
    """The parent is not the head of the branch."""


class ParentCommitIdRequiredException(CodeCommitError):
    """The branch exists, so the request needs the parent commit id."""


class PathDoesNotExistException(CodeCommitError):
    """The commit has nothing at that path."""


class PathRequiredException(CodeCommitError):
    """A path is missing."""


class PutFileEntryConflictException(CodeCommitError):
    """The path of one file is a folder in the path of another."""


class RepositoryDoesNotExistException(CodeCommitError):
    """The account and region have no repository with that name."""


class RepositoryNameExistsException(CodeCommitError):
    """The account and region already have a repository with that name."""


class RepositoryNameRequiredException(CodeCommitError):
    """A repository name is missing."""


class RepositoryNamesRequiredException(CodeCommitError):
    """The list of repository names is missing or empty."""


class RepositoryTriggerDestinationArnRequiredException(CodeCommitError):
    """A trigger has no destination."""


class RepositoryTriggerEventsListRequiredException(CodeCommitError):
    """A trigger has no event."""


class RepositoryTriggerNameRequiredException(CodeCommitError):
    """A trigger has no name."""


class RepositoryTriggersListRequiredException(CodeCommitError):
    """The list of triggers is missing."""


class ResourceArnRequiredException(CodeCommitError):
    """The ARN is missing."""


class RestrictedSourceFileException(CodeCommitError):
    """A ``.gitkeep`` file cannot be copied or moved."""


class SameFileContentException(CodeCommitError):
    """The file already has that content."""


class SamePathRequestException(CodeCommitError):
    """Two changes of the commit name the same path."""


class SourceFileOrContentRequiredException(CodeCommitError):
    """A file entry has neither content nor a source file."""


class TagKeysListRequiredException(CodeCommitError):
    """The list of tag keys is missing or empty."""


class TagsMapRequiredException(CodeCommitError):
    """The map of tags is missing or empty."""


class TooManyTagsException(CodeCommitError):
    """The repository would have more than 50 tags."""
