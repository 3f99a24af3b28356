"""Looks at stacks: the one place where answers of DescribeStacks and DescribeStackEvents are read."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from changegate.errors import NeedsOperatorError, RolledBackError, error_code, error_message
from changegate.failure_cause import first_failure
from changegate.safety.changes import NESTED_STACK_TYPE
from changegate.stack_status import Outcome, outcome_of, way_out

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudformation.type_defs import StackEventTypeDef

    from changegate.errors import ChangegateError

# CloudFormation nests stacks without a documented bound; an event loop through ids that we follow must still end.
_MAX_DEPTH = 20


@dataclass(frozen=True, slots=True)
class Stack:
    """A stack as DescribeStacks reports it."""

    stack_id: str
    name: str
    status: str


def find_stack(cloudformation: CloudFormationClient, name_or_id: str) -> Stack | None:
    """Return the stack, or ``None`` where CloudFormation says that it does not exist.

    DescribeStacks has no error type of its own for that, it answers a ValidationError (API reference,
    DescribeStacks). Its text, "Stack with id NAME does not exist", is not in the reference: it is what the service is
    known to say, and what LocalStack says after it. Should it ever read otherwise, the deployment ends with that error
    and creates nothing. Every other error, throttling included, is raised.
    """
    try:
        answer = cloudformation.describe_stacks(StackName=name_or_id)
    except ClientError as error:
        message = error_message(error)
        says_so = message.startswith("Stack with id ") and message.endswith(" does not exist")
        if error_code(error) == "ValidationError" and says_so:
            return None
        raise
    stack = answer["Stacks"][0]
    return Stack(stack_id=stack["StackId"], name=stack["StackName"], status=stack["StackStatus"])


class Progress(StrEnum):
    """How an operation of ours stands, in the words of the state machine's contract."""

    IN_PROGRESS = "in_progress"
    COMPLETE = "complete"
    FAILED = "failed"


def operation_status(
    cloudformation: CloudFormationClient, stack_id: str, client_token: str
) -> tuple[Stack, Progress, ChangegateError | None]:
    """Return the stack, how the operation that bears ``client_token`` stands, and why it failed where it did.

    :raises NeedsOperatorError: when the stack is gone.
    :raises UnknownStackStatusError: when the stack's status is not of the API model.
    """
    stack = find_stack(cloudformation, stack_id)
    if stack is None:
        raise NeedsOperatorError(f"Somebody deleted stack {stack_id} while it was deployed to; deploy again.")
    match outcome_of(stack.status):
        case Outcome.IN_PROGRESS:
            return stack, Progress.IN_PROGRESS, None
        case Outcome.COMPLETE:
            return stack, Progress.COMPLETE, None
        case outcome:
            return stack, Progress.FAILED, _failure(cloudformation, stack, outcome, client_token)


def _failure(
    cloudformation: CloudFormationClient, stack: Stack, outcome: Outcome, client_token: str
) -> ChangegateError:
    cause = _root_cause(cloudformation, stack.stack_id, client_token)
    because = f" because {cause}" if cause else ""
    if outcome is Outcome.ROLLED_BACK:
        return RolledBackError(
            f"CloudFormation rolled stack {stack.name} back{because}. The stack is as it was before; mend the "
            "template and deploy again."
        )
    return NeedsOperatorError(
        f"The operation on stack {stack.name} failed{because}. {way_out(stack.name, stack.status)}"
    )


def _root_cause(
    cloudformation: CloudFormationClient, stack_id: str, client_token: str | None, depth: int = 0
) -> str | None:
    """Return the first failure of the operation, looked for in the nested stack it happened in."""
    failure = first_failure(_events(cloudformation, stack_id), client_token)
    if failure is None:
        return None
    nested_id = failure.physical_resource_id
    if failure.resource_type == NESTED_STACK_TYPE and nested_id not in {"", stack_id} and depth < _MAX_DEPTH:
        # Events of a nested stack bear no token of ours, or one that CloudFormation derived.
        inner = _root_cause(cloudformation, nested_id, None, depth + 1)
        if inner is not None:
            return f"in nested stack {failure.logical_resource_id}, {inner}"
    return str(failure)


def _events(cloudformation: CloudFormationClient, stack_id: str) -> Iterator[StackEventTypeDef]:
    for page in cloudformation.get_paginator("describe_stack_events").paginate(StackName=stack_id):
        yield from page["StackEvents"]


def is_created_by(cloudformation: CloudFormationClient, stack: Stack, client_token: str) -> bool:
    """Tell whether the operation that bears ``client_token`` created the stack."""
    first: StackEventTypeDef | None = None
    for event in _events(cloudformation, stack.stack_id):
        first = event
    return first is not None and first.get("ClientRequestToken") == client_token
