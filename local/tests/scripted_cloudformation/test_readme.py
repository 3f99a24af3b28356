"""The README documents the format that the parser accepts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from scripted_account import Account

import localstack_pipelines.scripted_cloudformation
from localstack_pipelines.scripted_cloudformation.operations import OPERATIONS
from localstack_pipelines.scripted_cloudformation.reader import ScriptError
from localstack_pipelines.scripted_cloudformation.script_parser import parse

README = Path(localstack_pipelines.scripted_cloudformation.__file__).with_name("README.md")


def test_the_example_of_the_readme_does_what_it_says() -> None:
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


def test_the_readme_has_every_known_key() -> None:
    text = README.read_text(encoding="utf-8")
    with pytest.raises(ScriptError) as caught:
        parse({"stack": {"status": "CREATE_COMPLETE"}, "interventions": [{"operation": "CreateStack", "no-key": 1}]})
    known = str(caught.value).split("the known keys are ")[1].rstrip(".").split(", ")
    with pytest.raises(ScriptError) as caught:
        parse({"stack": {"status": "CREATE_COMPLETE", "no-key": 1}})
    known += str(caught.value).split("the known keys are ")[1].rstrip(".").split(", ")
    assert len(known) > 20
    assert [key for key in known if f"`{key}`" not in text] == []


def test_scripts_may_name_the_operations_that_are_there_and_the_readme_lists_them() -> None:
    with pytest.raises(ScriptError) as caught:
        parse({"faults": [{"operation": "no-operation", "delay_seconds": 1}]})
    named = str(caught.value).split("one of ")[1].removesuffix(" is expected.").split(", ")
    assert named == sorted(OPERATIONS)
    text = README.read_text(encoding="utf-8")
    assert [name for name in OPERATIONS if name not in text] == []
