"""The operations on change sets."""

from __future__ import annotations

import json

import pytest
from scripted_account import ACCOUNT, NESTED_CHANGE, READY, REGION, TEMPLATE, Account, change, comparison


def test_the_same_request_again_is_the_same_change_set_and_another_is_refused() -> None:
    account = Account(READY)
    change_set = account.compare(ClientToken="a")
    assert account.compare(ClientToken="a") == change_set
    refusal = account.refused("CreateChangeSet", ChangeSetName="comparison", TemplateURL=TEMPLATE, ClientToken="b")
    assert refusal == (
        "AlreadyExistsException",
        "ChangeSet comparison cannot be created due to a mismatch with existing attribute ClientToken",
    )
    assert len(account.do("ListChangeSets")["Summaries"]) == 1


def test_an_empty_change_set_fails_with_its_reason() -> None:
    reason = "The submitted information didn't contain changes. Submit different information to create a change set."
    account = Account(comparison(timeline=["CREATE_PENDING", {"status": "FAILED", "reason": reason}]))
    change_set = account.compare()
    account.change_set(change_set)
    described = account.do("DescribeChangeSet", ChangeSetName=change_set)
    assert (described["Status"], described["ExecutionStatus"], described["Changes"]) == ("FAILED", "UNAVAILABLE", [])
    assert described["StatusReason"] == reason
    code, message = account.refused("ExecuteChangeSet", ChangeSetName=change_set)
    assert code == "InvalidChangeSetStatus"
    assert message == f"ChangeSet [{change_set}] cannot be executed in its current status of [FAILED]"


def test_only_the_first_page_of_a_change_set_is_a_look() -> None:
    changes = [change(name) for name in "ABCDE"]
    timeline = ["CREATE_COMPLETE", {"status": "CREATE_COMPLETE", "execution_status": "OBSOLETE"}]
    account = Account(comparison(timeline=timeline, changes=changes, page_size=2))
    change_set = account.compare()
    page = account.do("DescribeChangeSet", ChangeSetName=change_set)
    seen = [*page["Changes"]]
    while token := page.get("NextToken"):
        page = account.do("DescribeChangeSet", ChangeSetName=change_set, NextToken=token)
        assert page["ExecutionStatus"] == "AVAILABLE"
        seen += page["Changes"]
    assert seen == changes
    assert account.change_set(change_set) == ("CREATE_COMPLETE", "OBSOLETE")


def test_nested_change_sets_come_and_go_with_their_root() -> None:
    inner = {"Inner": {"changes": [change("Topic")], "stack": "dev-inner"}}
    middle = json.loads(json.dumps(NESTED_CHANGE).replace("Network", "Inner"))
    account = Account(comparison(changes=[NESTED_CHANGE], nested={"Network": {"changes": [middle], "nested": inner}}))
    root = account.compared(IncludeNestedStacks=True)
    network = account.do("DescribeChangeSet", ChangeSetName=root)["Changes"][0]["ResourceChange"]["ChangeSetId"]
    described = account.do("DescribeChangeSet", ChangeSetName=network)
    assert described["StackName"] == "dev-web-Network-1A2B3C4D5E6F"
    assert described["ParentChangeSetId"] == described["RootChangeSetId"] == root
    innermost = described["Changes"][0]["ResourceChange"]["ChangeSetId"]
    described = account.do("DescribeChangeSet", ChangeSetName=innermost)
    assert (described["StackName"], described["ParentChangeSetId"]) == ("dev-inner", network)
    assert described["RootChangeSetId"] == root
    assert described["Changes"] == [change("Topic")]
    assert account.refused("DeleteChangeSet", ChangeSetName=network)[0] == "InvalidChangeSetStatus"
    assert account.refused("ExecuteChangeSet", ChangeSetName=network)[0] == "InvalidChangeSetStatus"
    # Calls about nested stacks and change sets count as calls about the root stack.
    assert {call["stack"] for call in account.calls} == {"dev-web"}
    account.do("DeleteChangeSet", ChangeSetName=root)
    for change_set in (root, network, innermost):
        assert account.refused("DescribeChangeSet", ChangeSetName=change_set)[0] == "ChangeSetNotFound"


def test_without_being_asked_for_nested_change_sets_are_not_made() -> None:
    account = Account(comparison(changes=[NESTED_CHANGE], nested={"Network": {}}))
    (described,) = account.do("DescribeChangeSet", ChangeSetName=account.compared())["Changes"]
    assert described["ResourceChange"]["LogicalResourceId"] == "Network"
    assert "ChangeSetId" not in described["ResourceChange"]


def test_a_change_set_may_create_its_stack() -> None:
    account = Account()
    refusal = account.refused("CreateChangeSet", ChangeSetName="a", TemplateURL=TEMPLATE)
    assert refusal == ("ValidationError", "Stack [dev-web] does not exist")
    change_set = account.compared(ChangeSetType="CREATE")
    assert account.statuses(2) == ["REVIEW_IN_PROGRESS"] * 2
    assert account.do("ListStackResources")["StackResourceSummaries"] == []
    code, message = account.refused("CreateChangeSet", ChangeSetName="b", TemplateURL=TEMPLATE)
    assert (code, "is in REVIEW_IN_PROGRESS state and can not be updated." in message) == ("ValidationError", True)
    account.execute(change_set)
    assert account.statuses(2) == ["CREATE_IN_PROGRESS", "CREATE_COMPLETE"]
    refusal = account.refused("CreateChangeSet", ChangeSetName="c", TemplateURL=TEMPLATE, ChangeSetType="CREATE")
    assert refusal[1] == "Stack [dev-web] already exists and cannot be created again with the changeSet [c]."


def test_a_stack_in_review_is_deleted_at_once() -> None:
    account = Account()
    account.compare(ChangeSetType="CREATE")
    account.do("DeleteStack")
    assert account.refused("DescribeStacks")[0] == "ValidationError"


def test_resources_are_imported() -> None:
    account = Account(READY)
    account.execute(account.compared(ChangeSetType="IMPORT"))
    assert account.statuses(2) == ["IMPORT_IN_PROGRESS", "IMPORT_COMPLETE"]


@pytest.mark.parametrize(
    "status", ["UPDATE_IN_PROGRESS", "ROLLBACK_COMPLETE", "CREATE_FAILED", "UPDATE_ROLLBACK_FAILED"]
)
def test_a_stack_that_is_not_ready_takes_no_change_set(status: str) -> None:
    account = Account({"stack": {"status": status}})
    arn = account.look()["StackId"]
    refusal = account.refused("CreateChangeSet", ChangeSetName="a", TemplateURL=TEMPLATE)
    assert refusal == ("ValidationError", f"Stack:{arn} is in {status} state and can not be updated.")


def test_the_others_are_obsolete_once_one_is_executed() -> None:
    account = Account({**READY, "change_sets": [{"name": "failed", "status": "FAILED", "reason": "Of old."}]})
    first, second = account.compared("first"), account.compared("second")
    account.execute(first)
    assert account.change_set(second) == ("CREATE_COMPLETE", "OBSOLETE")
    statuses = {found["ChangeSetName"]: found["ExecutionStatus"] for found in account.do("ListChangeSets")["Summaries"]}
    assert statuses == {"failed": "UNAVAILABLE", "first": "EXECUTE_IN_PROGRESS", "second": "OBSOLETE"}
    code, message = account.refused("ExecuteChangeSet", ChangeSetName=second)
    assert (code, "execution status of [OBSOLETE]" in message) == ("InvalidChangeSetStatus", True)


def test_a_stack_has_room_for_so_many_change_sets() -> None:
    old = {"name": "old", "status": "FAILED", "reason": "Of old.", "description": "ours"}
    account = Account({**READY, "change_sets": [old], "max_change_sets": 2})
    account.execute(account.compared("executed"))
    account.statuses(2)
    account.compare("a")
    assert account.refused("CreateChangeSet", ChangeSetName="b", TemplateURL=TEMPLATE)[0] == "LimitExceededException"
    summary = account.do("ListChangeSets")["Summaries"][0]
    assert (summary["Description"], summary["StatusReason"]) == ("ours", "Of old.")
    account.do("DeleteChangeSet", ChangeSetName=summary["ChangeSetId"])
    account.compare("b")


def test_a_change_set_that_is_being_created_or_executed_is_not_deleted() -> None:
    account = Account(comparison(timeline=["CREATE_PENDING", "CREATE_IN_PROGRESS", "CREATE_COMPLETE"]))
    change_set = account.compare()
    account.change_set(change_set)
    account.change_set(change_set)
    refusal = account.refused("DeleteChangeSet", ChangeSetName=change_set)
    assert refusal == ("InvalidChangeSetStatus", "Cannot delete ChangeSet in status CREATE_IN_PROGRESS")
    account.change_set(change_set)
    account.execute(change_set)
    refusal = account.refused("DeleteChangeSet", ChangeSetName=change_set)
    assert refusal == ("InvalidChangeSetStatus", "Cannot delete ChangeSet in status EXECUTE_IN_PROGRESS")
    pending = Account(READY)
    pending.do("DeleteChangeSet", ChangeSetName=pending.compare())
    assert pending.do("ListChangeSets")["Summaries"] == []


def test_a_change_set_without_its_arn_needs_a_stack() -> None:
    account = Account(READY)
    account.compare()
    named = account.do("DescribeChangeSet", ChangeSetName="comparison", StackName=account.look()["StackId"])
    assert named["ChangeSetName"] == "comparison"
    reply = account.service.call("DescribeChangeSet", ACCOUNT, REGION, {"ChangeSetName": "comparison"})
    assert reply.error is not None
    assert reply.error.message == "StackName must be specified if ChangeSetName is not specified as an ARN."
    assert account.refused("DescribeChangeSet", ChangeSetName="other") == (
        "ChangeSetNotFound",
        "ChangeSet [other] does not exist",
    )
    assert (
        account.refused("DescribeChangeSet", ChangeSetName="a", StackName="other")[1] == "Stack [other] does not exist"
    )


def test_a_failed_update_rolls_back_what_the_stack_was_asked_to_be() -> None:
    account = Account(
        {
            "stack": {"status": "UPDATE_COMPLETE", "parameters": [{"ParameterKey": "Size", "ParameterValue": "1"}]},
            "operations": {
                "ExecuteChangeSet": {
                    "timeline": ["UPDATE_IN_PROGRESS", "UPDATE_ROLLBACK_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE"]
                }
            },
        }
    )
    change_set = account.compared(Parameters=[{"ParameterKey": "Size", "ParameterValue": "2"}])
    account.execute(change_set)
    assert account.look()["Parameters"][0]["ParameterValue"] == "2"
    assert account.statuses(2) == ["UPDATE_ROLLBACK_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE"]
    assert account.look()["Parameters"][0]["ParameterValue"] == "1"
    assert account.change_set(change_set) == ("CREATE_COMPLETE", "EXECUTE_FAILED")


def test_the_execution_of_a_change_set_may_fail_without_touching_the_stack() -> None:
    account = Account(
        {
            **READY,
            "operations": {
                "ExecuteChangeSet": {"timeline": [], "execution": ["EXECUTE_IN_PROGRESS", "EXECUTE_FAILED"]}
            },
        }
    )
    change_set = account.compared()
    account.execute(change_set)
    assert [account.change_set(change_set)[1] for _ in range(3)] == ["EXECUTE_IN_PROGRESS", *["EXECUTE_FAILED"] * 2]
    assert account.statuses(2) == ["UPDATE_COMPLETE"] * 2
    assert account.events() == [("dev-web", "UPDATE_COMPLETE")]


def test_the_execution_of_a_change_set_may_end_otherwise_than_the_stack() -> None:
    outcome = {"execution": ["EXECUTE_IN_PROGRESS", {"status": "EXECUTE_IN_PROGRESS", "looks": 9}, "EXECUTE_COMPLETE"]}
    account = Account({**READY, "operations": {"ExecuteChangeSet": outcome}})
    change_set = account.compared()
    account.execute(change_set)
    assert account.statuses(2)[-1] == "UPDATE_COMPLETE"
    assert account.change_set(change_set)[1] == "EXECUTE_IN_PROGRESS"


def test_nested_stacks_and_change_sets_go_with_their_root() -> None:
    outcome = {"changes": [NESTED_CHANGE], "nested": {"Network": {}}}
    account = Account({"operations": {"CreateChangeSet": outcome}})
    root = account.compared(ChangeSetType="CREATE", IncludeNestedStacks=True)
    assert account.look("dev-web-Network-1A2B3C4D5E6F")["StackStatus"] == "REVIEW_IN_PROGRESS"
    nested = account.do("DescribeChangeSet", ChangeSetName=root)["Changes"][0]["ResourceChange"]["ChangeSetId"]
    account.execute(root)
    assert account.change_set(nested) == ("CREATE_COMPLETE", "EXECUTE_IN_PROGRESS")
    account.statuses(2)
    assert account.change_set(nested) == ("CREATE_COMPLETE", "EXECUTE_COMPLETE")
    network = account.look("dev-web-Network-1A2B3C4D5E6F")["StackId"]
    account.do("DeleteStack")
    account.statuses(1)
    account.refused("DescribeStacks")
    assert account.look(network)["StackStatus"] == "DELETE_COMPLETE"
    assert account.refused("DescribeChangeSet", ChangeSetName=nested)[0] == "ChangeSetNotFound"


def test_a_new_stack_is_compared_with_nothing_unless_the_script_says_more() -> None:
    account, there = Account(), Account(READY)
    added = account.do("DescribeChangeSet", ChangeSetName=account.compared(ChangeSetType="CREATE"))["Changes"]
    updated = there.do("DescribeChangeSet", ChangeSetName=there.compared())["Changes"]
    assert [change["ResourceChange"]["Action"] for change in (*added, *updated)] == ["Add", "Modify"]


def test_names_of_nested_change_sets_are_as_long_as_the_api_allows() -> None:
    account = Account(comparison(changes=[NESTED_CHANGE], nested={"Network": {}}))
    change_set = account.compared("a" * 128, IncludeNestedStacks=True)
    nested = account.do("DescribeChangeSet", ChangeSetName=change_set)["Changes"][0]["ResourceChange"]["ChangeSetId"]
    assert account.do("DescribeChangeSet", ChangeSetName=nested)["ChangeSetName"] == "a" * 128


def test_a_change_set_is_made_by_the_name_or_the_arn_of_its_stack() -> None:
    account = Account(READY)
    change_set = account.compare()
    again = account.compare(StackName=account.look()["StackId"])
    assert again == change_set
    previous = account.do("CreateChangeSet", ChangeSetName="previous", UsePreviousTemplate=True)
    assert previous["StackId"] == account.look()["StackId"]
