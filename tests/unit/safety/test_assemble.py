from __future__ import annotations

import itertools
from typing import Any

import pytest

from changegate.safety import AnswerError, Policy, assemble, judge

from .build import TODAY, change, nested


def answer(*changes: Any, change_set_id: str = "root", token: str | None = None, **fields: Any) -> dict[str, Any]:
    return {
        "ChangeSetId": change_set_id,
        "StackName": f"stack-{change_set_id}",
        "Status": "CREATE_COMPLETE",
        "Changes": list(changes),
        **({"NextToken": token} if token else {}),
        **fields,
    }


def test_pages_and_nested_change_sets_come_together_in_any_order() -> None:
    answers = [
        answer(change("Add", "A"), token="more"),
        answer(nested("N", "child")),
        answer(change("Add", "B"), change_set_id="child", token="more"),
        answer(change("Remove", "C"), change_set_id="child"),
    ]
    for order in itertools.permutations(answers):
        judged = judge(assemble(order), Policy(), TODAY)
        assert [outcome.path for outcome in judged.outcomes] == [("A",), ("N",), ("N", "B"), ("N", "C")]
        assert [finding.path for finding in judged.refused] == [("N", "C")]


def test_a_stacks_name_comes_with_its_change_set() -> None:
    assert assemble([answer()]).stack_name == "stack-root"


@pytest.mark.parametrize(
    ("status", "reason", "faulty"),
    [
        ("CREATE_COMPLETE", "", False),
        (None, "", False),
        ("FAILED", "The submitted information didn't contain changes. Submit different information to ...", False),
        ("FAILED", "No updates are to be performed.", False),
        ("FAILED", "Transform failed", True),
        ("FAILED", "", True),
        ("CREATE_IN_PROGRESS", "", True),
        ("CREATE_PENDING", "No updates are to be performed.", True),
        ("DELETE_COMPLETE", "", True),
        ("SIDEWAYS", "", True),
        (["CREATE_COMPLETE"], "", True),
    ],
)
def test_a_change_set_that_does_not_list_everything_is_faulty(status: Any, reason: str, faulty: bool) -> None:
    assembled = assemble([answer(change("Add"), Status=status, StatusReason=reason)])
    assert bool(assembled.fault) is faulty
    assert judge(assembled, Policy(), TODAY).safe is not faulty
    if faulty:
        assert assembled.fault == f"has a change set that is {status}" + (f": {reason}" if reason else "")


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ([], "there are 0"),
        ([{}], "^This is not an answer of DescribeChangeSet: it has no list of 'Changes'.$"),
        ([[]], "^This is not an answer of DescribeChangeSet: it has no list of 'Changes'.$"),
        ([None], "^This is not an answer of DescribeChangeSet: it has no list of 'Changes'.$"),
        ([{"Changes": {}}], "^This is not an answer of DescribeChangeSet: it has no list of 'Changes'.$"),
        ([answer(token="more")], "^A page of the change set is missing or given twice: give every page once.$"),
        ([answer(), answer()], "^A page of the change set is missing or given twice: give every page once.$"),
        (
            [answer(token="1"), answer(token="2")],
            "^A page of the change set is missing or given twice: give every page once.$",
        ),
        ([answer(), answer(change_set_id="other")], "there are 2"),
        ([answer(nested("N", "root"))], "there are 0"),
    ],
)
def test_answers_that_are_not_one_whole_change_set_are_refused(answers: Any, words: str) -> None:
    with pytest.raises(AnswerError, match=words):
        assemble(answers)


def test_change_sets_that_name_each_other_end() -> None:
    around = [
        answer(nested("N", "a")),
        answer(nested("M", "b"), change_set_id="a"),
        answer(nested("O", "a"), change_set_id="b"),
    ]
    assert not judge(assemble(around), Policy(), TODAY).safe


def test_an_answer_somebody_shortened_is_judged_as_it_is() -> None:
    assert judge(assemble([{"Changes": [change("Add")]}]), Policy(), TODAY).safe
    assert not judge(assemble([{"Changes": [change("Remove")]}]), Policy(), TODAY).safe
