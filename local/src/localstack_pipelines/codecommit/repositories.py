"""What other services ask CodeCommit for: the head of a branch, a commit's message, its tree as a zip.

CodePipeline's source action is the caller. Errors are those of the API, see :mod:`.errors`.
"""

from __future__ import annotations

import io
import stat
import zipfile
from typing import TYPE_CHECKING

from dulwich.object_store import iter_tree_contents
from dulwich.objects import S_ISGITLINK, Blob, Commit, ObjectID

from . import errors
from .models import repositories_of
from .references import branch_head

if TYPE_CHECKING:
    from dulwich.repo import Repo

    from .models import Repository

# The oldest time a zip can hold; the same for every member, so that the same commit gives the same bytes.
ZIP_TIMESTAMP = (1980, 1, 1, 0, 0, 0)
UNIX = 3


def find(account_id: str, region: str, repository_name: str) -> Repository:
    """Return a repository.

    :raises errors.RepositoryDoesNotExistException: when there is none of that name in the account and region.
    """
    repository = repositories_of(account_id, region).get(repository_name)
    if repository is None:
        raise errors.RepositoryDoesNotExistException(f"{repository_name} does not exist")
    return repository


def head_commit(account_id: str, region: str, repository_name: str, branch_name: str) -> str:
    """Return the id (40 hexadecimal digits) of the commit a branch points at.

    :raises errors.RepositoryDoesNotExistException: when there is no such repository.
    :raises errors.BranchDoesNotExistException: when the repository has no such branch.
    """
    with find(account_id, region, repository_name).open() as git:
        head = branch_head(git, branch_name)
    if head is None:
        raise errors.BranchDoesNotExistException(f"{repository_name} has no branch named {branch_name}")
    return head


def commit_message(account_id: str, region: str, repository_name: str, commit_id: str) -> str:
    """Return the message of a commit.

    :raises errors.RepositoryDoesNotExistException: when there is no such repository.
    :raises errors.CommitDoesNotExistException: when the repository has no such commit.
    """
    with find(account_id, region, repository_name).open() as git:
        message: bytes = load_commit(git, commit_id).message
        return message.decode("utf-8", "replace")


def export_zip(account_id: str, region: str, repository_name: str, commit_id: str) -> bytes:
    """Return the tree of a commit as a zip: files, modes and symbolic links, no history, no submodules.

    The bytes depend on the tree alone: members are sorted by path and carry no time.

    :raises errors.RepositoryDoesNotExistException: when there is no such repository.
    :raises errors.CommitDoesNotExistException: when the repository has no such commit.
    """
    with find(account_id, region, repository_name).open() as git:
        return tree_zip(git, load_commit(git, commit_id).tree)


def tree_zip(git: Repo, tree_id: ObjectID) -> bytes:
    """Return a tree as a zip, see :func:`export_zip`."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as zipped:
        for entry in sorted(iter_tree_contents(git.object_store, tree_id), key=lambda entry: entry.path):
            if S_ISGITLINK(entry.mode):
                continue
            blob = git[entry.sha]
            if not isinstance(blob, Blob):
                continue
            member = zipfile.ZipInfo(entry.path.decode("utf-8", "backslashreplace"), ZIP_TIMESTAMP)
            member.create_system = UNIX
            member.compress_type = zipfile.ZIP_DEFLATED
            member.external_attr = _unix_mode(entry.mode) << 16
            zipped.writestr(member, blob.data)
    return archive.getvalue()


def load_commit(git: Repo, commit_id: str) -> Commit:
    """Return a commit by its id.

    :raises errors.CommitDoesNotExistException: when there is no such commit.
    """
    try:
        commit = git[ObjectID(commit_id.encode())]
    except (KeyError, ValueError):
        commit = None
    if not isinstance(commit, Commit):
        raise errors.CommitDoesNotExistException(f"The commit {commit_id} does not exist")
    return commit


def _unix_mode(git_mode: int) -> int:
    if stat.S_ISLNK(git_mode):
        return stat.S_IFLNK | 0o777
    return stat.S_IFREG | (0o755 if git_mode & stat.S_IXUSR else 0o644)
