from __future__ import annotations

from typing import TYPE_CHECKING, Any

from changegate.safety import NESTED_STACK_TYPE
from changegate.stacks.change_sets import ChangeSetStatus, answers, find_execution_status
from tests.unit.conftest import CHANGE_SET_ID, change_set, resource_change

if TYPE_CHECKING:
    from tests.unit.conftest import Aws

CHILD_ID = CHANGE_SET_ID.replace("prod-app", "prod-app-Inner")


def nested(change_set_id: str) -> dict[str, Any]:
    return resource_change(
        "Modify", "Inner", ResourceType=NESTED_STACK_TYPE, Replacement="False", ChangeSetId=change_set_id
    )


def script(aws: Aws, change_set_id: str, *pages: dict[str, Any]) -> None:
    """Script the pages of one change set."""
    for number, page in enumerate(pages):
        request = {"ChangeSetName": change_set_id} | ({"NextToken": f"token-{number}"} if number else {})
        more = {"NextToken": f"token-{number + 1}"} if number < len(pages) - 1 else {}
        aws.cloudformation.add_response("describe_change_set", {**page, "ChangeSetId": change_set_id, **more}, request)


def test_every_page_is_read(aws: Aws) -> None:
    script(aws, CHANGE_SET_ID, *(change_set(Changes=[resource_change("Add", f"Q{page}")]) for page in range(3)))
    pages = list(answers(aws.clients["cloudformation"], CHANGE_SET_ID))
    assert [page["Changes"][0]["ResourceChange"]["LogicalResourceId"] for page in pages] == ["Q0", "Q1", "Q2"]


def test_a_nested_change_set_is_read_by_the_id_that_its_change_names(aws: Aws) -> None:
    script(aws, CHANGE_SET_ID, change_set(Changes=[nested(CHILD_ID)]))
    script(aws, CHILD_ID, change_set(), change_set(Changes=[resource_change("Remove")]))
    read = [page["ChangeSetId"] for page in answers(aws.clients["cloudformation"], CHANGE_SET_ID)]
    assert read == [CHANGE_SET_ID, CHILD_ID, CHILD_ID]


def test_each_change_set_is_read_once_also_when_they_name_each_other(aws: Aws) -> None:
    script(aws, CHANGE_SET_ID, change_set(Changes=[nested(CHILD_ID), nested(CHILD_ID)]))
    script(aws, CHILD_ID, change_set(Changes=[nested(CHANGE_SET_ID), nested(CHILD_ID)]))
    assert len(list(answers(aws.clients["cloudformation"], CHANGE_SET_ID))) == 2


def test_an_answer_says_how_the_change_set_stands() -> None:
    complete = ChangeSetStatus.of(change_set())
    assert complete.is_complete
    assert not complete.is_empty
    empty = ChangeSetStatus.of(change_set("FAILED", StatusReason="No updates are to be performed."))
    assert empty.is_empty
    assert not empty.is_complete


def test_a_change_set_that_is_gone_has_no_execution_status(aws: Aws) -> None:
    aws.fail("cloudformation", "describe_change_set", "ChangeSetNotFound", "ChangeSet x does not exist", 404)
    assert find_execution_status(aws.clients["cloudformation"], CHANGE_SET_ID) is None
