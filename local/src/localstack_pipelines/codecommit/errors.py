"""The errors of the CodeCommit API, by the names of its API reference.

LocalStack generates such classes for its own services only. Each is answered with HTTP 400 and its name as the
error code; the message says what was wrong with this request.
"""

from __future__ import annotations

from localstack.aws.api import ServiceException


class CodeCommitException(ServiceException):
    """Base of the errors below; the error code is the name of the class."""

    status_code = 400
    sender_fault = True

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.code = cls.__name__


class BlobIdDoesNotExistException(CodeCommitException):
    """The repository has no blob of that id."""


class BlobIdRequiredException(CodeCommitException):
    """A blob id is missing."""


class BranchDoesNotExistException(CodeCommitException):
    """The repository has no branch of that name."""


class BranchNameExistsException(CodeCommitException):
    """The repository has a branch of that name already."""


class BranchNameIsTagNameException(CodeCommitException):
    """The name given for a branch is the name of a tag."""


class BranchNameRequiredException(CodeCommitException):
    """A branch name is missing."""


class CommitDoesNotExistException(CodeCommitException):
    """The commit specifier names no commit, or the repository has no default branch."""


class CommitIdDoesNotExistException(CodeCommitException):
    """The repository has no commit of that id."""


class CommitIdRequiredException(CodeCommitException):
    """A commit id is missing."""


class CommitIdsLimitExceededException(CodeCommitException):
    """More than 100 commit ids were asked for at once."""


class CommitIdsListRequiredException(CodeCommitException):
    """The list of commit ids is missing or empty."""


class CommitMessageLengthExceededException(CodeCommitException):
    """The commit message is longer than 2 MB."""


class CommitRequiredException(CodeCommitException):
    """A commit specifier is missing."""


class DefaultBranchCannotBeDeletedException(CodeCommitException):
    """The branch is the repository's default branch."""


class DirectoryNameConflictsWithFileNameException(CodeCommitException):
    """A folder of the path is a file in the repository."""


class EncryptionKeyInvalidIdException(CodeCommitException):
    """The KMS key id has no valid form."""


class FileContentAndSourceFileSpecifiedException(CodeCommitException):
    """A file entry has both content and a source file."""


class FileContentRequiredException(CodeCommitException):
    """The content of the file is missing."""


class FileContentSizeLimitExceededException(CodeCommitException):
    """A file is larger than 6 MB, or all files of the commit together are larger than 7 MB."""


class FileDoesNotExistException(CodeCommitException):
    """The commit has no file of that path."""


class FileEntryRequiredException(CodeCommitException):
    """The commit names no file to add, change or delete."""


class FileModeRequiredException(CodeCommitException):
    """A file mode is missing."""


class FileNameConflictsWithDirectoryNameException(CodeCommitException):
    """The path of the file is a folder in the repository."""


class FilePathConflictsWithSubmodulePathException(CodeCommitException):
    """The path of the file is a submodule."""


class FileTooLargeException(CodeCommitException):
    """The file is too large to be returned by the API."""


class FolderDoesNotExistException(CodeCommitException):
    """The commit has no folder of that path."""


class InvalidBlobIdException(CodeCommitException):
    """The blob id is not 40 hexadecimal digits."""


class InvalidBranchNameException(CodeCommitException):
    """The branch name breaks the rules of git reference names."""


class InvalidCommitException(CodeCommitException):
    """The commit specifier is not a commit."""


class InvalidCommitIdException(CodeCommitException):
    """The commit id is not 40 hexadecimal digits."""


class InvalidContinuationTokenException(CodeCommitException):
    """The nextToken was not issued by this operation."""


class InvalidEmailException(CodeCommitException):
    """The email address has characters that a commit cannot hold."""


class InvalidFileModeException(CodeCommitException):
    """The file mode is none of EXECUTABLE, NORMAL and SYMLINK."""


class InvalidMaxResultsException(CodeCommitException):
    """The number of results asked for is out of range."""


class InvalidOrderException(CodeCommitException):
    """The order is neither ascending nor descending."""


class InvalidParentCommitIdException(CodeCommitException):
    """The parent commit id is not 40 hexadecimal digits."""


class InvalidPathException(CodeCommitException):
    """The path has an empty, ``.`` or ``..`` part."""


class InvalidRepositoryDescriptionException(CodeCommitException):
    """The description is longer than 1,000 characters."""


class InvalidRepositoryNameException(CodeCommitException):
    """The repository name breaks the rules for names."""


class InvalidRepositoryTriggerBranchNameException(CodeCommitException):
    """A branch of a trigger is no valid branch name."""


class InvalidRepositoryTriggerCustomDataException(CodeCommitException):
    """The custom data of a trigger is longer than 1,000 characters."""


class InvalidRepositoryTriggerDestinationArnException(CodeCommitException):
    """The destination of a trigger is no SNS topic and no function."""


class InvalidRepositoryTriggerEventsException(CodeCommitException):
    """An event of a trigger is not one that triggers know."""


class InvalidRepositoryTriggerNameException(CodeCommitException):
    """The name of a trigger breaks the rules for names."""


class InvalidRepositoryTriggerRegionException(CodeCommitException):
    """The destination of a trigger is in another region."""


class InvalidResourceArnException(CodeCommitException):
    """The ARN is not one of a repository of this account and region."""


class InvalidSortByException(CodeCommitException):
    """The repositories cannot be sorted by that field."""


class InvalidSystemTagUsageException(CodeCommitException):
    """A tag key begins with ``aws:``."""


class InvalidTagKeysListException(CodeCommitException):
    """A tag key is too long or empty."""


class InvalidTagsMapException(CodeCommitException):
    """A tag key or value is too long or empty."""


class MaximumBranchesExceededException(CodeCommitException):
    """A trigger names more than 10 branches."""


class MaximumFileEntriesExceededException(CodeCommitException):
    """A commit names more than 100 files."""


class MaximumRepositoryNamesExceededException(CodeCommitException):
    """More than 100 repositories were asked for at once."""


class MaximumRepositoryTriggersExceededException(CodeCommitException):
    """More than 10 triggers were given."""


class NameLengthExceededException(CodeCommitException):
    """The author's name is longer than 256 characters."""


class NoChangeException(CodeCommitException):
    """The commit would change nothing."""


class OperationNotAllowedException(CodeCommitException):
    """The operation is refused as a whole."""


class ParentCommitDoesNotExistException(CodeCommitException):
    """The repository has no commit of the parent's id."""


class ParentCommitIdOutdatedException(CodeCommitException):
    """The parent is not the head of the branch."""


class ParentCommitIdRequiredException(CodeCommitException):
    """The branch exists, so the parent commit id must be given."""


class PathDoesNotExistException(CodeCommitException):
    """The commit has nothing at that path."""


class PathRequiredException(CodeCommitException):
    """A path is missing."""


class PutFileEntryConflictException(CodeCommitException):
    """One file of the commit is a folder of another."""


class RepositoryDoesNotExistException(CodeCommitException):
    """The account has no repository of that name in the region."""


class RepositoryNameExistsException(CodeCommitException):
    """The account has a repository of that name in the region already."""


class RepositoryNameRequiredException(CodeCommitException):
    """A repository name is missing."""


class RepositoryNamesRequiredException(CodeCommitException):
    """The list of repository names is missing or empty."""


class RepositoryTriggerDestinationArnRequiredException(CodeCommitException):
    """A trigger has no destination."""


class RepositoryTriggerEventsListRequiredException(CodeCommitException):
    """A trigger has no event."""


class RepositoryTriggerNameRequiredException(CodeCommitException):
    """A trigger has no name."""


class RepositoryTriggersListRequiredException(CodeCommitException):
    """The list of triggers is missing."""


class ResourceArnRequiredException(CodeCommitException):
    """The ARN is missing."""


class RestrictedSourceFileException(CodeCommitException):
    """A ``.gitkeep`` file cannot be copied or moved."""


class SameFileContentException(CodeCommitException):
    """The file has that content already."""


class SamePathRequestException(CodeCommitException):
    """Two changes of the commit name the same path."""


class SourceFileOrContentRequiredException(CodeCommitException):
    """A file entry has neither content nor a source file."""


class TagKeysListRequiredException(CodeCommitException):
    """The list of tag keys is missing or empty."""


class TagsMapRequiredException(CodeCommitException):
    """The map of tags is missing or empty."""


class TooManyTagsException(CodeCommitException):
    """The repository would have more than 50 tags."""
