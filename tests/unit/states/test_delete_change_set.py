"""State *Delete Change Set*."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from changegate.errors import TransientError
from changegate.states import (
    delete_change_set,
)
from tests.unit.conftest import (
    CHANGE_SET_ID,
    EXECUTION_ID,
    Aws,
    change_set,
    run,
    token,
)

TOKEN = token("CreateChangeSet")
# The mark of the state machine, printf ARN | sha256sum, and the end of the token.
NAME = f"prod-app-06b8a7c1{TOKEN[-12:]}"
DESCRIPTION = f"Changegate: {EXECUTION_ID}"


def test_a_change_set_is_deleted_by_its_arn(aws: Aws) -> None:
    aws.cloudformation.add_response("describe_change_set", change_set())
    aws.cloudformation.add_response("delete_change_set", {}, {"ChangeSetName": CHANGE_SET_ID})
    run(delete_change_set.handler, changeSetId=CHANGE_SET_ID)


@pytest.mark.parametrize("status", ["EXECUTE_IN_PROGRESS", "EXECUTE_COMPLETE", "EXECUTE_FAILED"])
def test_an_executed_change_set_is_left_alone(aws: Aws, status: str) -> None:
    aws.cloudformation.add_response("describe_change_set", change_set(execution_status=status))
    run(delete_change_set.handler, changeSetId=CHANGE_SET_ID)


def test_a_change_set_that_is_gone_is_deleted_enough(aws: Aws) -> None:
    aws.fail("cloudformation", "describe_change_set", "ChangeSetNotFound", "gone", 404)
    run(delete_change_set.handler, changeSetId=CHANGE_SET_ID)
    aws.cloudformation.add_response("describe_change_set", change_set())
    aws.fail("cloudformation", "delete_change_set", "ChangeSetNotFound", "gone", 404)
    run(delete_change_set.handler, changeSetId=CHANGE_SET_ID)


@pytest.mark.parametrize(("description", "ours"), [(DESCRIPTION, True), ("by hand", False)])
def test_a_change_set_whose_creation_was_not_heard_of_is_known_by_its_name(
    aws: Aws, description: str, ours: bool
) -> None:
    named = {"ChangeSetName": NAME, "StackName": "prod-app"}
    aws.cloudformation.add_response("describe_change_set", change_set(Description=description), named)
    if ours:
        aws.cloudformation.add_response("describe_change_set", change_set(), {"ChangeSetName": CHANGE_SET_ID})
        aws.cloudformation.add_response("delete_change_set", {}, {"ChangeSetName": CHANGE_SET_ID})
    run(delete_change_set.handler)


def test_without_a_change_set_there_is_nothing_to_delete(aws: Aws) -> None:
    aws.fail("cloudformation", "describe_change_set", "ChangeSetNotFound", "gone", 404)
    run(delete_change_set.handler)
    aws.fail("cloudformation", "describe_change_set", "SomethingElse", "new")
    with pytest.raises(ClientError):
        run(delete_change_set.handler)


@pytest.mark.parametrize(("code", "error"), [("InvalidChangeSetStatus", TransientError), ("Other", ClientError)])
def test_a_change_set_that_cannot_be_deleted_yet_is_tried_again(aws: Aws, code: str, error: type[Exception]) -> None:
    aws.cloudformation.add_response("describe_change_set", change_set("CREATE_IN_PROGRESS", "UNAVAILABLE"))
    aws.fail("cloudformation", "delete_change_set", code, "Cannot delete ChangeSet in status CREATE_IN_PROGRESS")
    with pytest.raises(error):
        run(delete_change_set.handler, changeSetId=CHANGE_SET_ID)
