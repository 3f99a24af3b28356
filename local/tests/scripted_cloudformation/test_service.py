"""Scripts, accounts and regions, requests and the journal."""

from __future__ import annotations

import json

import pytest
from scripted_account import ACCOUNT, READY, REGION, TEMPLATE, Account

from localstack_pipelines.scripted_cloudformation.reader import ScriptError


def test_a_refused_script_changes_nothing() -> None:
    account = Account({"stack": {"status": "UPDATE_COMPLETE"}})
    account.look()
    with pytest.raises(ScriptError):
        account.service.set_script(account.name, {"stack": {}})
    assert account.state["script"] == {"stack": {"status": "UPDATE_COMPLETE"}}
    assert len(account.calls) == 1


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


def test_setting_a_script_again_deletes_the_state_of_its_stacks() -> None:
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
