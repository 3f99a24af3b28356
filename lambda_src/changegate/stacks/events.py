"""Finds, in the events of a stack, the failure that all others follow from. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from changegate.wording import quote

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

    from mypy_boto3_cloudformation.type_defs import StackEventTypeDef

# What CloudFormation writes about resources that it stopped because of another's failure, and about the stack itself.
_CONSEQUENCES: Final = (
    "Resource creation cancelled",
    "Resource creation Cancelled",
    "Resource update cancelled",
    "Resource deletion cancelled",
    "The following resource(s) failed",
)
_BEGINNINGS: Final = frozenset({"CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "DELETE_IN_PROGRESS", "IMPORT_IN_PROGRESS"})


@dataclass(frozen=True, slots=True)
class Failure:
    """One failed event of a resource, or the stack's own event that says why it is rolled back."""

    logical_resource_id: str
    physical_resource_id: str
    resource_type: str
    status: str
    reason: str

    def __str__(self) -> str:
        """Return the half sentence that follows "because"."""
        return f"{self.logical_resource_id} ({self.resource_type}) is {self.status}: {quote(self.reason)}"

    @classmethod
    def of(cls, event: StackEventTypeDef) -> Failure:
        """Return what an event says."""
        return cls(
            logical_resource_id=event.get("LogicalResourceId", ""),
            physical_resource_id=event.get("PhysicalResourceId", ""),
            resource_type=event.get("ResourceType", ""),
            status=event.get("ResourceStatus", ""),
            reason=event.get("ResourceStatusReason", "no reason was given"),
        )


def of_operation(newest_first: Iterable[StackEventTypeDef], client_token: str | None) -> list[StackEventTypeDef]:
    """Return the events of one operation, newest first; no more events are taken than it needs.

    :param newest_first: events of one stack in the order of DescribeStackEvents (API reference).
    :param client_token: the ClientRequestToken of the operation, which all its events bear (API reference, StackEvent).
        Where none bears it, or it is ``None``, the operation is taken to be the newest one.
    """
    newest: list[StackEventTypeDef] = []
    marked: list[StackEventTypeDef] = []
    newest_is_whole = False
    for event in newest_first:
        begins = _is_of_stack(event) and event.get("ResourceStatus") in _BEGINNINGS
        if not newest_is_whole:
            newest.append(event)
            newest_is_whole = begins
        if client_token is None:
            if newest_is_whole:
                break
        elif event.get("ClientRequestToken") == client_token:
            marked.append(event)
            if begins:
                break
    return marked or newest


def since(newest_first: Iterable[StackEventTypeDef], moment: dt.datetime) -> list[StackEventTypeDef]:
    """Return the events at or after ``moment``, newest first; no more events are taken than that needs."""
    events: list[StackEventTypeDef] = []
    for event in newest_first:
        if event["Timestamp"] < moment:
            break
        events.append(event)
    return events


def first_failure(newest_first: Sequence[StackEventTypeDef]) -> Failure | None:
    """Return the failure that an operation ended by: the first that is not the consequence of another.

    Where no resource failed, the stack itself says why it was rolled back: an alarm, somebody who cancelled.
    """
    failures = [event for event in newest_first if event.get("ResourceStatus", "").endswith("_FAILED")]
    rollbacks = [event for event in newest_first if _begins_rollback(event) and event.get("ResourceStatusReason")]
    causes = [event for event in failures if not _is_consequence(event)] or failures or rollbacks
    return Failure.of(causes[-1]) if causes else None


def rollback_failure(newest_first: Sequence[StackEventTypeDef]) -> Failure | None:
    """Return what the last rollback of an operation failed by, or ``None`` when it had none, or that went well."""
    for index, event in enumerate(newest_first):
        if _begins_rollback(event):
            return first_failure(newest_first[:index])
    return None


def _is_of_stack(event: StackEventTypeDef) -> bool:
    return event.get("PhysicalResourceId") == event.get("StackId")


def _begins_rollback(event: StackEventTypeDef) -> bool:
    status = event.get("ResourceStatus", "")
    return _is_of_stack(event) and status.endswith("ROLLBACK_IN_PROGRESS")


def _is_consequence(event: StackEventTypeDef) -> bool:
    return event.get("ResourceStatusReason", "").startswith(_CONSEQUENCES)
