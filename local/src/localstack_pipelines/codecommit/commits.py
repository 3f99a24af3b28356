"""Commits made by the API: edits of a flat listing of files, and the commit that results."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dulwich.index import commit_tree
from dulwich.object_store import iter_tree_contents
from dulwich.objects import S_ISGITLINK, Blob, Commit, ObjectID
from dulwich.refs import Ref

from . import errors, validation
from .contents import MAXIMUM_FILE_SIZE, file_mode_name
from .notifications import BRANCH_PREFIX, TAG_PREFIX, ReferenceChange
from .references import apply_change, branch_head, branch_names
from .repositories import load_commit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dulwich.repo import Repo

    from .models import Repository

MODES = {"NORMAL": 0o100644, "EXECUTABLE": 0o100755, "SYMLINK": 0o120000}

MAXIMUM_CONTENT_SIZE = 7 * 1024 * 1024
MAXIMUM_MESSAGE_SIZE = 2 * 1024 * 1024
MAXIMUM_NAME_LENGTH = 256

# Keeps a folder in the tree after its last file was deleted (parameter keepEmptyFolders).
KEEP_FILE = ".gitkeep"


@dataclass(frozen=True)
class Entry:
    """A file of the tree: its git mode and the id of its blob."""

    mode: int
    blob_id: ObjectID

    def metadata(self, path: str) -> dict[str, str]:
        """Return the API's ``FileMetadata``."""
        return {
            "absolutePath": path,
            "blobId": self.blob_id.decode(),
            "fileMode": file_mode_name(self.mode),
        }


@dataclass
class Edits:
    """The files of a commit while they are changed.

    ``files`` maps each path to its entry; ``blobs`` are those that the tree needs and the repository may lack.
    """

    before: Mapping[str, Entry]
    files: dict[str, Entry] = field(init=False)
    blobs: list[Blob] = field(default_factory=list)
    content_size: int = 0

    def __post_init__(self) -> None:
        self.files = dict(self.before)

    def put(self, path: str, mode: str | None, content: bytes) -> None:
        """Add or replace a file; without a mode it keeps its own, a new one is ``NORMAL``.

        :raises errors.FileContentSizeLimitExceededException: when it, or all together, are too large.
        """
        self.content_size += len(content)
        if len(content) > MAXIMUM_FILE_SIZE or self.content_size > MAXIMUM_CONTENT_SIZE:
            raise errors.FileContentSizeLimitExceededException(
                f"A file can have {MAXIMUM_FILE_SIZE} bytes, all files together {MAXIMUM_CONTENT_SIZE}."
            )
        blob = Blob.from_string(content)
        self.blobs.append(blob)
        self._place(path, Entry(self._mode(path, mode), blob.id))

    def copy(self, source: str, path: str, mode: str | None, *, move: bool) -> None:
        """Copy or move a file of the tree as it was before the edits.

        :raises errors.FileDoesNotExistException: when there is no source.
        """
        if source.rsplit("/", 1)[-1] == KEEP_FILE:
            raise errors.RestrictedSourceFileException(f"{source} cannot be copied or moved")
        entry = self._existing(source)
        if move:
            self.files.pop(source, None)
        self._place(path, Entry(MODES[mode] if mode else entry.mode, entry.blob_id))

    def delete(self, path: str) -> Entry:
        """Delete a file and return what it was.

        :raises errors.FileDoesNotExistException: when there is none.
        """
        entry = self._existing(path)
        self.files.pop(path, None)
        return entry

    def set_mode(self, path: str, mode: str) -> None:
        """Change the mode of a file.

        :raises errors.FileDoesNotExistException: when there is none.
        """
        self.files[path] = Entry(MODES[mode], self._existing(path).blob_id)

    def keep_empty_folders(self) -> None:
        """Put a ``.gitkeep`` into each folder that the edits have emptied."""
        keep = Blob.from_string(b"")
        for path in self.deleted:
            folder, slash, _ = path.rpartition("/")
            if slash and not any(other.startswith(f"{folder}/") for other in self.files):
                self.blobs.append(keep)
                self.files[f"{folder}/{KEEP_FILE}"] = Entry(MODES["NORMAL"], keep.id)

    @property
    def added(self) -> list[str]:
        """The paths that are new, sorted."""
        return sorted(self.files.keys() - self.before.keys())

    @property
    def updated(self) -> list[str]:
        """The paths whose content or mode changed, sorted."""
        return sorted(path for path in self.files.keys() & self.before if self.files[path] != self.before[path])

    @property
    def deleted(self) -> list[str]:
        """The paths that are gone, sorted."""
        return sorted(self.before.keys() - self.files.keys())

    def _mode(self, path: str, mode: str | None) -> int:
        if mode:
            return MODES[mode]
        return self.before[path].mode if path in self.before else MODES["NORMAL"]

    def _existing(self, path: str) -> Entry:
        entry = self.before.get(path)
        if entry is None or S_ISGITLINK(entry.mode):
            raise errors.FileDoesNotExistException(f"There is no file {path}")
        return entry

    def _place(self, path: str, entry: Entry) -> None:
        parents = ["/".join(path.split("/")[:depth]) for depth in range(1, path.count("/") + 1)]
        for place in (path, *parents):
            if place in self.files and S_ISGITLINK(self.files[place].mode):
                raise errors.FilePathConflictsWithSubmodulePathException(f"{place} is a submodule")
        for parent in parents:
            if parent in self.files:
                raise errors.DirectoryNameConflictsWithFileNameException(f"{parent} is a file")
        if any(other.startswith(f"{path}/") for other in self.files):
            raise errors.FileNameConflictsWithDirectoryNameException(f"{path} is a folder")
        self.files[path] = entry


@dataclass(frozen=True)
class Author:
    """Who makes a commit, and what is said about it."""

    name: str
    email: str
    message: str | None

    @classmethod
    def checked(cls, name: str | None, email: str | None, message: str | None) -> Author:
        """Check what a request says of the author.

        :raises errors.CodeCommitException: when the name, the email address or the message is not valid.
        """
        if len(name or "") > MAXIMUM_NAME_LENGTH:
            raise errors.NameLengthExceededException("The author's name is longer than 256 characters.")
        if len(email or "") > MAXIMUM_NAME_LENGTH or any(character in "<>\n\0" for character in email or ""):
            raise errors.InvalidEmailException(f"The email address {email!r} is not valid.")
        if len((message or "").encode()) > MAXIMUM_MESSAGE_SIZE:
            raise errors.CommitMessageLengthExceededException("The commit message is longer than 2 MB.")
        # A commit object delimits the name with these characters; git drops them as well.
        readable = "".join(character for character in name or "root" if character not in "<>\n\0").strip()
        return cls(readable, email or "", message)

    @property
    def identity(self) -> bytes:
        """The author as a commit object spells it."""
        return f"{self.name} <{self.email}>".encode()


@dataclass(frozen=True)
class Head:
    """Where a new commit goes: a branch, and the commit it is at (None for the first one of a repository)."""

    repository: Repository
    git: Repo
    branch: str
    commit: Commit | None


def head_of(repository: Repository, git: Repo, branch: str, parent_commit_id: str | None) -> Head:
    """Return the head that a new commit on ``branch`` follows.

    :raises errors.CodeCommitException: when the branch does not exist (unless the repository is empty), or the
        parent is missing, not valid, unknown or not the head of the branch.
    """
    head = branch_head(git, branch)
    if head is None:
        if git.refs.read_ref(Ref(f"{TAG_PREFIX}{branch}".encode())) is not None:
            raise errors.BranchNameIsTagNameException(f"{branch} is the name of a tag")
        if branch_names(git):
            raise errors.BranchDoesNotExistException(f"{repository.name} has no branch named {branch}")
        if parent_commit_id:
            raise errors.ParentCommitDoesNotExistException(f"{repository.name} has no commit yet")
        return Head(repository, git, branch, None)
    if not parent_commit_id:
        raise errors.ParentCommitIdRequiredException(f"The branch {branch} exists: a parent commit ID is required")
    parent = validation.parent_commit_id(parent_commit_id)
    if ObjectID(parent.encode()) not in git.object_store:
        raise errors.ParentCommitDoesNotExistException(f"The commit {parent} does not exist")
    if parent != head:
        raise errors.ParentCommitIdOutdatedException(f"The head of {branch} is {head}, not {parent}")
    return Head(repository, git, branch, load_commit(git, head))


def files_of(git: Repo, commit: Commit | None) -> dict[str, Entry]:
    """Return all files of a commit by path; none without a commit."""
    if commit is None:
        return {}
    return {
        entry.path.decode("utf-8", "surrogateescape"): Entry(entry.mode, entry.sha)
        for entry in iter_tree_contents(git.object_store, commit.tree)
    }


def commit_on(head: Head, edits: Edits, author: Author, caller: str) -> Commit:
    """Write the edited tree as a commit and move the branch there. The caller holds the repository's lock.

    :raises errors.NoChangeException: when the tree is the one of the parent.
    """
    git, parent = head.git, head.commit
    for blob in edits.blobs:
        git.object_store.add_object(blob)
    tree = commit_tree(
        git.object_store,
        [(path.encode("utf-8", "surrogateescape"), e.blob_id, e.mode) for path, e in edits.files.items()],
    )
    if parent is not None and tree == parent.tree:
        raise errors.NoChangeException("The commit would change nothing")
    commit = Commit()
    commit.tree = tree
    commit.parents = [parent.id] if parent else []
    commit.author = commit.committer = author.identity
    commit.author_time = commit.commit_time = int(time.time())
    commit.author_timezone = commit.commit_timezone = 0
    commit.encoding = b"UTF-8"
    commit.message = (author.message or default_message(edits)).encode()
    git.object_store.add_object(commit)
    old = parent.id.decode() if parent else None
    change = ReferenceChange(f"{BRANCH_PREFIX}{head.branch}", old, commit.id.decode())
    apply_change(head.repository, git, change, caller)
    return commit


def default_message(edits: Edits) -> str:
    """Return the message of a commit that was given none: what it does to the first file, and how many more."""
    done = [
        *(f"Added {path}" for path in edits.added),
        *(f"Edited {path}" for path in edits.updated),
        *(f"Deleted {path}" for path in edits.deleted),
    ]
    return done[0] if len(done) == 1 else f"{done[0]} and {len(done) - 1} more" if done else "No file changed"


def put_file_entries(edits: Edits, entries: list[dict[str, Any]]) -> None:
    """Apply the ``putFiles`` of CreateCommit.

    :raises errors.CodeCommitException: when an entry is not valid or conflicts with the tree.
    """
    for entry in entries:
        path = validation.path(entry.get("filePath"))
        mode = validation.file_mode(entry["fileMode"]) if entry.get("fileMode") else None
        content, source = entry.get("fileContent"), entry.get("sourceFile")
        if content is not None and source:
            raise errors.FileContentAndSourceFileSpecifiedException(f"{path} has content and a source file")
        if source:
            source_path = validation.path(source.get("filePath"))
            edits.copy(source_path, path, mode, move=bool(source.get("isMove")))
        elif content is not None:
            edits.put(path, mode, content)
        else:
            raise errors.SourceFileOrContentRequiredException(f"{path} has neither content nor a source file")
