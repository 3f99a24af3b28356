"""The operations on stacks."""

from __future__ import annotations

import json

from scripted_account import ACCOUNT, READY, REGION, TEMPLATE, Account, event

# An empty account


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
    # The look that completes the deletion no longer finds the name.
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


# Stacks


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
    # The deletion was of the first stack; its late duplicate must not affect the second.
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
    # Omitted settings are kept, and so are parameters with UsePreviousValue.
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
