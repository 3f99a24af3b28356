"""The events of a stack: reads them, and finds the failure that all others follow from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from changegate.wording import quote

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator, Sequence

    from mypy_boto3_cloudformation import CloudFormationClient
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
    """A failed event of a resource, or the stack's own event that gives the reason of its rollback."""

    logical_resource_id: str
    physical_resource_id: str
    resource_type: str
    status: str
    reason: str

    def __str__(self) -> str:
        """Return the clause that follows "because"."""
        return f"{self.logical_resource_id} ({self.resource_type}) is {self.status}: {quote(self.reason)}"

    @classmethod
    def of(cls, event: StackEventTypeDef) -> Failure:
        """Return the failure that an event reports."""
        return cls(
            logical_resource_id=event.get("LogicalResourceId", ""),
            physical_resource_id=event.get("PhysicalResourceId", ""),
            resource_type=event.get("ResourceType", ""),
            status=event.get("ResourceStatus", ""),
            reason=event.get("ResourceStatusReason", "no reason was given"),
        )


def events_of(cloudformation: CloudFormationClient, stack_id: str) -> Iterator[StackEventTypeDef]:
    """Yield the stack's events, newest first, page by page as they are used."""
    for page in cloudformation.get_paginator("describe_stack_events").paginate(StackName=stack_id):
        yield from page["StackEvents"]


def of_operation(newest_first: Iterable[StackEventTypeDef], client_token: str | None) -> list[StackEventTypeDef]:
    """Return the events of one operation, newest first; read no more events than that needs.

    :param newest_first: events of one stack in the order of DescribeStackEvents (API reference).
    :param client_token: the ClientRequestToken of the operation, which all its events have (API reference, StackEvent).
        If it is ``None``, or no event has it, the operation is the newest one.
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
    """Return the events at or after ``moment``, newest first; read no more events than that needs."""
    events: list[StackEventTypeDef] = []
    for event in newest_first:
        if event["Timestamp"] < moment:
            break
        events.append(event)
    return events


def first_failure(newest_first: Sequence[StackEventTypeDef]) -> Failure | None:
    """Return the failure that ended an operation: the first that is not the consequence of another.

    If no resource failed, the stack's own event has the reason of its rollback: an alarm, or a cancelled update.
    """
    failures = [event for event in newest_first if event.get("ResourceStatus", "").endswith("_FAILED")]
    rollbacks = [event for event in newest_first if _begins_rollback(event) and event.get("ResourceStatusReason")]
    causes = [event for event in failures if not _is_consequence(event)] or failures or rollbacks
    return Failure.of(causes[-1]) if causes else None


def rollback_failure(newest_first: Sequence[StackEventTypeDef]) -> Failure | None:
    """Return the failure of an operation's last rollback, or ``None`` if there was no rollback or it succeeded."""
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
