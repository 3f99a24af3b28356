"""Looks at stacks: the one place where answers of DescribeStacks are read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeGuard

from botocore.exceptions import ClientError

from changegate.errors import error_code, error_message
from changegate.stacks.explanations import stack_events
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
    termination_protection: bool = False

    @property
    def phase(self) -> Phase:
        """What its status means to a deployment that is about to begin.

        :raises UnknownStackStatusError: when the status is not of the API model.
        """
        return phase_of(self.status)


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
    return Stack(
        stack_id=stack["StackId"],
        name=stack["StackName"],
        status=stack["StackStatus"],
        termination_protection=stack.get("EnableTerminationProtection", False),
    )


def exists(stack: Stack | None) -> TypeGuard[Stack]:
    """Tell whether there is a stack: one that was deleted is still found by its id."""
    return stack is not None and stack.phase is not Phase.ABSENT


def has_resources(cloudformation: CloudFormationClient, stack: Stack) -> bool:
    """Tell whether the stack holds any resource, or has the record of one.

    The API reference (ListStackResources) names no status in which it does not answer; that it answers for a stack in
    REVIEW_IN_PROGRESS was not seen on AWS. Should it not, the deployment ends with that error and changes nothing.
    """
    return bool(cloudformation.list_stack_resources(StackName=stack.stack_id)["StackResourceSummaries"])


def has_operation(cloudformation: CloudFormationClient, stack_id: str, client_token: str) -> bool:
    """Tell whether an operation that bears ``client_token`` was begun on the stack."""
    return any(event.get("ClientRequestToken") == client_token for event in stack_events(cloudformation, stack_id))


def is_created_by(cloudformation: CloudFormationClient, stack: Stack, client_token: str) -> bool:
    """Tell whether the operation that bears ``client_token`` created the stack."""
    first: StackEventTypeDef | None = None
    for event in stack_events(cloudformation, stack.stack_id):
        first = event
    return first is not None and first.get("ClientRequestToken") == client_token
