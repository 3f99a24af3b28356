"""Revisions for source actions of CodePipeline: the head of a branch, the message of a commit, its tree as a zip.

Errors are those of the API, see :mod:`.errors`.
"""

from __future__ import annotations

import io
import stat
import zipfile
from typing import TYPE_CHECKING

from dulwich.object_store import iter_tree_contents
from dulwich.objects import S_ISGITLINK, Blob

from . import errors
from .contents import load_commit
from .references import branch_head
from .store import find

if TYPE_CHECKING:
    from dulwich.objects import ObjectID
    from dulwich.repo import Repo

# The oldest time that a zip can contain. All members have it, so that a tree always gives the same bytes.
ZIP_TIMESTAMP = (1980, 1, 1, 0, 0, 0)
# ``create_system`` of Unix: ``external_attr`` contains a file mode.
UNIX = 3


def head_commit(account_id: str, region: str, repository_name: str, branch_name: str) -> str:
    """Return the id (40 hexadecimal digits) of the commit that a branch points at.

    :raises errors.RepositoryDoesNotExistException: the repository does not exist.
    :raises errors.BranchDoesNotExistException: the branch does not exist.
    """
    with find(account_id, region, repository_name).open() as git:
        head = branch_head(git, branch_name)
    if head is None:
        raise errors.BranchDoesNotExistException(f"{repository_name} has no branch named {branch_name}")
    return head


def commit_message(account_id: str, region: str, repository_name: str, commit_id: str) -> str:
    """Return the message of a commit.

    :raises errors.RepositoryDoesNotExistException: the repository does not exist.
    :raises errors.CommitDoesNotExistException: the commit does not exist.
    """
    with find(account_id, region, repository_name).open() as git:
        message: bytes = load_commit(git, commit_id).message
        return message.decode("utf-8", "replace")


def export_zip(account_id: str, region: str, repository_name: str, commit_id: str) -> bytes:
    """Return the tree of a commit as a zip: files, modes and symbolic links, without history and submodules.

    The bytes depend on the tree alone: members are sorted by path and all have the same time.

    :raises errors.RepositoryDoesNotExistException: the repository does not exist.
    :raises errors.CommitDoesNotExistException: the commit does not exist.
    """
    with find(account_id, region, repository_name).open() as git:
        return tree_zip(git, load_commit(git, commit_id).tree)


def tree_zip(git: Repo, tree_id: ObjectID) -> bytes:
    """Return a tree as a zip. See :func:`export_zip`."""
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


def _unix_mode(git_mode: int) -> int:
    if stat.S_ISLNK(git_mode):
        return stat.S_IFLNK | 0o777
    return stat.S_IFREG | (0o755 if git_mode & stat.S_IXUSR else 0o644)
