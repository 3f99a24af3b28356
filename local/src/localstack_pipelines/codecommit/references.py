"""Branches and tags, and the changes of them that a push and an API call make."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dulwich.objects import Commit, ObjectID, Tag
from dulwich.refs import Ref, check_ref_format

from . import store
from .state_changes import BRANCH_PREFIX, ReferenceChange, publish

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dulwich.repo import Repo

    from .models import Repository


class ReferenceRefusedError(Exception):
    """A push may not change a reference in this way. git shows the message to the user who pushes."""


def branch_ref(branch_name: str) -> Ref:
    """Return the full git name of a branch."""
    return Ref(f"{BRANCH_PREFIX}{branch_name}".encode())


def branch_head(git: Repo, branch_name: str) -> str | None:
    """Return the id of the commit that a branch points at; ``None`` when the branch does not exist."""
    head = git.refs.read_ref(branch_ref(branch_name))
    return head.decode() if head else None


def branch_names(git: Repo) -> list[str]:
    """Return the names of all branches, sorted."""
    return sorted(name.decode() for name in git.refs.as_dict(Ref(BRANCH_PREFIX.rstrip("/").encode())))


def conflicting_branch(git: Repo, branch_name: str) -> str | None:
    """Return a branch that prevents a branch named ``branch_name``: git cannot have both ``a`` and ``a/b``."""
    for other in branch_names(git):
        if other.startswith(f"{branch_name}/") or branch_name.startswith(f"{other}/"):
            return other
    return None


def commit_of(git: Repo, object_id: str) -> str:
    """Return the id of the object that an annotated tag points at; for any other object, its own id."""
    current = object_id
    while isinstance(target := git[ObjectID(current.encode())], Tag):
        current = target.object[1].decode()
    return current


def check_change(repository: Repository, git: Repo, change: ReferenceChange) -> None:
    """Check that a push may change a reference. The caller holds ``repository.lock``.

    In addition to git's own rules, the default branch cannot be deleted (CodeCommit User Guide, "Delete a branch").

    :raises ReferenceRefusedError: the change is not allowed.
    """
    if store.repositories_of(repository.account_id, repository.region).get(repository.name) is not repository:
        raise ReferenceRefusedError("the repository was deleted or renamed")
    ref = Ref(change.name.encode())
    if not check_ref_format(ref) or not change.name.startswith("refs/"):
        raise ReferenceRefusedError("invalid reference name")
    current = git.refs.read_ref(ref)
    if (current.decode() if current else None) != change.old_commit_id:
        # The reference has changed since the client read it. The words are git's own.
        raise ReferenceRefusedError("fetch first")
    if change.new_commit_id is None:
        if change.branch_name is not None and change.branch_name == repository.default_branch:
            raise ReferenceRefusedError("the default branch cannot be deleted")
        return
    new_id = ObjectID(change.new_commit_id.encode())
    if new_id not in git.object_store:
        raise ReferenceRefusedError("missing necessary objects")
    if change.branch_name is not None and not isinstance(git[new_id], Commit):
        raise ReferenceRefusedError("a branch must point at a commit")
    if change.branch_name is not None and (other := conflicting_branch(git, change.branch_name)):
        raise ReferenceRefusedError(f"there is a branch {other}")


def record_changes(repository: Repository, git: Repo, changes: Sequence[ReferenceChange], caller: str) -> None:
    """Update the default branch and the modification date after changes of references, and publish the changes.

    The first branch of an empty repository becomes its default branch, as on AWS. The caller holds
    ``repository.lock``.
    """
    if repository.default_branch is None:
        created = [change.branch_name for change in changes if change.branch_name and change.new_commit_id]
        if created:
            set_default_branch(repository, git, created[0])
    repository.touch()
    publish(repository, [_with_commits(git, change) for change in changes], caller)


def set_default_branch(repository: Repository, git: Repo, branch_name: str) -> None:
    """Make a branch the default branch, which a clone checks out."""
    repository.default_branch = branch_name
    git.refs.set_symbolic_ref(Ref(b"HEAD"), branch_ref(branch_name))


def apply_change(repository: Repository, git: Repo, change: ReferenceChange, caller: str) -> bool:
    """Change a reference for an API call, and record the change.

    :return: whether the reference was at ``old_commit_id``; otherwise nothing has changed.
    """
    ref = Ref(change.name.encode())
    old = ObjectID(change.old_commit_id.encode()) if change.old_commit_id else None
    with repository.lock:
        if change.new_commit_id is None:
            done = git.refs.remove_if_equals(ref, old)
        elif old is None:
            done = git.refs.add_if_new(ref, ObjectID(change.new_commit_id.encode()))
        else:
            done = git.refs.set_if_equals(ref, old, ObjectID(change.new_commit_id.encode()))
        if done:
            record_changes(repository, git, [change], caller)
    return done


def _with_commits(git: Repo, change: ReferenceChange) -> ReferenceChange:
    """Replace the ids of annotated tags with those of their commits: ``commitId`` of an event is a commit's id."""
    if change.tag_name is None:
        return change
    old, new = (
        commit_of(git, object_id) if object_id else None for object_id in (change.old_commit_id, change.new_commit_id)
    )
    return ReferenceChange(change.name, old, new)
