"""Changes of branches and tags: what a push and what an API call have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dulwich.objects import Commit, ObjectID, Tag
from dulwich.refs import Ref, check_ref_format

from . import models
from .notifications import BRANCH_PREFIX, ReferenceChange, publish

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dulwich.repo import Repo

    from .models import Repository


class ReferenceRefusedError(Exception):
    """A reference must not be changed like that; the message is for the one who pushes."""


def caller_arn(account_id: str) -> str:
    """Return the ARN of the caller. LocalStack knows no users behind its credentials: it is the account's root."""
    return f"arn:aws:iam::{account_id}:root"


def branch_ref(branch_name: str) -> Ref:
    """Return the full name of a branch as git spells it."""
    return Ref(f"{BRANCH_PREFIX}{branch_name}".encode())


def branch_head(git: Repo, branch_name: str) -> str | None:
    """Return the commit id a branch points at, or None when there is no such branch."""
    head = git.refs.read_ref(branch_ref(branch_name))
    return head.decode() if head else None


def branch_names(git: Repo) -> list[str]:
    """Return the names of all branches, sorted."""
    return sorted(name.decode() for name in git.refs.as_dict(Ref(BRANCH_PREFIX.rstrip("/").encode())))


def conflicting_branch(git: Repo, branch_name: str) -> str | None:
    """Return a branch that keeps git from having ``branch_name``: ``a`` and ``a/b`` cannot exist together."""
    for other in branch_names(git):
        if other.startswith(f"{branch_name}/") or branch_name.startswith(f"{other}/"):
            return other
    return None


def commit_of(git: Repo, object_id: str) -> str:
    """Return the id of the commit that an object is or, for an annotated tag, points at; else the object's own."""
    current = object_id
    while isinstance(target := git[ObjectID(current.encode())], Tag):
        current = target.object[1].decode()
    return current


def check_change(repository: Repository, git: Repo, change: ReferenceChange) -> None:
    """Say whether a pushed change of a reference may be made. The caller holds ``repository.lock``.

    Beyond git's own rules, the default branch cannot be deleted (CodeCommit user guide, "Delete a branch").

    :raises ReferenceRefusedError: when it may not.
    """
    if models.repositories_of(repository.account_id, repository.region).get(repository.name) is not repository:
        raise ReferenceRefusedError("the repository was deleted or renamed")
    ref = Ref(change.name.encode())
    if not check_ref_format(ref) or not change.name.startswith("refs/"):
        raise ReferenceRefusedError("invalid reference name")
    current = git.refs.read_ref(ref)
    if (current.decode() if current else None) != change.old_commit_id:
        # The pusher has seen another state of the reference; git's own word for it.
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
    """Follow up on references that have changed: default branch, modification date, events.

    The first branch of an empty repository becomes its default branch, as in CodeCommit. The caller holds
    ``repository.lock``.
    """
    if repository.default_branch is None:
        created = [change.branch_name for change in changes if change.branch_name and change.new_commit_id]
        if created:
            set_default_branch(repository, git, created[0])
    repository.touch()
    publish(repository, [_with_commits(git, change) for change in changes], caller)


def set_default_branch(repository: Repository, git: Repo, branch_name: str) -> None:
    """Make a branch the default one; a clone checks it out."""
    repository.default_branch = branch_name
    git.refs.set_symbolic_ref(Ref(b"HEAD"), branch_ref(branch_name))


def apply_change(repository: Repository, git: Repo, change: ReferenceChange, caller: str) -> bool:
    """Make one change of a reference on behalf of an API call and follow up on it.

    False, and nothing done, when the reference is not at ``old_commit_id`` (any more).
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
    """Replace the ids of annotated tags by those of their commits: an event's ``commitId`` is a commit's."""
    if change.tag_name is None:
        return change
    old, new = (
        commit_of(git, object_id) if object_id else None for object_id in (change.old_commit_id, change.new_commit_id)
    )
    return ReferenceChange(change.name, old, new)
