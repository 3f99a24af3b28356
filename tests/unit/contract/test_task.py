"""What the functions of all task states have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from changegate.errors import MisconfiguredError, TransientError
from changegate.states import check_stack_existence
from tests.unit.conftest import EXECUTION_ID, PARAMS, Aws, run, stack, task_input, token

if TYPE_CHECKING:
    import io


@pytest.mark.parametrize("wrong", [{}, {"taskParams": []}, {"taskParams": {}}, {"taskParams": {}, "execution": {}}])
def test_an_input_that_is_not_the_state_machines_is_a_misconfiguration(wrong: dict[str, Any]) -> None:
    with pytest.raises(MisconfiguredError):
        check_stack_existence.handler(wrong, None)


def test_a_task_keeps_what_was_there_and_adds_its_own(aws: Aws) -> None:
    aws.cloudformation.add_response("describe_stacks", stack("CREATE_COMPLETE"))
    answer = run(check_stack_existence.handler, anything="else")
    assert answer["taskParams"].items() >= {**PARAMS, "anything": "else", "doesStackExist": True}.items()
    assert "error" not in answer


def test_a_client_token_is_one_per_execution_stack_and_operation_and_fits_the_api() -> None:
    successor = {"successorStackName": "prod-app-0a1b2c3d"}
    tokens = {
        task_input(execution_id, **added).client_token(operation)
        for added in ({}, successor)
        for execution_id in (EXECUTION_ID, EXECUTION_ID + "2")
        for operation in ("CreateStack", "DeleteStack")
    }
    assert len(tokens) == 8
    assert token("CreateStack") in tokens
    for each in tokens:
        assert len(each) <= 128
        assert each[0].isalpha()
        assert each.replace("-", "").isalnum()


def test_a_task_that_waits_needs_the_definitions_bounds() -> None:
    with pytest.raises(MisconfiguredError, match="how long to wait"):
        _ = task_input().waiting


def test_the_stack_is_the_deployments_own_or_its_successor() -> None:
    assert task_input().stack_name == "prod-app"
    assert task_input(successorStackName="prod-app-0a1b2c3d").stack_name == "prod-app-0a1b2c3d"


def test_values_of_the_input_are_not_logged(aws: Aws, log: io.StringIO) -> None:
    aws.cloudformation.add_response("describe_stacks", stack("CREATE_COMPLETE"))
    run(check_stack_existence.handler, parameters={"Password": "hunter2"})
    aws.fail("cloudformation", "describe_stacks", "Throttling", "Rate exceeded")
    with pytest.raises(TransientError):
        run(check_stack_existence.handler, parameters={"Password": "hunter2"})
    assert "Task done" in log.getvalue()
    assert "hunter2" not in log.getvalue()


@pytest.mark.parametrize(
    "wrong", [{}, {"taskParams": []}, {"taskParams": {"stackName": "app"}, "execution": {"id": "x"}}]
)
def test_an_input_that_is_refused_is_logged(wrong: dict[str, Any], log: io.StringIO) -> None:
    with pytest.raises(MisconfiguredError):
        check_stack_existence.handler(wrong, None)
    assert "Task failed" in log.getvalue()
