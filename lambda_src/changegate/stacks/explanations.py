"""Why a stack is where it is: its events, and those of its nested stacks, read and put into words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from changegate.safety.changes import NESTED_STACK_TYPE
from changegate.stacks.events import first_failure, of_operation, rollback_failure, since

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterator, Sequence

    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudformation.type_defs import StackEventTypeDef

    from changegate.stacks.events import Failure

_STACK_ARN = re.compile(r"arn:[^/]+:stack/[^/]+/.+")
# CloudFormation nests stacks without a documented bound; ids that we follow must still end.
_MAX_DEPTH = 20


@dataclass(frozen=True, slots=True)
class Explanation:
    """What the events say, as half sentences that follow "because"; ``None`` where they say nothing."""

    cause: str | None = None
    """Why the operation failed."""
    rollback_cause: str | None = None
    """Why it could not be undone."""
    resource: str | None = None
    """The logical id of the stack's own resource that is in the way, as DeleteStack's RetainResources takes it."""
    resource_to_skip: str | None = None
    """The same for ContinueUpdateRollback's ResourcesToSkip: in a nested stack ``<its name>.<logical id>``."""

    def because(self) -> str:
        """Return `` because ...``, what people must know first; empty where nothing is known."""
        if self.rollback_cause is None:
            return "" if self.cause is None else f" because {self.cause}"
        before = "" if self.cause is None else f" (the operation itself had failed because {self.cause})"
        return f" because {self.rollback_cause}{before}"


@dataclass(frozen=True, slots=True)
class _Innermost:
    """A failure, looked for in the nested stack that it happened in."""

    failure: Failure
    nested: Sequence[tuple[str, str]]
    """The nested stacks on the way, outermost first: each one's logical id and its stack's ARN."""

    def __str__(self) -> str:
        """Return the half sentence that follows "because"."""
        return "".join(f"in nested stack {logical_id}, " for logical_id, _ in self.nested) + str(self.failure)

    @property
    def resource_to_skip(self) -> str:
        """What ContinueUpdateRollback is told to skip (API reference, ResourcesToSkip)."""
        logical_id = self.failure.logical_resource_id
        return f"{name_of(self.nested[-1][1])}.{logical_id}" if self.nested else logical_id


def explain(cloudformation: CloudFormationClient, stack_id: str, client_token: str | None) -> Explanation:
    """Return why the operation that bears ``client_token``, or the newest one, failed."""
    events = of_operation(stack_events(cloudformation, stack_id), client_token)
    if not events:
        return Explanation()
    begun = events[-1]["Timestamp"]
    rollback, cause = rollback_failure(events), first_failure(events)
    if rollback == cause:
        # Nothing else failed before the rollback: what began it was no resource's failure.
        cause = None
    inner_cause = None if cause is None else _innermost(cloudformation, stack_id, cause, first_failure, begun)
    inner_rollback = (
        None if rollback is None else _innermost(cloudformation, stack_id, rollback, rollback_failure, begun)
    )
    failure, inner = rollback or cause, inner_rollback or inner_cause
    is_of_resource = failure is not None and failure.physical_resource_id != stack_id
    return Explanation(
        cause=None if inner_cause is None else str(inner_cause),
        rollback_cause=None if inner_rollback is None else str(inner_rollback),
        resource=failure.logical_resource_id if failure is not None and is_of_resource else None,
        resource_to_skip=inner.resource_to_skip if inner is not None and is_of_resource else None,
    )


def stack_events(cloudformation: CloudFormationClient, stack_id: str) -> Iterator[StackEventTypeDef]:
    """Yield the stack's events, newest first, page by page as they are taken."""
    for page in cloudformation.get_paginator("describe_stack_events").paginate(StackName=stack_id):
        yield from page["StackEvents"]


def name_of(stack_id: str) -> str:
    """Return the stack's name in its ARN, ``arn:PARTITION:cloudformation:REGION:ACCOUNT:stack/NAME/ID``."""
    return stack_id.split("/")[1]


def _innermost(
    cloudformation: CloudFormationClient,
    stack_id: str,
    failure: Failure,
    find: Callable[[Sequence[StackEventTypeDef]], Failure | None],
    begun: dt.datetime,
) -> _Innermost:
    """Follow a failure into the nested stack that it happened in.

    Events of a nested stack need not bear our token, and an operation on the parent may be several on it (it is
    created, then deleted by the rollback): what counts is what happened since the parent's operation began.
    """
    nested: list[tuple[str, str]] = []
    seen = {stack_id}
    while failure.resource_type == NESTED_STACK_TYPE and len(nested) < _MAX_DEPTH:
        nested_id = failure.physical_resource_id
        if not _STACK_ARN.fullmatch(nested_id) or nested_id in seen:
            break
        seen.add(nested_id)
        events = since(stack_events(cloudformation, nested_id), begun)
        inner = find(events) or first_failure(events)
        if inner is None or inner.physical_resource_id == nested_id:
            break
        nested.append((failure.logical_resource_id, nested_id))
        failure = inner
    return _Innermost(failure, nested)
