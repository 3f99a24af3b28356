"""Assembles answers of DescribeChangeSet: pages into change sets, nested change sets into their parents. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from changegate.safety.changes import ChangeSet, resource_change, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

type Answer = Mapping[str, Any]

# The reasons that CloudFormation gives for a change set without changes: the first was recorded for templates without a
# transform, the second is given for templates with one ("No updates are to be performed.").
_EMPTY_REASONS: Final = (
    "The submitted information didn't contain changes.",
    "No updates are to be performed",
)


class AnswerError(ValueError):
    """The answers are not those of DescribeChangeSet, or incomplete; the text says which."""


def is_empty(answer: Answer) -> bool:
    """Return whether the change set's creation "failed" because there is nothing to change."""
    return answer.get("Status") == "FAILED" and text(answer, "StatusReason").startswith(_EMPTY_REASONS)


def nested_ids(answer: Answer) -> Iterator[str]:
    """Yield the ARNs of the nested change sets in the answer's changes."""
    for change in _changes(answer):
        if change_set_id := text(resource_change(change), "ChangeSetId"):
            yield change_set_id


def assemble(answers: Iterable[Answer]) -> ChangeSet:
    """Return the root change set with everything nested in it, from answers in any order.

    :param answers: all pages of one change set and of the change sets of its nested stacks.
    :raises AnswerError: when an answer has another shape, a page is missing, or there is not exactly one root.
    """
    pages: dict[str, list[Answer]] = {}
    for answer in answers:
        _check(answer)
        pages.setdefault(text(answer, "ChangeSetId"), []).append(answer)
    for of_one in pages.values():
        if len([page for page in of_one if not page.get("NextToken")]) != 1:
            raise AnswerError("A page of the change set is missing or given twice: give every page once.")
    named = {nested for of_one in pages.values() for page in of_one for nested in nested_ids(page)}
    roots = [change_set_id for change_set_id in pages if change_set_id not in named]
    if len(roots) != 1:
        raise AnswerError(f"There must be one change set that is not nested in another; there are {len(roots)}.")
    return _assemble(roots[0], pages, ())


def _assemble(change_set_id: str, pages: Mapping[str, list[Answer]], ancestors: tuple[str, ...]) -> ChangeSet:
    of_one = pages[change_set_id]
    inside = (*ancestors, change_set_id)
    nested = {
        child: _assemble(child, pages, inside)
        for page in of_one
        for child in nested_ids(page)
        if child in pages and child not in inside
    }
    return ChangeSet(
        changes=[change for page in of_one for change in _changes(page)],
        stack_name=text(of_one[0], "StackName"),
        nested=nested,
        fault=_fault(of_one[0]),
    )


def _fault(answer: Answer) -> str:
    """Return why the change set's list of changes is incomplete; empty if it is complete.

    An answer without a status was shortened by someone: its changes are judged as they are.
    """
    status = answer.get("Status")
    if status is None or status == "CREATE_COMPLETE" or is_empty(answer):
        return ""
    reason = text(answer, "StatusReason")
    return f"has a change set that is {status!s}{': ' + reason if reason else ''}"


def _check(answer: Any) -> None:
    if not isinstance(answer, dict) or not isinstance(answer.get("Changes"), list):
        raise AnswerError("This is not an answer of DescribeChangeSet: it has no list of 'Changes'.")


def _changes(answer: Answer) -> list[Mapping[str, Any]]:
    changes: list[Mapping[str, Any]] = answer["Changes"]
    return changes
