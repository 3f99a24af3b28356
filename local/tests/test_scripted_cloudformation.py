"""What the scripted service does with stacks and change sets."""

from __future__ import annotations

import json
from typing import Any

import pytest
from scripted_account import ACCOUNT, REGION, TEMPLATE, Account

READY = {"stack": {"status": "UPDATE_COMPLETE"}}
NESTED_CHANGE = {
    "Type": "Resource",
    "ResourceChange": {
        "Action": "Modify",
        "LogicalResourceId": "Network",
        "ResourceType": "AWS::CloudFormation::Stack",
        "ChangeSetId": "{change_set_id:Network}",
    },
}


def change(logical_id: str) -> dict[str, Any]:
    return {"Type": "Resource", "ResourceChange": {"Action": "Add", "LogicalResourceId": logical_id}}


def comparison(**members: Any) -> dict[str, Any]:
    return {**READY, "operations": {"CreateChangeSet": members}}


def event(logical_id: str, status: str) -> dict[str, Any]:
    return {"LogicalResourceId": logical_id, "ResourceType": "AWS::SQS::Queue", "ResourceStatus": status}


# An empty account.


def test_without_a_script_everything_goes_well() -> None:
    account = Account()
    assert account.refused("DescribeStacks") == ("ValidationError", "Stack with id dev-web does not exist")
    stack_id = account.create(ClientRequestToken="creation", RoleARN="arn:aws:iam::111122223333:role/deploy")
    assert account.statuses(3) == ["CREATE_IN_PROGRESS", "CREATE_COMPLETE", "CREATE_COMPLETE"]
    change_set = account.compare()
    assert account.change_set(change_set) == ("CREATE_PENDING", "UNAVAILABLE")
    assert account.change_set(change_set) == ("CREATE_COMPLETE", "AVAILABLE")
    account.execute(change_set, ClientRequestToken="update")
    assert account.change_set(change_set) == ("CREATE_COMPLETE", "EXECUTE_IN_PROGRESS")
    assert account.statuses(3) == ["UPDATE_IN_PROGRESS", "UPDATE_COMPLETE", "UPDATE_COMPLETE"]
    assert account.change_set(change_set) == ("CREATE_COMPLETE", "EXECUTE_COMPLETE")
    assert account.look()["ChangeSetId"] == change_set
    assert account.look()["RoleARN"].endswith("role/deploy")
    events = account.do("DescribeStackEvents")["StackEvents"]
    assert [(found["ResourceStatus"], found["ClientRequestToken"]) for found in events] == [
        ("UPDATE_COMPLETE", "update"),
        ("UPDATE_IN_PROGRESS", "update"),
        ("CREATE_COMPLETE", "creation"),
        ("CREATE_IN_PROGRESS", "creation"),
    ]
    assert {found["PhysicalResourceId"] for found in events} == {stack_id}
    assert sorted(events, key=lambda found: found["Timestamp"]) == events[::-1]
    account.do("DeleteStack")
    assert account.statuses(2, stack_id) == ["DELETE_IN_PROGRESS", "DELETE_COMPLETE"]
    assert account.refused("DescribeStacks")[0] == "ValidationError"
    assert account.refused("DescribeChangeSet", ChangeSetName=change_set)[0] == "ChangeSetNotFound"


def test_a_deleted_stack_is_found_by_its_arn_alone_and_its_name_is_free() -> None:
    account = Account()
    first = account.create()
    account.do("DeleteStack")
    assert account.look()["StackStatus"] == "DELETE_IN_PROGRESS"
    # The look that would see the last of it by name sees nothing.
    assert account.refused("DescribeStacks") == ("ValidationError", "Stack with id dev-web does not exist")
    assert account.refused("DescribeStackEvents") == ("ValidationError", "Stack [dev-web] does not exist")
    second = account.create()
    assert second != first
    assert account.look(first)["StackStatus"] == "DELETE_COMPLETE"
    assert "DeletionTime" in account.look(first)
    assert account.look()["StackId"] == second
    assert account.events(first)[0] == ("dev-web", "DELETE_COMPLETE")


def test_all_stacks_are_listed_without_being_looked_at() -> None:
    account = Account()
    account.create()
    listed = account.service.call("DescribeStacks", ACCOUNT, REGION, {"StackName": None}).answer["Stacks"]
    assert [stack["StackStatus"] for stack in listed] == ["CREATE_IN_PROGRESS"]
    assert account.look()["StackStatus"] == "CREATE_IN_PROGRESS"


# Stacks.


def test_a_timeline_counts_looks() -> None:
    timeline = [
        {"status": "UPDATE_IN_PROGRESS", "looks": 2},
        {"status": "UPDATE_FAILED", "looks": 0},
        "UPDATE_COMPLETE",
    ]
    account = Account({"stack": {"timeline": timeline}})
    assert account.statuses(4) == ["UPDATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "UPDATE_COMPLETE", "UPDATE_COMPLETE"]
    assert [status for _, status in account.events()] == ["UPDATE_COMPLETE", "UPDATE_FAILED", "UPDATE_IN_PROGRESS"]


def test_events_come_with_their_status_and_before_it() -> None:
    rollback = {
        "status": "ROLLBACK_IN_PROGRESS",
        "reason": "The following resource(s) failed to create: [Queue]. ",
        "events": [
            event("Queue", "CREATE_IN_PROGRESS"),
            {**event("Queue", "CREATE_FAILED"), "ClientRequestToken": None},
        ],
    }
    account = Account(
        {"operations": {"CreateStack": {"timeline": ["CREATE_IN_PROGRESS", rollback, "ROLLBACK_COMPLETE"]}}}
    )
    account.create(ClientRequestToken="token")
    account.look()
    assert account.events() == [("dev-web", "CREATE_IN_PROGRESS")]
    assert account.look()["StackStatusReason"] == rollback["reason"]
    newest, failed, started, _ = account.do("DescribeStackEvents")["StackEvents"]
    assert newest["ResourceStatusReason"] == rollback["reason"]
    assert (failed["LogicalResourceId"], failed["ResourceStatus"]) == ("Queue", "CREATE_FAILED")
    assert "ClientRequestToken" not in failed
    assert started["ClientRequestToken"] == "token"
    assert "StackStatusReason" not in account.look()


def test_events_resources_and_change_sets_have_pages() -> None:
    resources = [
        {"LogicalResourceId": name, "ResourceType": "AWS::SQS::Queue", "ResourceStatus": "CREATE_COMPLETE"}
        for name in "ABC"
    ]
    account = Account(
        {
            "stack": {"status": "UPDATE_COMPLETE", "events": [event("A", "A_COMPLETE")] * 2, "resources": resources},
            "change_sets": [{"name": name} for name in "abc"],
            "page_size": 2,
        }
    )
    for operation, member, field in (
        ("DescribeStackEvents", "StackEvents", "EventId"),
        ("ListStackResources", "StackResourceSummaries", "LogicalResourceId"),
        ("ListChangeSets", "Summaries", "ChangeSetName"),
    ):
        first = account.do(operation)
        second = account.do(operation, NextToken=first["NextToken"])
        assert [len(page[member]) for page in (first, second)] == [2, 1]
        assert len({found[field] for page in (first, second) for found in page[member]}) == 3
        assert "NextToken" not in second
        for token in ("made-up", "from-0", "from-3"):
            assert account.refused(operation, NextToken=token)[0] == "ValidationError"
    (resource,) = account.do("DescribeStackResources", LogicalResourceId="B")["StackResources"]
    assert (resource["LogicalResourceId"], resource["PhysicalResourceId"]) == ("B", "dev-web-B")
    assert resource["StackId"] == account.look()["StackId"]


def test_a_stack_that_is_there_cannot_be_created() -> None:
    account = Account({"stack": {"status": "ROLLBACK_COMPLETE"}})
    refusal = account.refused("CreateStack", TemplateURL=TEMPLATE)
    assert refusal == ("AlreadyExistsException", "Stack [dev-web] already exists")


def test_outcomes_follow_one_another_and_the_last_repeats() -> None:
    failed = {"timeline": ["CREATE_FAILED"]}
    account = Account({"operations": {"CreateStack": [failed, {"timeline": ["CREATE_COMPLETE"]}], "DeleteStack": {}}})
    seen = []
    for _ in range(3):
        arn = account.create()
        seen.append(account.look()["StackStatus"])
        account.refused("CreateStack", TemplateURL=TEMPLATE)
        account.do("DeleteStack")
        account.statuses(2, arn)
    assert seen == ["CREATE_FAILED", "CREATE_COMPLETE", "CREATE_COMPLETE"]


def test_a_token_makes_one_call_of_many() -> None:
    account = Account()
    arn = account.create(ClientRequestToken="a")
    assert account.create(ClientRequestToken="a") == arn
    code, _ = account.refused(
        "CreateStack", TemplateURL=TEMPLATE, ClientRequestToken="a", Capabilities=["CAPABILITY_IAM"]
    )
    assert code == "TokenAlreadyExistsException"
    assert account.refused("DeleteStack", ClientRequestToken="a")[0] == "TokenAlreadyExistsException"
    account.statuses(2)
    change_set = account.compared()
    account.execute(change_set, ClientRequestToken="b")
    assert account.execute(change_set, ClientRequestToken="b") == {}
    assert (
        account.refused("ExecuteChangeSet", ChangeSetName=change_set, ClientRequestToken="c")[0]
        == "InvalidChangeSetStatus"
    )
    account.statuses(2)
    account.do("DeleteStack", ClientRequestToken="d")
    assert account.statuses(1, arn) == ["DELETE_IN_PROGRESS"]
    account.do("DeleteStack", ClientRequestToken="e")
    assert account.statuses(1, arn) == ["DELETE_COMPLETE"]
    again = account.create(ClientRequestToken="f")
    # The deletion was of the first stack: its late duplicate must not meet the second.
    account.do("DeleteStack", ClientRequestToken="d")
    assert account.statuses(2, again) == ["CREATE_IN_PROGRESS", "CREATE_COMPLETE"]


def test_termination_protection_keeps_a_stack() -> None:
    account = Account()
    arn = account.create(EnableTerminationProtection=True)
    account.statuses(2)
    assert account.look()["EnableTerminationProtection"] is True
    code, message = account.refused("DeleteStack")
    assert (code, "TerminationProtection" in message) == ("ValidationError", True)
    assert account.do("UpdateTerminationProtection", EnableTerminationProtection=False) == {"StackId": arn}
    account.do("DeleteStack", StackName=arn)
    assert account.look()["StackStatus"] == "DELETE_IN_PROGRESS"
    assert account.refused("UpdateTerminationProtection", EnableTerminationProtection=True)[0] == "ValidationError"


def test_what_is_not_there_is_deleted_without_an_error() -> None:
    account = Account(READY)
    assert account.do("DeleteStack", StackName="other") == {}
    assert account.do("DeleteChangeSet", ChangeSetName="other") == {}
    assert account.do("DeleteChangeSet", ChangeSetName=f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:changeSet/a/b") == {}
    assert account.look()["StackStatus"] == "UPDATE_COMPLETE"


def test_a_busy_stack_is_not_deleted() -> None:
    account = Account({"stack": {"status": "UPDATE_IN_PROGRESS"}})
    refusal = account.refused("DeleteStack")
    assert refusal == ("ValidationError", "Stack [dev-web] cannot be deleted while in status UPDATE_IN_PROGRESS")


def test_the_stack_policy_is_kept() -> None:
    policy = json.dumps({"Statement": []})
    account = Account(READY)
    assert account.do("GetStackPolicy") == {}
    account.do("SetStackPolicy", StackPolicyBody=policy)
    assert account.do("GetStackPolicy") == {"StackPolicyBody": policy}
    assert account.refused("SetStackPolicy", StackPolicyBody="{")[0] == "ValidationError"
    assert (
        account.refused("SetStackPolicy", StackPolicyBody=policy, StackPolicyURL="https://a/b")[0] == "ValidationError"
    )
    assert (
        account.refused("SetStackPolicy", StackName="other", StackPolicyBody=policy)[1]
        == "Stack [other] does not exist"
    )
    created = Account()
    created.create(StackPolicyBody=policy)
    assert created.do("GetStackPolicy") == {"StackPolicyBody": policy}
    assert Account().refused("CreateStack", TemplateURL=TEMPLATE, StackPolicyBody="{")[0] == "ValidationError"


def test_what_a_stack_was_asked_to_be_is_shown() -> None:
    asked = {
        "Parameters": [{"ParameterKey": "Size", "ParameterValue": "1"}],
        "Tags": [{"Key": "team", "Value": "a"}],
        "Capabilities": ["CAPABILITY_IAM"],
        "NotificationARNs": ["arn:aws:sns:eu-west-1:111122223333:news"],
        "RollbackConfiguration": {"MonitoringTimeInMinutes": 5, "RollbackTriggers": []},
        "RoleARN": "arn:aws:iam::111122223333:role/deploy",
    }
    account = Account({})
    account.create(**asked)
    account.statuses(2)
    assert {name: account.look()[name] for name in asked} == asked
    # What is left out stays, and a parameter may be told to.
    previous = {"ParameterKey": "Size", "UsePreviousValue": True}
    change_set = account.compared(Parameters=[previous], RoleARN="arn:aws:iam::111122223333:role/other")
    described = account.do("DescribeChangeSet", ChangeSetName=change_set)
    assert described["Parameters"] == asked["Parameters"]
    assert described["Tags"] == asked["Tags"]
    account.execute(change_set)
    account.statuses(2)
    assert account.look()["RoleARN"].endswith("role/other")
    (state,) = account.state["stacks"]
    assert state["parameters"] == asked["Parameters"]
    assert state["template_url"] == TEMPLATE


# Change sets.


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
    assert described["StackName"] == "dev-web-Network"
    assert described["ParentChangeSetId"] == described["RootChangeSetId"] == root
    innermost = described["Changes"][0]["ResourceChange"]["ChangeSetId"]
    described = account.do("DescribeChangeSet", ChangeSetName=innermost)
    assert (described["StackName"], described["ParentChangeSetId"]) == ("dev-inner", network)
    assert described["RootChangeSetId"] == root
    assert described["Changes"] == [change("Topic")]
    assert account.refused("DeleteChangeSet", ChangeSetName=network)[0] == "InvalidChangeSetStatus"
    assert account.refused("ExecuteChangeSet", ChangeSetName=network)[0] == "InvalidChangeSetStatus"
    # Whatever is nested counts as calls about the stack that it is nested in.
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


def test_a_change_set_in_the_making_or_being_executed_is_not_deleted() -> None:
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
    assert account.look("dev-web-Network")["StackStatus"] == "REVIEW_IN_PROGRESS"
    nested = account.do("DescribeChangeSet", ChangeSetName=root)["Changes"][0]["ResourceChange"]["ChangeSetId"]
    account.execute(root)
    assert account.change_set(nested) == ("CREATE_COMPLETE", "EXECUTE_IN_PROGRESS")
    account.statuses(2)
    assert account.change_set(nested) == ("CREATE_COMPLETE", "EXECUTE_COMPLETE")
    network = account.look("dev-web-Network")["StackId"]
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


# What was there before.


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


# Faults and interventions.


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
    ("deed", "met", "code"),
    [
        ({"delete_stack": True}, {"delete_stack": 1}, "ChangeSetNotFound"),
        ({"timeline": ["UPDATE_IN_PROGRESS"]}, {"timeline": 1}, "ValidationError"),
        ({"obsolete_change_sets": ["comp*"]}, {"obsolete_change_sets": 1}, "InvalidChangeSetStatus"),
        ({"delete_change_sets": ["comparison"]}, {"delete_change_sets": 1}, "ChangeSetNotFound"),
    ],
)
def test_somebody_is_faster_than_the_execution(deed: dict[str, Any], met: dict[str, int], code: str) -> None:
    account = Account({**READY, "interventions": [{"operation": "ExecuteChangeSet", "call": 1, **deed}]})
    assert account.refused("ExecuteChangeSet", ChangeSetName=account.compared())[0] == code
    assert account.calls[-1]["interventions"] == {"before": met}


def test_somebody_creates_the_stack_first() -> None:
    theirs = {"status": "CREATE_IN_PROGRESS", "token": "theirs"}
    account = Account({"interventions": [{"operation": "CreateStack", "create_stack": theirs}]})
    assert account.refused("CreateStack", TemplateURL=TEMPLATE)[0] == "AlreadyExistsException"
    assert account.do("DescribeStackEvents")["StackEvents"][0]["ClientRequestToken"] == "theirs"


def test_somebody_replaces_the_stack() -> None:
    deed = {"operation": "DescribeStacks", "call": 1, "when": "after", "delete_stack": True}
    account = Account({**READY, "interventions": [{**deed, "create_stack": {"status": "CREATE_COMPLETE"}}]})
    before, after = account.look(), account.look()
    assert (before["StackStatus"], after["StackStatus"]) == ("UPDATE_COMPLETE", "CREATE_COMPLETE")
    assert before["StackId"] != after["StackId"]
    assert account.look(before["StackId"])["StackStatus"] == "DELETE_COMPLETE"
    assert [stack["status"] for stack in account.state["stacks"]] == ["DELETE_COMPLETE", "CREATE_COMPLETE"]


def test_deeds_that_meet_nothing_are_told() -> None:
    deeds = {
        "delete_stack": True,
        "timeline": ["UPDATE_IN_PROGRESS"],
        "termination_protection": True,
        "obsolete_change_sets": ["*"],
        "delete_change_sets": ["*"],
        "create_change_sets": [{"name": "a"}],
    }
    account = Account({"interventions": [{"operation": "DescribeStacks", "when": "after", **deeds}]})
    account.refused("DescribeStacks")
    assert account.calls[0]["interventions"] == {"after": dict.fromkeys(deeds, 0)}


def test_somebody_protects_the_stack_and_makes_a_change_set() -> None:
    deeds = {"termination_protection": True, "create_change_sets": [{"name": "theirs", "description": "by hand"}]}
    account = Account({**READY, "interventions": [{"operation": "DescribeStacks", "call": 1, **deeds}]})
    assert account.look()["EnableTerminationProtection"] is True
    account.service.set_script(account.name, {**account.state["script"], "change_sets": [{"name": "theirs"}]})
    account.look()
    assert account.calls[0]["interventions"] == {"before": {"termination_protection": 1, "create_change_sets": 0}}
    account.service.set_script(account.name, {**READY, "interventions": account.state["script"]["interventions"]})
    account.look()
    described = account.do("DescribeChangeSet", ChangeSetName="theirs")
    assert (described["Description"], described["ExecutionStatus"]) == ("by hand", "AVAILABLE")


def test_somebody_cancels_an_update() -> None:
    timeline = ["UPDATE_ROLLBACK_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE"]
    account = Account({**READY, "interventions": [{"operation": "DescribeStacks", "call": 2, "timeline": timeline}]})
    change_set = account.compared()
    account.execute(change_set, ClientRequestToken="ours")
    assert account.statuses(3) == ["UPDATE_IN_PROGRESS", *timeline]
    tokens = [found.get("ClientRequestToken") for found in account.do("DescribeStackEvents")["StackEvents"]]
    assert tokens == [None, None, "ours", None]
    assert account.change_set(change_set) == ("CREATE_COMPLETE", "EXECUTE_FAILED")


# Requests and the journal.


def test_requests_are_held_against_the_service_model() -> None:
    account = Account(READY)
    code, message = account.refused("CreateChangeSet", ChangeSetName="1-not-a-name", TemplateURL=TEMPLATE)
    assert code == "ValidationError"
    assert "ChangeSetName" in message
    reply = account.service.call("CreateStack", ACCOUNT, REGION, {"TemplateURL": TEMPLATE})
    assert reply.error is not None
    assert "Member must not be null" in reply.error.message
    code, message = account.refused("CreateStack", StackName="other")
    assert (code, message) == ("ValidationError", "Either Template URL or Template Body must be specified.")


def test_the_journal_has_every_call_in_order() -> None:
    account = Account({})
    account.refused("DescribeStacks")
    arn = account.create(ClientRequestToken="token")
    account.do("DescribeStacks", StackName=arn, region=REGION)
    calls = account.calls
    assert [(call["operation"], call["call"]) for call in calls] == [
        ("DescribeStacks", 1),
        ("CreateStack", 1),
        ("DescribeStacks", 2),
    ]
    assert [call["number"] for call in calls] == sorted({call["number"] for call in calls})
    assert calls[0]["error"]["code"] == "ValidationError"
    assert calls[1]["parameters"] == {"StackName": "dev-web", "TemplateURL": TEMPLATE, "ClientRequestToken": "token"}
    assert (calls[1]["account"], calls[1]["region"], calls[1]["stack"]) == (ACCOUNT, REGION, "dev-web")
    assert calls[2]["answer"] == {"StackId": arn, "StackStatus": "CREATE_IN_PROGRESS"}
    json.dumps(account.state)
