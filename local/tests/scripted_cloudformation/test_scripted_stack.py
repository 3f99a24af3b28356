"""What a script does to a stack: initial state, placeholders, faults and interventions."""

from __future__ import annotations

from typing import Any

import pytest
from scripted_account import ACCOUNT, READY, REGION, TEMPLATE, Account, comparison


def test_what_was_there_is_as_the_script_says() -> None:
    output = {"OutputKey": "Url", "OutputValue": "https://{stack}"}
    given = {
        "status": "CREATE_COMPLETE",
        "description": "By hand.",
        "termination_protection": True,
        "policy": "{}",
        "role_arn": "arn:aws:iam::{account}:role/deploy",
        "outputs": [output],
    }
    account = Account({"stack": given, "change_sets": [{"name": "theirs", "token": "a"}]})
    stack = account.look()
    assert (stack["Description"], stack["EnableTerminationProtection"]) == ("By hand.", True)
    assert stack["RoleARN"] == f"arn:aws:iam::{ACCOUNT}:role/deploy"
    assert stack["Outputs"] == [{**output, "OutputValue": "https://dev-web"}]
    assert "LastUpdatedTime" not in stack
    assert account.do("GetStackPolicy") == {"StackPolicyBody": "{}"}
    (state,) = account.state["stacks"]
    assert [(found["name"], found["token"]) for found in state["change_sets"]] == [("theirs", "a")]
    account.execute(account.compared())
    assert account.look()["LastUpdatedTime"] > stack["CreationTime"]


def test_values_that_no_model_has_are_kept() -> None:
    change = {"Type": "Resource", "ResourceChange": {"Action": "Levitate", "Replacement": "Perhaps"}}
    account = Account(comparison(changes=[change]))
    assert account.do("DescribeChangeSet", ChangeSetName=account.compared())["Changes"] == [change]
    account = Account({"stack": {"status": "UPDATE_PONDERED"}})
    assert account.look()["StackStatus"] == "UPDATE_PONDERED"


def test_placeholders_stand_for_names_and_arns() -> None:
    event = {
        "LogicalResourceId": "Network",
        "ResourceStatus": "UPDATE_FAILED",
        "PhysicalResourceId": "{stack_id:{stack}-Network-1A2B3C4D5E6F}",
        "ResourceStatusReason": "{stack} ({stack_id}) in {account}, {region}",
    }
    nested = {
        "{stack}-Network-1A2B3C4D5E6F": {"status": "UPDATE_FAILED", "events": [{**event, "LogicalResourceId": "Topic"}]}
    }
    account = Account({"stack": {"status": "UPDATE_FAILED", "events": [event], "nested": nested}})
    stack_id = account.look()["StackId"]
    network = account.look("dev-web-Network-1A2B3C4D5E6F")
    assert network["ParentId"] == network["RootId"] == stack_id
    own, failed = account.do("DescribeStackEvents")["StackEvents"]
    assert own["PhysicalResourceId"] == stack_id
    assert failed["PhysicalResourceId"] == network["StackId"]
    assert failed["ResourceStatusReason"] == f"dev-web ({stack_id}) in 111122223333, eu-west-1"
    inner = account.do("DescribeStackEvents", StackName=network["StackId"])["StackEvents"][1]
    assert inner["ResourceStatusReason"] == f"dev-web ({network['StackId']}) in 111122223333, eu-west-1"


def test_an_arn_that_is_spoken_of_before_its_stack_is_there_is_that_of_the_stack() -> None:
    error = {"code": "AccessDenied", "message": "not on {stack_id}", "status": 403}
    account = Account({"faults": [{"operation": "CreateStack", "call": 1, "error": error}]})
    code, message = account.refused("CreateStack", TemplateURL="https://a/b")
    assert code == "AccessDenied"
    assert message == f"not on {account.create()}"


# Faults and interventions


def test_a_fault_before_the_effect_takes_its_place() -> None:
    error = {"code": "Throttling", "message": "Rate exceeded"}
    account = Account({"faults": [{"operation": "CreateStack", "call": [1, 3], "error": error}]})
    assert account.refused("CreateStack", TemplateURL=TEMPLATE) == ("Throttling", "Rate exceeded")
    assert account.refused("DescribeStacks")[0] == "ValidationError"
    account.create()
    assert account.refused("CreateStack", TemplateURL=TEMPLATE)[0] == "Throttling"
    assert account.refused("CreateStack", TemplateURL=TEMPLATE)[0] == "AlreadyExistsException"
    first, _, third, fourth, _ = account.calls
    assert first["error"] == {**error, "status": 400}
    assert (first["fault"], "answer" in first) == ("before", False)
    assert third["answer"] == {"StackId": account.look()["StackId"]}
    assert "fault" not in third
    assert fourth["call"] == 3


def test_a_fault_after_the_effect_hides_it() -> None:
    error = {"code": "InternalFailure", "message": "Broken."}
    fault = {"operation": "CreateStack", "call": 1, "when": "after", "error": error, "delay_seconds": 7}
    account = Account({"faults": [fault, {"operation": "DescribeStacks", "delay_seconds": 0.5}]})
    reply = account.service.call("CreateStack", ACCOUNT, REGION, {"StackName": "dev-web", "TemplateURL": TEMPLATE})
    assert reply.error is not None
    assert (reply.error.code, reply.error.status, reply.delay_seconds) == ("InternalFailure", 500, 7)
    look = account.service.call("DescribeStacks", ACCOUNT, REGION, {"StackName": "dev-web"})
    assert (look.error, look.delay_seconds) == (None, 0.5)
    (call, _) = account.calls
    assert call["fault"] == "after"
    assert call["answer"] == {"StackId": look.answer["Stacks"][0]["StackId"]}
    assert call["error"] == {**error, "status": 500}


@pytest.mark.parametrize(
    ("code", "status"),
    [("InternalFailure", 500), ("InternalError", 500), ("ServiceUnavailable", 503), ("Throttling", 400)],
)
def test_errors_have_the_status_of_their_code(code: str, status: int) -> None:
    account = Account({"faults": [{"operation": "DescribeStacks", "error": {"code": code, "message": "a"}}]})
    account.refused("DescribeStacks")
    assert account.calls[0]["error"]["status"] == status


@pytest.mark.parametrize(
    ("action", "changed", "code"),
    [
        ({"delete_stack": True}, {"delete_stack": 1}, "ChangeSetNotFound"),
        ({"timeline": ["UPDATE_IN_PROGRESS"]}, {"timeline": 1}, "ValidationError"),
        ({"obsolete_change_sets": ["comp*"]}, {"obsolete_change_sets": 1}, "InvalidChangeSetStatus"),
        ({"delete_change_sets": ["comparison"]}, {"delete_change_sets": 1}, "ChangeSetNotFound"),
    ],
)
def test_another_user_is_faster_than_the_execution(action: dict[str, Any], changed: dict[str, int], code: str) -> None:
    account = Account({**READY, "interventions": [{"operation": "ExecuteChangeSet", "call": 1, **action}]})
    assert account.refused("ExecuteChangeSet", ChangeSetName=account.compared())[0] == code
    assert account.calls[-1]["interventions"] == {"before": changed}


def test_another_user_creates_the_stack_first() -> None:
    theirs = {"status": "CREATE_IN_PROGRESS", "token": "theirs"}
    account = Account({"interventions": [{"operation": "CreateStack", "create_stack": theirs}]})
    assert account.refused("CreateStack", TemplateURL=TEMPLATE)[0] == "AlreadyExistsException"
    assert account.do("DescribeStackEvents")["StackEvents"][0]["ClientRequestToken"] == "theirs"


def test_another_user_replaces_the_stack() -> None:
    action = {"operation": "DescribeStacks", "call": 1, "when": "after", "delete_stack": True}
    account = Account({**READY, "interventions": [{**action, "create_stack": {"status": "CREATE_COMPLETE"}}]})
    before, after = account.look(), account.look()
    assert (before["StackStatus"], after["StackStatus"]) == ("UPDATE_COMPLETE", "CREATE_COMPLETE")
    assert before["StackId"] != after["StackId"]
    assert account.look(before["StackId"])["StackStatus"] == "DELETE_COMPLETE"
    assert [stack["status"] for stack in account.state["stacks"]] == ["DELETE_COMPLETE", "CREATE_COMPLETE"]


def test_actions_without_a_target_are_in_the_journal() -> None:
    actions = {
        "delete_stack": True,
        "timeline": ["UPDATE_IN_PROGRESS"],
        "termination_protection": True,
        "obsolete_change_sets": ["*"],
        "delete_change_sets": ["*"],
        "create_change_sets": [{"name": "a"}],
    }
    account = Account({"interventions": [{"operation": "DescribeStacks", "when": "after", **actions}]})
    account.refused("DescribeStacks")
    assert account.calls[0]["interventions"] == {"after": dict.fromkeys(actions, 0)}


def test_another_user_protects_the_stack_and_makes_a_change_set() -> None:
    actions = {"termination_protection": True, "create_change_sets": [{"name": "theirs", "description": "by hand"}]}
    account = Account({**READY, "interventions": [{"operation": "DescribeStacks", "call": 1, **actions}]})
    assert account.look()["EnableTerminationProtection"] is True
    account.service.set_script(account.name, {**account.state["script"], "change_sets": [{"name": "theirs"}]})
    account.look()
    assert account.calls[0]["interventions"] == {"before": {"termination_protection": 1, "create_change_sets": 0}}
    account.service.set_script(account.name, {**READY, "interventions": account.state["script"]["interventions"]})
    account.look()
    described = account.do("DescribeChangeSet", ChangeSetName="theirs")
    assert (described["Description"], described["ExecutionStatus"]) == ("by hand", "AVAILABLE")


def test_another_user_cancels_an_update() -> None:
    timeline = ["UPDATE_ROLLBACK_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE"]
    account = Account({**READY, "interventions": [{"operation": "DescribeStacks", "call": 2, "timeline": timeline}]})
    change_set = account.compared()
    account.execute(change_set, ClientRequestToken="ours")
    assert account.statuses(3) == ["UPDATE_IN_PROGRESS", *timeline]
    tokens = [found.get("ClientRequestToken") for found in account.do("DescribeStackEvents")["StackEvents"]]
    assert tokens == [None, None, "ours", None]
    assert account.change_set(change_set) == ("CREATE_COMPLETE", "EXECUTE_FAILED")
