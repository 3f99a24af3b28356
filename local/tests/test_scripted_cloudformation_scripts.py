"""What a script may say, and how a wrong one is told."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from scripted_account import Account

import localstack_pipelines.scripted_cloudformation
from localstack_pipelines.scripted_cloudformation.operations import OPERATIONS
from localstack_pipelines.scripted_cloudformation.reading import ScriptError
from localstack_pipelines.scripted_cloudformation.script import OPERATIONS as NAMED_OPERATIONS
from localstack_pipelines.scripted_cloudformation.script import parse

README = Path(localstack_pipelines.scripted_cloudformation.__file__).with_name("README.md")


def outcome(operation: str, **members: Any) -> dict[str, Any]:
    return {"operations": {operation: members}}


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ([], "The script: an object is expected."),
        ({"stak": {}}, "The script: unknown key 'stak'; there are account, "),
        ({"stack": {}}, "stack: either 'status' or 'timeline' is expected."),
        ({"stack": {"status": "CREATE_COMPLETE", "timeline": ["CREATE_COMPLETE"]}}, "stack: either 'status' or"),
        ({"stack": {"timeline": []}}, "stack.timeline: at least one status is expected."),
        ({"stack": {"timeline": ["UPDATE_COMPLETE"], "events": []}}, "stack.events: beside a timeline it belongs"),
        ({"stack": {"timeline": [{"looks": 1}]}}, "stack.timeline[0]: 'status' is missing."),
        (
            {"stack": {"timeline": [{"status": "UPDATE_COMPLETE", "looks": -1}]}},
            "stack.timeline[0].looks: a whole number",
        ),
        ({"stack": {"timeline": [{"status": "UPDATE_COMPLETE", "looks": True}]}}, "stack.timeline[0].looks: a whole"),
        (
            {"stack": {"status": "CREATE_COMPLETE", "termination_protection": 1}},
            "stack.termination_protection: true or",
        ),
        ({"stack": {"status": "CREATE_COMPLETE", "tags": [{"Kay": "a"}]}}, "stack.tags[0]: not a Tag: "),
        ({"change_sets": [{"name": "a"}]}, "change_sets: they need a stack."),
        (
            {
                "stack": {"status": "CREATE_COMPLETE"},
                "change_sets": [{"name": "a", "timeline": ["FAILED"], "reason": "b"}],
            },
            "change_sets[0]: either a timeline or a status is expected.",
        ),
        (outcome("DescribeStacks"), "operations: unknown key 'DescribeStacks'; there are CreateChangeSet, "),
        ({"operations": {"CreateStack": []}}, "operations.CreateStack: at least one outcome is expected."),
        (outcome("CreateStack", timeline=[]), "operations.CreateStack.timeline: at least one status is expected."),
        (outcome("CreateStack", changes=[]), "operations.CreateStack: unknown key 'changes'"),
        (outcome("CreateChangeSet", timeline=["CREATED"]), "operations.CreateChangeSet.timeline[0]: one of CREATE_"),
        (outcome("CreateChangeSet", page_size=0), "operations.CreateChangeSet.page_size: a whole number of at least 1"),
        (
            outcome("CreateChangeSet", changes=[{"Typ": "Resource"}]),
            "operations.CreateChangeSet.changes[0]: not a Change",
        ),
        (
            outcome(
                "CreateChangeSet", changes=[{"ResourceChange": {"ChangeSetId": "{change_set_id:A}"}}], nested={"B": {}}
            ),
            "operations.CreateChangeSet.changes: {change_set_id:A} is not in 'nested'.",
        ),
        (outcome("ExecuteChangeSet", execution=["DONE"]), "operations.ExecuteChangeSet.execution[0]: one of AVAILABLE"),
        (
            outcome(
                "CreateStack", timeline=[{"status": "CREATE_FAILED", "events": [{"ResourceStatus": "CREATE_FAILED"}]}]
            ),
            "operations.CreateStack.timeline[0].events[0]: 'LogicalResourceId' is missing.",
        ),
        (
            outcome("CreateStack", timeline=[{"status": "CREATE_FAILED", "nested": {"a": {"looks": 1}}}]),
            "operations.CreateStack.timeline[0].nested.a: unknown key 'looks'",
        ),
        ({"faults": [{"operation": "CreateStack"}]}, "faults[0]: 'error', 'delay_seconds' or both are expected."),
        ({"faults": [{"operation": "Create", "delay_seconds": 1}]}, "faults[0].operation: one of CreateChangeSet, "),
        ({"faults": [{"operation": "CreateStack", "delay_seconds": 1, "call": 0}]}, "faults[0].call: a whole number"),
        (
            {"faults": [{"operation": "CreateStack", "delay_seconds": 1, "when": "later"}]},
            "faults[0].when: one of after,",
        ),
        ({"faults": [{"operation": "CreateStack", "error": {"code": "A"}}]}, "faults[0].error: 'message' is missing."),
        (
            {"interventions": [{"operation": "CreateStack", "call": 1}]},
            "interventions[0]: at least one of delete_stack, ",
        ),
        ({"max_change_sets": "many"}, "max_change_sets: a whole number of at least 0 is expected."),
    ],
)
def test_a_wrong_script_is_refused_with_the_place_of_the_mistake(script: Any, message: str) -> None:
    with pytest.raises(ScriptError, match=f"^{re.escape(message)}"):
        parse(script)


def test_a_refused_script_changes_nothing() -> None:
    account = Account({"stack": {"status": "UPDATE_COMPLETE"}})
    account.look()
    with pytest.raises(ScriptError):
        account.service.set_script(account.name, {"stack": {}})
    assert account.state["script"] == {"stack": {"status": "UPDATE_COMPLETE"}}
    assert len(account.calls) == 1


def test_the_example_of_the_readme_is_a_script_that_plays_as_it_says() -> None:
    example = json.loads(README.read_text(encoding="utf-8").split("```json")[-1].split("```")[0])
    account = Account(example)
    change_set = account.compared(IncludeNestedStacks=True)
    reply = account.service.call("ExecuteChangeSet", "111122223333", "eu-west-1", {"ChangeSetName": change_set})
    assert reply.error is None
    assert reply.delay_seconds == 40
    assert account.statuses(4) == [
        *["UPDATE_IN_PROGRESS"] * 2,
        "UPDATE_ROLLBACK_IN_PROGRESS",
        "UPDATE_ROLLBACK_COMPLETE",
    ]
    assert ("Topic", "UPDATE_FAILED") in account.events("dev-web-Network")


def test_every_key_of_the_readme_is_known_and_every_known_key_is_in_it() -> None:
    text = README.read_text(encoding="utf-8")
    with pytest.raises(ScriptError) as caught:
        parse({"stack": {"status": "CREATE_COMPLETE"}, "interventions": [{"operation": "CreateStack", "no-key": 1}]})
    known = str(caught.value).split("there are ")[1].rstrip(".").split(", ")
    with pytest.raises(ScriptError) as caught:
        parse({"stack": {"status": "CREATE_COMPLETE", "no-key": 1}})
    known += str(caught.value).split("there are ")[1].rstrip(".").split(", ")
    assert len(known) > 20
    assert [key for key in known if f"`{key}`" not in text] == []


def test_the_operations_that_scripts_may_name_are_those_that_are_there() -> None:
    assert sorted(NAMED_OPERATIONS) == sorted(OPERATIONS)
    text = README.read_text(encoding="utf-8")
    assert [name for name in OPERATIONS if name not in text] == []


def test_values_that_no_model_has_are_kept() -> None:
    change = {"Type": "Resource", "ResourceChange": {"Action": "Levitate", "Replacement": "Perhaps"}}
    account = Account({"stack": {"status": "UPDATE_COMPLETE"}, **outcome("CreateChangeSet", changes=[change])})
    assert account.do("DescribeChangeSet", ChangeSetName=account.compared())["Changes"] == [change]
    account = Account({"stack": {"status": "UPDATE_PONDERED"}})
    assert account.look()["StackStatus"] == "UPDATE_PONDERED"


def test_placeholders_stand_for_names_and_arns() -> None:
    event = {
        "LogicalResourceId": "Network",
        "ResourceStatus": "UPDATE_FAILED",
        "PhysicalResourceId": "{stack_id:{stack}-Network}",
        "ResourceStatusReason": "{stack} ({stack_id}) in {account}, {region}",
    }
    nested = {"{stack}-Network": {"status": "UPDATE_FAILED", "events": [{**event, "LogicalResourceId": "Topic"}]}}
    account = Account({"stack": {"status": "UPDATE_FAILED", "events": [event], "nested": nested}})
    stack_id = account.look()["StackId"]
    network = account.look("dev-web-Network")
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


def test_the_script_of_a_name_is_its_own_or_that_of_the_longest_glob() -> None:
    account = Account({"stack": {"status": "CREATE_COMPLETE"}})
    account.service.set_script("dev-we[b]", {"stack": {"status": "DELETE_FAILED"}})
    account.service.set_script("dev-*", {"stack": {"status": "UPDATE_COMPLETE"}})
    account.service.set_script("dev-web-????????", {"stack": {"status": "IMPORT_COMPLETE"}})
    assert account.look("dev-web")["StackStatus"] == "CREATE_COMPLETE"
    assert account.look("dev-web-0a1b2c3d")["StackStatus"] == "IMPORT_COMPLETE"
    assert account.look("dev-other")["StackStatus"] == "UPDATE_COMPLETE"
    assert account.refused("DescribeStacks", StackName="Dev-web")[0] == "ValidationError"


def test_a_script_applies_where_it_says() -> None:
    account = Account({"stack": {"status": "CREATE_COMPLETE"}, "account": "444455556666", "region": "us-east-1"})
    stack = account.do("DescribeStacks", account="444455556666", region="us-east-1")["Stacks"][0]
    assert stack["StackId"].startswith("arn:aws:cloudformation:us-east-1:444455556666:stack/dev-web/")
    assert account.refused("DescribeStacks", region="us-east-1")[0] == "ValidationError"
    assert account.refused("DescribeStacks", account="444455556666")[0] == "ValidationError"


def test_accounts_and_regions_have_stacks_of_their_own() -> None:
    account = Account()
    account.create()
    assert account.refused("DescribeStacks", region="us-east-1")[0] == "ValidationError"
    assert account.do("CreateStack", region="us-gov-west-1", TemplateURL="https://a/b")["StackId"].startswith(
        "arn:aws-us-gov:"
    )


def test_setting_a_script_anew_forgets_what_its_stacks_were() -> None:
    account = Account({"faults": [{"operation": "DescribeStacks", "call": 1, "error": {"code": "A", "message": "b"}}]})
    account.service.set_script("other", {"stack": {"status": "CREATE_COMPLETE"}})
    account.look("other")
    account.create()
    account.service.set_script(account.name, account.state["script"])
    assert account.state["stacks"] == []
    assert account.calls == []
    assert account.refused("DescribeStacks")[0] == "A"
    assert account.look("other")["StackStatus"] == "CREATE_COMPLETE"
    assert [call["stack"] for call in account.service.state()["journal"]] == ["other", "dev-web", "other"]


def test_a_script_that_no_longer_applies_somewhere_leaves_nothing_there() -> None:
    account = Account({"stack": {"status": "CREATE_COMPLETE"}})
    account.look()
    account.service.set_script(account.name, {"region": "us-east-1"})
    assert account.refused("DescribeStacks")[0] == "ValidationError"


def test_removing_a_script_leaves_an_empty_account() -> None:
    account = Account({"stack": {"status": "CREATE_COMPLETE"}})
    account.look()
    assert account.service.remove_script(account.name)
    assert not account.service.remove_script(account.name)
    assert account.service.script_state(account.name) is None
    assert account.refused("DescribeStacks")[0] == "ValidationError"
    account.service.forget()
    assert account.service.state() == {"scripts": [], "stacks": [], "journal": []}
