"""Rules for names, ids, paths, tags and triggers. Each function returns the checked value or raises the API's error.

The limits are those of "Quotas in CodeCommit" (User Guide) and of the types in the API reference. The types of request
members have been checked against the service model.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from dulwich.refs import Ref, check_ref_format

from . import errors
from .state_changes import BRANCH_PREFIX

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

REPOSITORY_NAME = re.compile(r"[A-Za-z0-9_.-]{1,100}")
OBJECT_ID = re.compile(r"[0-9a-f]{40}")
TRIGGER_NAME = re.compile(r"[A-Za-z0-9_.-]{1,100}")
TRIGGER_DESTINATION = re.compile(r"arn:[a-z-]+:(sns|lambda):(?P<region>[a-z0-9-]+):[0-9]{12}:.+")

TRIGGER_EVENTS = frozenset({"all", "updateReference", "createReference", "deleteReference"})
FILE_MODES = frozenset({"EXECUTABLE", "NORMAL", "SYMLINK"})

MAXIMUM_TAGS = 50
MAXIMUM_TRIGGERS = 10
MAXIMUM_TRIGGER_BRANCHES = 10


def repository_name(value: str | None) -> str:
    """Check a repository name: 1 to 100 letters, digits, ``_``, ``.`` and ``-``, not ending in ``.git``."""
    if not value:
        raise errors.RepositoryNameRequiredException("A repository name is required.")
    if not REPOSITORY_NAME.fullmatch(value) or value.endswith(".git"):
        raise errors.InvalidRepositoryNameException(
            f"The repository name {value!r} is not valid: 1 to 100 letters, digits, underscores, periods and "
            "dashes, not ending in .git."
        )
    return value


def repository_description(value: str | None) -> str | None:
    """Check a description: at most 1,000 characters."""
    if value is not None and len(value) > 1000:
        raise errors.InvalidRepositoryDescriptionException("The repository description is longer than 1000 characters.")
    return value or None


def branch_name(value: str | None) -> str:
    """Check a branch name: 1 to 256 characters, and a valid git reference name under ``refs/heads/``."""
    if not value:
        raise errors.BranchNameRequiredException("A branch name is required.")
    if len(value) > 256 or not check_ref_format(Ref(f"{BRANCH_PREFIX}{value}".encode())):
        raise errors.InvalidBranchNameException(f"The branch name {value!r} is not valid.")
    return value


def commit_id(value: str | None) -> str:
    """Check a full commit id: 40 hexadecimal digits."""
    if not value:
        raise errors.CommitIdRequiredException("A commit ID is required.")
    return _object_id(value, errors.InvalidCommitIdException, "commit")


def parent_commit_id(value: str) -> str:
    """Check the full id of the parent of a new commit."""
    return _object_id(value, errors.InvalidParentCommitIdException, "commit")


def blob_id(value: str | None) -> str:
    """Check a full blob id: 40 hexadecimal digits."""
    if not value:
        raise errors.BlobIdRequiredException("A blob ID is required.")
    return _object_id(value, errors.InvalidBlobIdException, "blob")


def path(value: str | None, *, root_allowed: bool = False) -> str:
    """Check the path of a file or folder; return it without leading and trailing slash.

    :param root_allowed: whether the path may be the root of the tree (the empty path or ``/``).
    """
    if value is None or (not value and not root_allowed):
        raise errors.PathRequiredException("A path is required.")
    trimmed = value.removeprefix("/").removesuffix("/")
    if not trimmed:
        if root_allowed:
            return ""
        raise errors.InvalidPathException(f"The path {value!r} is not valid.")
    if any(part in {"", ".", "..", ".git"} for part in trimmed.split("/")) or "\0" in trimmed:
        raise errors.InvalidPathException(f"The path {value!r} is not valid.")
    return trimmed


def file_mode(value: str) -> str:
    """Check a file mode."""
    if value not in FILE_MODES:
        raise errors.InvalidFileModeException(f"The file mode {value!r} is not EXECUTABLE, NORMAL or SYMLINK.")
    return value


def tags(value: Mapping[str, str] | None, existing: Mapping[str, str] | None = None) -> dict[str, str]:
    """Check tags to add; return them together with the existing tags.

    Keys have 1 to 128 characters and do not start with ``aws:``; values have at most 256 characters. A repository has
    at most 50 tags.
    """
    result = dict(existing or {})
    for key, tag_value in (value or {}).items():
        if key.lower().startswith("aws:"):
            raise errors.InvalidSystemTagUsageException(f"The tag key {key!r} starts with aws:.")
        if not 1 <= len(key) <= 128 or len(tag_value or "") > 256:
            raise errors.InvalidTagsMapException(f"The tag {key!r} has an empty key, or is too long.")
        result[key] = tag_value or ""
    if len(result) > MAXIMUM_TAGS:
        raise errors.TooManyTagsException(f"A repository can have {MAXIMUM_TAGS} tags, not {len(result)}.")
    return result


def tag_keys(value: Sequence[str] | None) -> Sequence[str]:
    """Check the keys of tags to remove."""
    if not value:
        raise errors.TagKeysListRequiredException("A list of tag keys is required.")
    for key in value:
        if not 1 <= len(key) <= 128:
            raise errors.InvalidTagKeysListException(f"The tag key {key!r} is not valid.")
        if key.lower().startswith("aws:"):
            raise errors.InvalidSystemTagUsageException(f"The tag key {key!r} starts with aws:.")
    return value


def triggers(value: Sequence[Mapping[str, Any]] | None, region: str) -> list[dict[str, Any]]:
    """Check the triggers of a repository in ``region``. An empty list is valid and removes all triggers.

    A repository has at most 10 triggers, with at most 10 branches each. Destinations are SNS topics or Lambda functions
    in the region.
    """
    if value is None:
        raise errors.RepositoryTriggersListRequiredException("A list of triggers is required.")
    if len(value) > MAXIMUM_TRIGGERS:
        raise errors.MaximumRepositoryTriggersExceededException(
            f"A repository can have {MAXIMUM_TRIGGERS} triggers, not {len(value)}."
        )
    checked = [_trigger(trigger, region) for trigger in value]
    if len({trigger["name"] for trigger in checked}) < len(checked):
        raise errors.InvalidRepositoryTriggerNameException("Two triggers have the same name.")
    return checked


def _trigger(trigger: Mapping[str, Any], region: str) -> dict[str, Any]:
    name = _trigger_name(trigger.get("name"))
    _check_trigger_destination(name, trigger.get("destinationArn"), region)
    events: list[str] = list(trigger.get("events") or [])
    if not events:
        raise errors.RepositoryTriggerEventsListRequiredException(f"The trigger {name} has no event.")
    if unknown := sorted(set(events) - TRIGGER_EVENTS):
        raise errors.InvalidRepositoryTriggerEventsException(f"The trigger event {unknown[0]!r} is not valid.")
    if len(trigger.get("customData") or "") > 1000:
        raise errors.InvalidRepositoryTriggerCustomDataException(
            f"The custom data of the trigger {name} is longer than 1000 characters."
        )
    return dict(trigger) | {"branches": _trigger_branches(trigger.get("branches") or []), "events": events}


def _object_id(value: str, error: type[errors.CodeCommitError], kind: str) -> str:
    if not OBJECT_ID.fullmatch(value):
        raise error(f"{value!r} is not a full {kind} ID.")
    return value


def _trigger_name(value: str | None) -> str:
    if not value:
        raise errors.RepositoryTriggerNameRequiredException("A trigger must have a name.")
    if not TRIGGER_NAME.fullmatch(value):
        raise errors.InvalidRepositoryTriggerNameException(f"The trigger name {value!r} is not valid.")
    return value


def _check_trigger_destination(name: str, arn: str | None, region: str) -> None:
    if not arn:
        raise errors.RepositoryTriggerDestinationArnRequiredException(f"The trigger {name} has no destination.")
    match = TRIGGER_DESTINATION.fullmatch(arn)
    if not match:
        raise errors.InvalidRepositoryTriggerDestinationArnException(
            f"{arn} is not the ARN of an SNS topic or a Lambda function."
        )
    if match["region"] != region:
        raise errors.InvalidRepositoryTriggerRegionException(f"{arn} is not in the region {region}.")


def _trigger_branches(branches: Collection[str]) -> list[str]:
    if len(branches) > MAXIMUM_TRIGGER_BRANCHES:
        raise errors.MaximumBranchesExceededException(
            f"A trigger can name {MAXIMUM_TRIGGER_BRANCHES} branches, not {len(branches)}."
        )
    for branch in branches:
        try:
            branch_name(branch)
        except errors.CodeCommitError as invalid:
            raise errors.InvalidRepositoryTriggerBranchNameException(invalid.message) from invalid
    return list(branches)
