"""Looks up stacks, by DescribeStacks, ListStackResources and DescribeStackEvents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeGuard

from botocore.exceptions import ClientError

from changegate.stacks.events import events_of
from changegate.stacks.refusals import is_stack_gone
from changegate.stacks.statuses import Phase, phase_of

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudformation.type_defs import StackEventTypeDef


@dataclass(frozen=True, slots=True)
class Stack:
    """A stack as DescribeStacks reports it."""

    stack_id: str
    name: str
    status: str
    phase: Phase
    """What the status means to a deployment that is about to begin."""
    termination_protection: bool


def find_stack(cloudformation: CloudFormationClient, name_or_id: str) -> Stack | None:
    """Return the stack, or ``None`` if CloudFormation says that it does not exist (:func:`is_stack_gone`).

    Every other error, throttling included, is raised.

    :raises UnknownStackStatusError: when its status is not in the API model.
    """
    try:
        answer = cloudformation.describe_stacks(StackName=name_or_id)
    except ClientError as error:
        if is_stack_gone(error):
            return None
        raise
    stack = answer["Stacks"][0]
    return Stack(
        stack_id=stack["StackId"],
        name=stack["StackName"],
        status=stack["StackStatus"],
        phase=phase_of(stack["StackStatus"]),
        termination_protection=stack.get("EnableTerminationProtection", False),
    )


def exists(stack: Stack | None) -> TypeGuard[Stack]:
    """Return whether there is a stack: a deleted one is still found by its ID."""
    return stack is not None and stack.phase is not Phase.ABSENT


def has_resources(cloudformation: CloudFormationClient, stack: Stack) -> bool:
    """Return whether the stack has a resource, or the record of one.

    The API reference (ListStackResources) excludes no status. That it answers for a stack in REVIEW_IN_PROGRESS was not
    seen on AWS; if it does not, the deployment ends with that error and changes nothing.
    """
    return bool(cloudformation.list_stack_resources(StackName=stack.stack_id)["StackResourceSummaries"])


def has_operation(cloudformation: CloudFormationClient, stack_id: str, client_token: str) -> bool:
    """Return whether an operation with ``client_token`` was started on the stack."""
    return any(event.get("ClientRequestToken") == client_token for event in events_of(cloudformation, stack_id))


def is_created_by(cloudformation: CloudFormationClient, stack: Stack, client_token: str) -> bool:
    """Return whether the operation with ``client_token`` created the stack."""
    first: StackEventTypeDef | None = None
    for event in events_of(cloudformation, stack.stack_id):
        first = event
    return first is not None and first.get("ClientRequestToken") == client_token
