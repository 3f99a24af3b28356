"""Reads change sets (their status, every page, every nested change set), and deletes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypedDict

from botocore.exceptions import ClientError

from changegate.errors import RejectedError
from changegate.safety.assemble import is_empty, nested_ids
from changegate.stacks.refusals import CHANGED_NOTHING, is_change_set_gone

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudformation.type_defs import DescribeChangeSetOutputTypeDef

# ExecutionStatus values of a change set that was executed: it is neither executed again nor deleted.
EXECUTION_STARTED: Final = frozenset({"EXECUTE_IN_PROGRESS", "EXECUTE_COMPLETE", "EXECUTE_FAILED"})


class ChangeSetGoneError(RejectedError, error_name="Rejected"):
    """The change set was deleted, alone or with its stack."""


@dataclass(frozen=True, slots=True)
class ChangeSetStatus:
    """The status of a change set, by DescribeChangeSet.

    ``execution_status`` and ``status_reason`` are empty if the answer has none.
    """

    stack_name: str
    status: str
    execution_status: str
    status_reason: str
    is_empty: bool
    """Whether its creation "failed" because there is nothing to change."""

    @property
    def is_complete(self) -> bool:
        """Whether it was created, and lists its changes."""
        return self.status == "CREATE_COMPLETE"

    @classmethod
    def of(cls, answer: Mapping[str, Any]) -> ChangeSetStatus:
        """Return the status in an answer of DescribeChangeSet, any page of it."""
        return cls(
            stack_name=answer.get("StackName", ""),
            status=answer["Status"],
            execution_status=answer.get("ExecutionStatus", ""),
            status_reason=answer.get("StatusReason", ""),
            is_empty=is_empty(answer),
        )


def find_execution_status(cloudformation: CloudFormationClient, change_set_id: str) -> str | None:
    """Return the change set's ExecutionStatus, or ``None`` if it no longer exists."""
    try:
        return ChangeSetStatus.of(_describe(cloudformation, change_set_id)).execution_status
    except ChangeSetGoneError:
        return None


def answers(cloudformation: CloudFormationClient, change_set_id: str) -> Iterator[Mapping[str, Any]]:
    """Yield every page of the change set and of all change sets nested in it, each change set once.

    DescribeChangeSet gives up to 1 MB a page and a ``NextToken`` for the next. A resource change of a nested stack has
    the ARN of that stack's change set in ``ChangeSetId``, if the change set was created with ``IncludeNestedStacks``
    (API reference, DescribeChangeSet and ResourceChange). ``IncludePropertyValues`` is not used: with it, the service
    leaves out changes that it lists without it.

    :raises ChangeSetGoneError: when one of them no longer exists.
    """
    waiting, seen = [change_set_id], {change_set_id}
    while waiting:
        current = waiting.pop()
        for page in _pages(cloudformation, current):
            yield page
            for nested in nested_ids(page):
                if nested not in seen:
                    seen.add(nested)
                    waiting.append(nested)


def delete(cloudformation: CloudFormationClient, change_set_id: str) -> bool:
    """Delete a change set, with those of nested stacks (API reference, DeleteChangeSet); return whether it existed."""
    try:
        cloudformation.delete_change_set(ChangeSetName=change_set_id)
    except ClientError as error:
        if is_change_set_gone(error):
            return False
        raise
    return True


def _pages(cloudformation: CloudFormationClient, change_set_id: str) -> Iterator[Mapping[str, Any]]:
    answer = _describe(cloudformation, change_set_id)
    yield answer
    while token := answer.get("NextToken"):
        answer = _describe(cloudformation, change_set_id, {"NextToken": token})
        yield answer


class _Page(TypedDict, total=False):
    NextToken: str


def _describe(
    cloudformation: CloudFormationClient, change_set_id: str, page: _Page | None = None
) -> DescribeChangeSetOutputTypeDef:
    try:
        return cloudformation.describe_change_set(ChangeSetName=change_set_id, **(page or {}))
    except ClientError as error:
        if is_change_set_gone(error):
            raise ChangeSetGoneError(
                f"The change set no longer exists: it was deleted, alone or with its stack. {CHANGED_NOTHING}"
            ) from error
        raise
