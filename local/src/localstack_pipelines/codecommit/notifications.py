"""The EventBridge events of repository state changes.

Their form is the one of "Monitoring CodeCommit events in Amazon EventBridge" (CodeCommit user guide).
"""

from __future__ import annotations

import json
import logging
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from localstack.aws.connect import connect_to

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .models import Repository

LOG = logging.getLogger(__name__)

SOURCE = "aws.codecommit"
DETAIL_TYPE = "CodeCommit Repository State Change"

BRANCH_PREFIX = "refs/heads/"
TAG_PREFIX = "refs/tags/"

# The event bus runs in the same process: a failure to reach it is brief or a defect.
ATTEMPTS = 5
PAUSE_SECONDS = 0.2


@dataclass(frozen=True)
class ReferenceChange:
    """One reference that changed: created (no old commit), deleted (no new commit) or updated.

    ``name`` is the full name (``refs/heads/main``); the commits are 40 hexadecimal digits.
    """

    name: str
    old_commit_id: str | None
    new_commit_id: str | None

    @property
    def branch_name(self) -> str | None:
        """The name of the branch, or None when the reference is not a branch."""
        return self.name.removeprefix(BRANCH_PREFIX) if self.name.startswith(BRANCH_PREFIX) else None

    @property
    def tag_name(self) -> str | None:
        """The name of the tag, or None when the reference is not a tag."""
        return self.name.removeprefix(TAG_PREFIX) if self.name.startswith(TAG_PREFIX) else None


def state_change_detail(
    repository_name: str, repository_id: str, change: ReferenceChange, caller_arn: str
) -> dict[str, str] | None:
    """Return the ``detail`` of the event for one changed reference.

    None for a reference that is neither a branch nor a tag: CodeCommit reports only those.
    """
    if change.branch_name is not None:
        reference_type, reference_name = "branch", change.branch_name
    elif change.tag_name is not None:
        reference_type, reference_name = "tag", change.tag_name
    else:
        return None
    if change.old_commit_id is None:
        event = "referenceCreated"
    elif change.new_commit_id is None:
        event = "referenceDeleted"
    else:
        event = "referenceUpdated"
    return {
        "event": event,
        "repositoryName": repository_name,
        "repositoryId": repository_id,
        "referenceType": reference_type,
        "referenceName": reference_name,
        "referenceFullName": change.name,
        **({"commitId": change.new_commit_id} if change.new_commit_id else {}),
        **({"oldCommitId": change.old_commit_id} if change.old_commit_id else {}),
        "callerUserArn": caller_arn,
    }


def publish(repository: Repository, changes: Sequence[ReferenceChange], caller_arn: str) -> None:
    """Put one event per changed branch or tag on the default event bus, in the order given.

    Blocks until the bus has them, so that a push that has returned has been announced. A bus that keeps
    failing is logged: the references have changed all the same.
    """
    for change in changes:
        detail = state_change_detail(repository.name, repository.repository_id, change, caller_arn)
        if detail is not None:
            _put(repository, detail)


def _put(repository: Repository, detail: dict[str, str]) -> None:
    entry: dict[str, Any] = {
        "Source": SOURCE,
        "DetailType": DETAIL_TYPE,
        "Resources": [repository.arn],
        "Detail": json.dumps(detail),
    }
    for attempt in range(1, ATTEMPTS + 1):
        try:
            events = connect_to(aws_access_key_id=repository.account_id, region_name=repository.region).events
            failed = events.put_events(Entries=[entry])["FailedEntryCount"]
        except Exception:  # the client raises whatever the transport does
            LOG.warning("Attempt %d to publish %s failed.", attempt, detail, exc_info=True)
        else:
            if not failed:
                return
            LOG.warning("Attempt %d to publish %s was refused by the event bus.", attempt, detail)
        time.sleep(PAUSE_SECONDS * attempt)
    LOG.error("The event %s was not published.", detail)
