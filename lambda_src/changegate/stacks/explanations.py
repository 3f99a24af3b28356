"""Explains a stack's status from its events and those of its nested stacks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from botocore.exceptions import ClientError

from changegate.errors import is_denied
from changegate.safety.changes import NESTED_STACK_TYPE
from changegate.stacks.events import events_of, first_failure, of_operation, rollback_failure, since

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Sequence

    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudformation.type_defs import StackEventTypeDef

    from changegate.stacks.events import Failure

# arn:PARTITION:cloudformation:REGION:ACCOUNT:stack/NAME/ID
_STACK_ARN: Final = re.compile(r"arn:[^/]+:stack/([^/]+)/.+")
# CloudFormation documents no limit to nesting; following IDs must still end.
_MAX_DEPTH: Final = 20


@dataclass(frozen=True, slots=True)
class Explanation:
    """What the events say, as clauses that follow "because"; ``None`` if they say nothing."""

    cause: str | None = None
    """Why the operation failed."""
    rollback_cause: str | None = None
    """Why it could not be rolled back."""
    resource: str | None = None
    """The logical ID of the stack's own resource that is in the way, for RetainResources of DeleteStack."""
    resource_to_skip: str | None = None
    """The same for ResourcesToSkip of ContinueUpdateRollback: in a nested stack ``<its name>.<logical ID>``."""

    def because(self) -> str:
        """Return `` because ...`` with the most important cause first; empty if nothing is known."""
        if self.rollback_cause is None:
            return "" if self.cause is None else f" because {self.cause}"
        before = "" if self.cause is None else f" (the operation itself had failed because {self.cause})"
        return f" because {self.rollback_cause}{before}"


@dataclass(frozen=True, slots=True)
class _Innermost:
    """A failure in the nested stack where it happened."""

    failure: Failure
    nested: Sequence[tuple[str, str]]
    """The logical ID and the stack name of each nested stack on the way, outermost first."""

    def __str__(self) -> str:
        """Return the clause that follows "because"."""
        return "".join(f"in nested stack {logical_id}, " for logical_id, _ in self.nested) + str(self.failure)

    @property
    def resource_to_skip(self) -> str:
        """The resource in the form of ContinueUpdateRollback's ResourcesToSkip (API reference)."""
        logical_id = self.failure.logical_resource_id
        return f"{self.nested[-1][1]}.{logical_id}" if self.nested else logical_id


def explain(cloudformation: CloudFormationClient, stack_id: str, client_token: str | None) -> Explanation:
    """Return why the operation with ``client_token``, or the newest one, failed."""
    events = of_operation(events_of(cloudformation, stack_id), client_token)
    if not events:
        return Explanation()
    begun = events[-1]["Timestamp"]
    rollback, cause = rollback_failure(events), first_failure(events)
    if rollback == cause:
        # Nothing failed before the rollback: no resource's failure started it.
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


def _innermost(
    cloudformation: CloudFormationClient,
    stack_id: str,
    failure: Failure,
    find: Callable[[Sequence[StackEventTypeDef]], Failure | None],
    begun: dt.datetime,
) -> _Innermost:
    """Follow a failure into the nested stack where it happened.

    Events of a nested stack need not have our token, and one operation on the parent may be several on the nested stack
    (the rollback deletes what was created): all events since the parent's operation began count.
    """
    nested: list[tuple[str, str]] = []
    seen = {stack_id}
    while failure.resource_type == NESTED_STACK_TYPE and len(nested) < _MAX_DEPTH:
        nested_id = failure.physical_resource_id
        arn = _STACK_ARN.fullmatch(nested_id)
        if arn is None or nested_id in seen:
            break
        seen.add(nested_id)
        try:
            events = since(events_of(cloudformation, nested_id), begun)
        except ClientError as error:
            # The functions may read the nested stacks that the deployment lists: else the parent's event must do.
            if is_denied(error):
                break
            raise
        inner = find(events) or first_failure(events)
        if inner is None or inner.physical_resource_id == nested_id:
            break
        nested.append((failure.logical_resource_id, arn[1]))
        failure = inner
    return _Innermost(failure, nested)
