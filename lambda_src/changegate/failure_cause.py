"""Finds, in the events of a stack, the failure that all others follow from. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mypy_boto3_cloudformation.type_defs import StackEventTypeDef

# What CloudFormation writes about resources that it stopped because of another's failure, and about the stack itself.
_CONSEQUENCES: Final = (
    "Resource creation cancelled",
    "Resource creation Cancelled",
    "Resource update cancelled",
    "Resource deletion cancelled",
    "The following resource(s) failed",
)


@dataclass(frozen=True, slots=True)
class Failure:
    """One failed event of a resource."""

    logical_resource_id: str
    physical_resource_id: str
    resource_type: str
    status: str
    reason: str

    def __str__(self) -> str:
        """Return the half sentence that follows "because"."""
        return f"{self.logical_resource_id} ({self.resource_type}) is {self.status}: {self.reason.rstrip('. ')}"


def first_failure(events: Iterable[StackEventTypeDef], client_token: str | None) -> Failure | None:
    """Return the first failure of one operation.

    :param events: events of one stack as DescribeStackEvents gives them: newest first ("in reverse chronological
        order", API reference).
    :param client_token: the ClientRequestToken of the operation ("All events triggered by a given stack operation
        are assigned the same client request token", API reference, StackEvent). Where no event bears it, or it is
        ``None``, the operation is taken to be the newest one in the list.
    """
    operation = _of_operation(list(events), client_token)
    failures = [event for event in operation if event.get("ResourceStatus", "").endswith("_FAILED")]
    causes = [event for event in failures if not _is_consequence(event)] or failures
    if not causes:
        return None
    first = causes[-1]
    return Failure(
        logical_resource_id=first.get("LogicalResourceId", ""),
        physical_resource_id=first.get("PhysicalResourceId", ""),
        resource_type=first.get("ResourceType", ""),
        status=first.get("ResourceStatus", ""),
        reason=first.get("ResourceStatusReason", "no reason was given"),
    )


def _of_operation(newest_first: list[StackEventTypeDef], client_token: str | None) -> list[StackEventTypeDef]:
    if client_token is not None:
        marked = [event for event in newest_first if event.get("ClientRequestToken") == client_token]
        if marked:
            return marked
    for index, event in enumerate(newest_first):
        if _begins_operation(event):
            return newest_first[: index + 1]
    return newest_first


def _begins_operation(event: StackEventTypeDef) -> bool:
    """Tell whether the event is the stack's own start of an operation; a rollback belongs to what it undoes."""
    is_stack = event.get("PhysicalResourceId") == event.get("StackId")
    return is_stack and event.get("ResourceStatus") in {
        "CREATE_IN_PROGRESS",
        "UPDATE_IN_PROGRESS",
        "DELETE_IN_PROGRESS",
        "IMPORT_IN_PROGRESS",
    }


def _is_consequence(event: StackEventTypeDef) -> bool:
    return event.get("ResourceStatusReason", "").startswith(_CONSEQUENCES)
