"""New commits on a branch."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dulwich.index import commit_tree
from dulwich.object_store import iter_tree_contents
from dulwich.objects import Commit, ObjectID
from dulwich.refs import Ref

from . import errors, validation
from .contents import load_commit
from .edits import FileEntry, default_message
from .references import apply_change, branch_head, branch_names
from .state_changes import BRANCH_PREFIX, TAG_PREFIX, ReferenceChange

if TYPE_CHECKING:
    from dulwich.repo import Repo

    from .edits import TreeEdits
    from .models import Repository

MAXIMUM_MESSAGE_SIZE = 2 * 1024 * 1024
MAXIMUM_NAME_LENGTH = 256


@dataclass(frozen=True)
class Author:
    """The author of a commit, and the commit message."""

    name: str
    email: str
    message: str | None

    @classmethod
    def checked(cls, name: str | None, email: str | None, message: str | None) -> Author:
        """Return the author of a request.

        :raises errors.CodeCommitError: the name, the email address or the message is not valid.
        """
        if len(name or "") > MAXIMUM_NAME_LENGTH:
            raise errors.NameLengthExceededException("The author's name is longer than 256 characters.")
        if len(email or "") > MAXIMUM_NAME_LENGTH or any(character in "<>\n\0" for character in email or ""):
            raise errors.InvalidEmailException(f"The email address {email!r} is not valid.")
        if len((message or "").encode()) > MAXIMUM_MESSAGE_SIZE:
            raise errors.CommitMessageLengthExceededException("The commit message is longer than 2 MB.")
        # These characters delimit the name in a commit object. git drops them as well.
        readable = "".join(character for character in name or "root" if character not in "<>\n\0").strip()
        return cls(readable, email or "", message)

    @property
    def identity(self) -> bytes:
        """The author in the form of a commit object."""
        return f"{self.name} <{self.email}>".encode()


@dataclass(frozen=True)
class BranchHead:
    """A branch, and the commit that it points at (``None`` in an empty repository)."""

    repository: Repository
    git: Repo
    branch: str
    commit: Commit | None


def head_of(repository: Repository, git: Repo, branch: str, parent_commit_id: str | None) -> BranchHead:
    """Return the head of ``branch``, for a new commit.

    :raises errors.CodeCommitError: the branch does not exist (unless the repository is empty), or the parent is
        missing, not valid, unknown or not the head of the branch.
    """
    head = branch_head(git, branch)
    if head is None:
        if git.refs.read_ref(Ref(f"{TAG_PREFIX}{branch}".encode())) is not None:
            raise errors.BranchNameIsTagNameException(f"{branch} is the name of a tag")
        if branch_names(git):
            raise errors.BranchDoesNotExistException(f"{repository.name} has no branch named {branch}")
        if parent_commit_id:
            raise errors.ParentCommitDoesNotExistException(f"{repository.name} has no commits")
        return BranchHead(repository, git, branch, None)
    if not parent_commit_id:
        raise errors.ParentCommitIdRequiredException(f"The branch {branch} exists, so a parent commit ID is required")
    parent = validation.parent_commit_id(parent_commit_id)
    if ObjectID(parent.encode()) not in git.object_store:
        raise errors.ParentCommitDoesNotExistException(f"The commit {parent} does not exist")
    if parent != head:
        raise errors.ParentCommitIdOutdatedException(f"The head of {branch} is {head}, not {parent}")
    return BranchHead(repository, git, branch, load_commit(git, head))


def files_of(git: Repo, commit: Commit | None) -> dict[str, FileEntry]:
    """Return the files of a commit by path; none without a commit."""
    if commit is None:
        return {}
    return {
        entry.path.decode("utf-8", "surrogateescape"): FileEntry(entry.mode, entry.sha)
        for entry in iter_tree_contents(git.object_store, commit.tree)
    }


def commit_on(head: BranchHead, edits: TreeEdits, author: Author, caller: str) -> Commit:
    """Write the edited files as a commit and move the branch to it. The caller holds the repository's lock.

    :raises errors.NoChangeException: the tree is the same as that of the parent.
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
