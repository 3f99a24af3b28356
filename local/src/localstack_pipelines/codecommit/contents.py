"""Contents of commits: files, folders and differences, in the form of the API. Only reads."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING, Any

from dulwich.diff_tree import tree_changes
from dulwich.errors import NotTreeError
from dulwich.object_store import tree_lookup_path
from dulwich.objects import S_ISGITLINK, Blob, Commit, ObjectID, SubmoduleEncountered, Tree
from dulwich.refs import Ref

from . import errors
from .references import branch_head, commit_of
from .state_changes import TAG_PREFIX
from .validation import OBJECT_ID

if TYPE_CHECKING:
    from dulwich.objects import TreeEntry
    from dulwich.repo import Repo

    from .models import Repository

# User Guide, "Quotas in CodeCommit". Larger files are available through git only.
MAXIMUM_FILE_SIZE = 6 * 1024 * 1024

CHANGE_TYPES = {"add": "A", "modify": "M", "delete": "D"}


def load_commit(git: Repo, commit_id: str) -> Commit:
    """Return a commit.

    :raises errors.CommitDoesNotExistException: the repository has no commit with that id.
    """
    try:
        commit = git[ObjectID(commit_id.encode())]
    except (KeyError, ValueError):
        commit = None
    if not isinstance(commit, Commit):
        raise errors.CommitDoesNotExistException(f"The commit {commit_id} does not exist")
    return commit


def resolve_commit(repository: Repository, git: Repo, specifier: str | None) -> Commit:
    """Return the commit that a commit specifier names.

    :param specifier: a full commit id, a branch or a tag (in this order); ``HEAD`` or ``None`` for the head of the
        default branch.
    :raises errors.CommitDoesNotExistException: the specifier does not name anything.
    :raises errors.InvalidCommitException: the specifier does not name a commit, but for example the tag of a tree.
    """
    if specifier in {None, "", "HEAD"}:
        head = branch_head(git, repository.default_branch) if repository.default_branch else None
        if head is None:
            raise errors.CommitDoesNotExistException(f"{repository.name} has no default branch")
        return load_commit(git, head)
    name = str(specifier)
    if OBJECT_ID.fullmatch(name):
        return load_commit(git, name)
    short = name.removeprefix("refs/heads/").removeprefix(TAG_PREFIX)
    if (head := branch_head(git, short)) is not None:
        return load_commit(git, head)
    tag = git.refs.read_ref(Ref(f"{TAG_PREFIX}{short}".encode()))
    if tag is None:
        raise errors.CommitDoesNotExistException(f"{name} names no commit of {repository.name}")
    try:
        return load_commit(git, commit_of(git, tag.decode()))
    except errors.CommitDoesNotExistException as not_a_commit:
        raise errors.InvalidCommitException(f"{name} is not a commit") from not_a_commit


def describe_commit(commit: Commit) -> dict[str, Any]:
    """Return ``Commit``."""
    return {
        "commitId": commit.id.decode(),
        "treeId": commit.tree.decode(),
        "parents": [parent.decode() for parent in commit.parents],
        "message": commit.message.decode("utf-8", "replace"),
        "author": _user(commit.author, commit.author_time, commit.author_timezone),
        "committer": _user(commit.committer, commit.commit_time, commit.commit_timezone),
        "additionalData": "",
    }


def file_mode_name(mode: int) -> str:
    """Return the name that the API has for a git file mode."""
    if stat.S_ISLNK(mode):
        return "SYMLINK"
    return "EXECUTABLE" if mode & stat.S_IXUSR else "NORMAL"


def find_file(git: Repo, commit: Commit, path: str) -> tuple[int, Blob]:
    """Return the mode and the blob of the file at ``path``.

    :raises errors.FileDoesNotExistException: the commit has no such file.
    :raises errors.FileTooLargeException: the file is larger than 6 MB.
    """
    entry = _look_up(git, commit, path)
    blob = git[entry[1]] if entry and not S_ISGITLINK(entry[0]) else None
    if entry is None or not isinstance(blob, Blob):
        raise errors.FileDoesNotExistException(f"The commit {commit.id.decode()} has no file {path}")
    return entry[0], checked_size(blob)


def checked_size(blob: Blob) -> Blob:
    """Return the blob, which must be small enough for the API.

    :raises errors.FileTooLargeException: the blob is larger than 6 MB.
    """
    if blob.raw_length() > MAXIMUM_FILE_SIZE:
        raise errors.FileTooLargeException(f"The file is larger than {MAXIMUM_FILE_SIZE} bytes")
    return blob


def describe_folder(git: Repo, commit: Commit, path: str) -> dict[str, Any]:
    """Return ``GetFolderOutput`` for the folder at ``path`` (empty for the root).

    :raises errors.FolderDoesNotExistException: the commit has no such folder.
    """
    entry = _look_up(git, commit, path) if path else (stat.S_IFDIR, commit.tree)
    folder = git[entry[1]] if entry and stat.S_ISDIR(entry[0]) else None
    if not isinstance(folder, Tree):
        raise errors.FolderDoesNotExistException(f"The commit {commit.id.decode()} has no folder {path}")
    answer: dict[str, Any] = {
        "commitId": commit.id.decode(),
        "folderPath": path,
        "treeId": folder.id.decode(),
        "subFolders": [],
        "files": [],
        "symbolicLinks": [],
        "subModules": [],
    }
    for item in folder.iteritems():
        name = item.path.decode("utf-8", "replace")
        paths = {"absolutePath": f"{path}/{name}" if path else name, "relativePath": name}
        object_id = item.sha.decode()
        if stat.S_ISDIR(item.mode):
            answer["subFolders"].append({"treeId": object_id} | paths)
        elif S_ISGITLINK(item.mode):
            answer["subModules"].append({"commitId": object_id} | paths)
        else:
            kind = "symbolicLinks" if stat.S_ISLNK(item.mode) else "files"
            answer[kind].append({"blobId": object_id, "fileMode": file_mode_name(item.mode)} | paths)
    return answer


def differences(
    git: Repo, before: Commit | None, after: Commit, *, before_path: str, after_path: str
) -> list[dict[str, Any]]:
    """Return a ``Difference`` for each file that differs, sorted by path.

    Without ``before``, every file of ``after`` is an addition. A path that is not empty limits its side to a file or
    folder.

    :raises errors.PathDoesNotExistException: a path does not exist in its commit.
    """
    for commit, path in ((before, before_path), (after, after_path)):
        if path and (commit is None or _look_up(git, commit, path) is None):
            raise errors.PathDoesNotExistException(f"The path {path} does not exist")
    found = []
    for change in tree_changes(git.object_store, before.tree if before else None, after.tree):
        old, new = change.old, change.new
        if not _within(old, before_path) or not _within(new, after_path):
            continue
        difference = {"changeType": CHANGE_TYPES[change.type]}
        sides = {"beforeBlob": _blob_metadata(old), "afterBlob": _blob_metadata(new)}
        found.append(difference | {side: blob for side, blob in sides.items() if blob})
    return found


def _look_up(git: Repo, commit: Commit, path: str) -> tuple[int, ObjectID] | None:
    try:
        return tree_lookup_path(git.__getitem__, commit.tree, path.encode())
    except (KeyError, NotTreeError, SubmoduleEncountered):
        return None


def _user(identity: bytes, seconds: int, timezone: int) -> dict[str, str]:
    name, _, rest = identity.decode("utf-8", "replace").partition(" <")
    sign = "-" if timezone < 0 else "+"
    minutes = abs(timezone) // 60
    return {
        "name": name,
        "email": rest.removesuffix(">"),
        "date": f"{seconds} {sign}{minutes // 60:02d}{minutes % 60:02d}",
    }


def _within(entry: TreeEntry | None, path: str) -> bool:
    """Return whether a changed entry is at or below ``path``. An absent entry is so only for an empty ``path``."""
    if not path:
        return True
    if entry is None:
        return False
    name = entry.path.decode("utf-8", "replace")
    return name == path or name.startswith(f"{path}/")


def _blob_metadata(entry: TreeEntry | None) -> dict[str, str] | None:
    if entry is None:
        return None
    return {
        "blobId": entry.sha.decode(),
        "path": entry.path.decode("utf-8", "replace"),
        "mode": f"{entry.mode:06o}",
    }
