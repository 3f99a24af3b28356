"""Repository state changes, and the events that report them.

Source: CodeCommit User Guide, "Monitoring CodeCommit events in Amazon EventBridge".
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from localstack_pipelines.common.event_bus import Event, put_event

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .models import Repository

LOG = logging.getLogger(__name__)

SOURCE = "aws.codecommit"
DETAIL_TYPE = "CodeCommit Repository State Change"

BRANCH_PREFIX = "refs/heads/"
TAG_PREFIX = "refs/tags/"

# The event bus runs in the same process: if it cannot be reached, the failure is either short or a defect.
ATTEMPTS = 5
PAUSE_SECONDS = 0.2


@dataclass(frozen=True)
class ReferenceChange:
    """The change of a reference: created (no old commit), deleted (no new commit) or updated.

    ``name`` is the full name (``refs/heads/main``). Commit ids have 40 hexadecimal digits.
    """

    name: str
    old_commit_id: str | None
    new_commit_id: str | None

    @property
    def branch_name(self) -> str | None:
        """The name of the branch; ``None`` when the reference is not a branch."""
        return self.name.removeprefix(BRANCH_PREFIX) if self.name.startswith(BRANCH_PREFIX) else None

    @property
    def tag_name(self) -> str | None:
        """The name of the tag; ``None`` when the reference is not a tag."""
        return self.name.removeprefix(TAG_PREFIX) if self.name.startswith(TAG_PREFIX) else None


def state_change_detail(
    repository_name: str, repository_id: str, change: ReferenceChange, caller_arn: str
) -> dict[str, Any] | None:
    """Return the ``detail`` of the event that reports a change.

    ``None`` for a reference that is not a branch or a tag: CodeCommit reports no others.
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
    """Send one event per changed branch or tag, in the given order.

    Returns after the event bus has accepted the events: when a push returns, its events exist. If the bus keeps
    failing, the failure is logged; the references have changed in any case.
    """
    for change in changes:
        detail = state_change_detail(repository.name, repository.repository_id, change, caller_arn)
        if detail is not None:
            _send(repository, detail)


def _send(repository: Repository, detail: dict[str, Any]) -> None:
    event = Event(SOURCE, DETAIL_TYPE, repository.arn, detail)
    for attempt in range(1, ATTEMPTS + 1):
        try:
            put_event(repository.account_id, repository.region, event)
        except Exception:  # whatever the client and its transport raise
            LOG.warning("Attempt %d to publish %s failed.", attempt, detail, exc_info=True)
            time.sleep(PAUSE_SECONDS * attempt)
        else:
            return
    LOG.error("The event %s was not published.", detail)
