"""State *Delete Failed Stack*."""

from __future__ import annotations

import pytest

from changegate.errors import NeedsOperatorError, RejectedError
from changegate.states import (
    delete_failed_stack,
)
from tests.unit.conftest import STACK_ID, Aws, run, stack, token, waited

ROLE = "arn:aws:iam::111111111111:role/changegate-cloudformation"
GONE = ("ValidationError", f"Stack with id {STACK_ID} does not exist")


RECREATE = {"stackId": STACK_ID, "recreateFailedStack": True}


@pytest.mark.parametrize("status", ["ROLLBACK_COMPLETE", "CREATE_FAILED"])
def test_a_failed_stack_is_deleted_by_its_arn_under_our_token(aws: Aws, status: str) -> None:
    aws.cloudformation.add_response("describe_stacks", stack(status), {"StackName": STACK_ID})
    aws.cloudformation.add_response(
        "delete_stack",
        {},
        {"StackName": STACK_ID, "RoleARN": ROLE, "ClientRequestToken": token("DeleteStack")},
    )
    assert run(delete_failed_stack.handler, **RECREATE)["taskParams"]["wait"] == waited(5)


def test_a_retry_does_not_delete_again(aws: Aws) -> None:
    for status in ("DELETE_IN_PROGRESS", "DELETE_COMPLETE"):
        aws.cloudformation.add_response("describe_stacks", stack(status))
        run(delete_failed_stack.handler, **RECREATE)
    aws.fail("cloudformation", "describe_stacks", *GONE)
    run(delete_failed_stack.handler, **RECREATE)


@pytest.mark.parametrize("status", ["CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_FAILED"])
def test_no_other_stack_is_deleted(aws: Aws, status: str) -> None:
    aws.cloudformation.add_response("describe_stacks", stack(status))
    with pytest.raises(RejectedError, match="only a stack whose creation failed"):
        run(delete_failed_stack.handler, **RECREATE)


def test_nothing_is_deleted_unless_the_deployment_says_so(aws: Aws) -> None:
    aws.cloudformation.add_response("describe_stacks", stack("ROLLBACK_COMPLETE"))
    with pytest.raises(RejectedError, match="recreateFailedStack"):
        run(delete_failed_stack.handler, stackId=STACK_ID)


def test_termination_protection_is_respected(aws: Aws) -> None:
    aws.cloudformation.add_response("describe_stacks", stack("ROLLBACK_COMPLETE", EnableTerminationProtection=True))
    with pytest.raises(NeedsOperatorError, match="--no-enable-termination-protection --stack-name prod-app"):
        run(delete_failed_stack.handler, **RECREATE)


@pytest.mark.parametrize(
    ("message", "error"),
    [
        ("Stack [prod-app] cannot be deleted while TerminationProtection is enabled", NeedsOperatorError),
        (f"Stack:{STACK_ID} is in UPDATE_IN_PROGRESS state and can not be updated.", RejectedError),
    ],
)
def test_a_deletion_that_cloudformation_refuses(aws: Aws, message: str, error: type[Exception]) -> None:
    aws.cloudformation.add_response("describe_stacks", stack("ROLLBACK_COMPLETE"))
    aws.fail("cloudformation", "delete_stack", "ValidationError", message)
    with pytest.raises(error, match=r"changed nothing"):
        run(delete_failed_stack.handler, **RECREATE)
