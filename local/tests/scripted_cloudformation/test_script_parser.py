"""The scripts that the parser accepts, and its errors."""

from __future__ import annotations

import re
from typing import Any

import pytest

from localstack_pipelines.scripted_cloudformation.reader import ScriptError
from localstack_pipelines.scripted_cloudformation.script_parser import parse


def outcome(operation: str, **members: Any) -> dict[str, Any]:
    return {"operations": {operation: members}}


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ([], "The script: an object is expected."),
        ({"stak": {}}, "The script: unknown key 'stak'; the known keys are account, "),
        ({"stack": {}}, "stack: either 'status' or 'timeline' is expected."),
        ({"stack": {"status": "CREATE_COMPLETE", "timeline": ["CREATE_COMPLETE"]}}, "stack: either 'status' or"),
        ({"stack": {"timeline": []}}, "stack.timeline: at least one status is expected."),
        ({"stack": {"timeline": ["UPDATE_COMPLETE"], "events": []}}, "stack.events: with a 'timeline', it belongs"),
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
        ({"change_sets": [{"name": "a"}]}, "change_sets: change sets need a 'stack'."),
        (
            {
                "stack": {"status": "CREATE_COMPLETE"},
                "change_sets": [{"name": "a", "timeline": ["FAILED"], "reason": "b"}],
            },
            "change_sets[0]: either a timeline or a status is expected.",
        ),
        (outcome("DescribeStacks"), "operations: unknown key 'DescribeStacks'; the known keys are CreateChangeSet, "),
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
def test_an_invalid_script_is_refused_with_the_position_of_the_error(script: Any, message: str) -> None:
    with pytest.raises(ScriptError, match=f"^{re.escape(message)}"):
        parse(script)
