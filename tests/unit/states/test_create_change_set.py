"""State *Create Change Set*."""

from __future__ import annotations

import json

import pytest
from botocore.stub import ANY

from changegate.errors import MisconfiguredError, RejectedError
from changegate.states import (
    create_change_set,
)
from tests.unit.conftest import (
    CHANGE_SET_ID,
    EXECUTION_ID,
    STACK_ID,
    WAIT,
    Aws,
    change_set,
    revision,
    run,
    task_input,
    token,
)

TOKEN = token("CreateChangeSet")
# The mark of the state machine, printf ARN | sha256sum, and the end of the token.
NAME = f"prod-app-06b8a7c1{TOKEN[-12:]}"
DESCRIPTION = f"Changegate: {EXECUTION_ID}"
READY = {"stackPhase": "ready", "stackId": STACK_ID}
WRONG_STATE = ("ValidationError", f"Stack:{STACK_ID} is in UPDATE_IN_PROGRESS state and can not be updated.")


@pytest.mark.parametrize(("phase", "kind"), [("ready", "UPDATE"), ("in_review", "CREATE")])
def test_a_change_set_is_asked_for_with_nested_stacks_under_our_token(aws: Aws, phase: str, kind: str) -> None:
    revision(aws)
    aws.s3.add_response("put_object", {})
    aws.cloudformation.add_response(
        "create_change_set",
        {"Id": CHANGE_SET_ID, "StackId": STACK_ID},
        {
            "StackName": "prod-app",
            "TemplateURL": ANY,
            "Parameters": [],
            "Tags": [],
            "Capabilities": [],
            "RoleARN": ANY,
            "ChangeSetName": NAME,
            "Description": DESCRIPTION,
            "ChangeSetType": kind,
            "ClientToken": TOKEN,
            "IncludeNestedStacks": True,
        },
    )
    added = run(create_change_set.handler, stackPhase=phase, stackId=STACK_ID)["taskParams"]
    assert (added["changeSetName"], added["changeSetId"], added["stackId"]) == (NAME, CHANGE_SET_ID, STACK_ID)
    assert added["wait"]["seconds"] == WAIT["minimumSeconds"]
    assert len(added["templateFingerprint"]) == 64
    assert "stackPolicy" not in added


@pytest.mark.parametrize(("description", "ours"), [(DESCRIPTION, True), (DESCRIPTION + "2", False), (None, False)])
def test_a_change_set_of_the_name_is_the_first_trys_only_if_it_says_so(
    aws: Aws, description: str | None, ours: bool
) -> None:
    refused_change_set(aws, "AlreadyExistsException", "exists")
    fields = {} if description is None else {"Description": description}
    aws.cloudformation.add_response(
        "describe_change_set", change_set(**fields), {"ChangeSetName": NAME, "StackName": "prod-app"}
    )
    if ours:
        assert run(create_change_set.handler, **READY)["taskParams"]["changeSetId"] == CHANGE_SET_ID
    else:
        with pytest.raises(RejectedError, match="not this deployment's"):
            run(create_change_set.handler, **READY)


def refused_change_set(aws: Aws, code: str, message: str) -> None:
    revision(aws)
    aws.s3.add_response("put_object", {})
    aws.fail("cloudformation", "create_change_set", code, message)


def test_useless_change_sets_of_ours_make_room_for_the_new_one(aws: Aws) -> None:
    refused_change_set(aws, "LimitExceededException", "ChangeSet limit exceeded")
    ours = {"Description": "Changegate: arn:earlier"}
    summaries = [
        {"ChangeSetId": "arn:failed", "Status": "FAILED", **ours},
        {"ChangeSetId": "arn:obsolete", "Status": "CREATE_COMPLETE", "ExecutionStatus": "OBSOLETE", **ours},
        {"ChangeSetId": "arn:gone", "Status": "FAILED", **ours},
        {"ChangeSetId": "arn:good", "Status": "CREATE_COMPLETE", "ExecutionStatus": "AVAILABLE", **ours},
        {"ChangeSetId": "arn:new", "Status": "CREATE_IN_PROGRESS", "ExecutionStatus": "UNAVAILABLE", **ours},
        {"ChangeSetId": "arn:nested", "Status": "FAILED", "ParentChangeSetId": "arn:failed", **ours},
        {"ChangeSetId": "arn:other", "Status": "FAILED", "Description": "by hand"},
        {"ChangeSetId": "arn:nameless", "Status": "FAILED"},
    ]
    aws.cloudformation.add_response(
        "list_change_sets", {"Summaries": summaries[:2], "NextToken": "more"}, {"StackName": "prod-app"}
    )
    aws.cloudformation.add_response(
        "list_change_sets", {"Summaries": summaries[2:]}, {"StackName": "prod-app", "NextToken": "more"}
    )
    aws.cloudformation.add_response("delete_change_set", {}, {"ChangeSetName": "arn:failed"})
    aws.cloudformation.add_response("delete_change_set", {}, {"ChangeSetName": "arn:obsolete"})
    aws.fail("cloudformation", "delete_change_set", "ChangeSetNotFound", "gone", 404)
    aws.cloudformation.add_response("create_change_set", {"Id": CHANGE_SET_ID, "StackId": STACK_ID})
    assert run(create_change_set.handler, **READY)["taskParams"]["changeSetId"] == CHANGE_SET_ID


def test_where_no_useless_one_is_ours_the_quota_rejects(aws: Aws) -> None:
    refused_change_set(aws, "LimitExceededException", "ChangeSet limit exceeded")
    aws.cloudformation.add_response("list_change_sets", {"Summaries": []})
    with pytest.raises(RejectedError, match="quota"):
        run(create_change_set.handler, **READY)


@pytest.mark.parametrize("message", [WRONG_STATE[1], "Stack [prod-app] does not exist"])
def test_a_stack_that_changed_before_its_change_set_rejects(aws: Aws, message: str) -> None:
    refused_change_set(aws, "ValidationError", message)
    with pytest.raises(RejectedError, match="Another operation changed stack prod-app"):
        run(create_change_set.handler, **READY)


def test_the_stack_policy_is_kept_for_the_end(aws: Aws) -> None:
    configuration = json.dumps({"StackPolicy": {"Statement": []}}).encode()
    revision(aws, {"infra/template.yaml": b"{}", "c.json": configuration})
    aws.s3.add_response("put_object", {})
    aws.cloudformation.add_response("create_change_set", {"Id": CHANGE_SET_ID, "StackId": STACK_ID})
    added = run(create_change_set.handler, **READY, templateConfigurationPath="c.json")["taskParams"]
    assert json.loads(added["stackPolicy"]) == {"Statement": []}


def test_a_refused_template_of_an_update_is_named(aws: Aws) -> None:
    refused_change_set(aws, "ValidationError", "Template format error")
    with pytest.raises(MisconfiguredError, match=r"infra/template\.yaml: Template format error"):
        run(create_change_set.handler, **READY)


@pytest.mark.parametrize("length", [1, 100, 123])
def test_a_change_sets_name_fits_the_api_and_begins_with_the_stacks(length: int) -> None:
    asked = task_input(stackName="p" * length)
    name = asked.own_change_set.name
    assert len(name) <= 128
    assert name.startswith("prod-p")
    assert name.endswith(asked.client_token("CreateChangeSet")[-12:])
