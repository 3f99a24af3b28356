"""What holds for every change set, tried on many."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from changegate.safety import ChangeSet, Decision, Fate, Kind, Policy, Verdict, assemble, judge
from changegate.safety.api_model import (
    CHANGE_ACTION,
    CHANGE_SOURCE,
    EVALUATION_TYPE,
    POLICY_ACTION,
    REPLACEMENT,
    REQUIRES_RECREATION,
)
from changegate.safety.policy import Rule

from .build import TODAY, change, nested, verdict

IDS = ["A", "B", "C", "D"]
TYPES = ["AWS::SNS::Topic", "AWS::SQS::Queue", "AWS::CloudFormation::Stack", "Custom::Thing"]
STRICT = Policy(built_in_rules=False)

entities = st.builds("".join, st.tuples(st.sampled_from(IDS), st.sampled_from(["", "", ".TopicArn", ".Other"])))
details = st.fixed_dictionaries(
    {
        "Target": st.fixed_dictionaries(
            {"Attribute": st.just("Properties"), "Name": st.sampled_from(["Name", "Parameters"])},
            optional={"RequiresRecreation": st.sampled_from(sorted(REQUIRES_RECREATION))},
        )
    },
    optional={
        "Evaluation": st.sampled_from(sorted(EVALUATION_TYPE)),
        "ChangeSource": st.sampled_from(sorted(CHANGE_SOURCE)),
        "CausingEntity": entities,
    },
)
any_change = st.builds(
    change,
    st.sampled_from([*sorted(CHANGE_ACTION), "Modify", "Modify"]),
    st.sampled_from(IDS),
    ResourceType=st.sampled_from(TYPES),
    Replacement=st.sampled_from([*sorted(REPLACEMENT), "Conditional", "False", None]),
    PolicyAction=st.sampled_from([*sorted(POLICY_ACTION), None, None, None]),
    Details=st.none() | st.lists(details, max_size=3),
)
all_changes = st.lists(any_change, max_size=6)


def entity_of(detail: Any) -> str:
    return str(detail.get("CausingEntity", "")).split(".")[0]


def causing_entities(changes: list[Any]) -> set[str]:
    return {entity_of(detail) for item in changes for detail in item["ResourceChange"].get("Details") or []}


def shown(judged: Verdict) -> list[str]:
    return [f"{outcome.path} {outcome.fate} {outcome.finding}" for outcome in judged.outcomes]


@given(all_changes, st.randoms())
@settings(max_examples=300)
def test_the_order_of_changes_never_matters(changes: list[Any], random: Any) -> None:
    shuffled = list(changes)
    random.shuffle(shuffled)
    assert sorted(shown(verdict(*shuffled))) == sorted(shown(verdict(*changes)))


@given(all_changes, st.lists(st.integers(0, 6), max_size=4))
def test_how_changes_are_split_into_pages_never_matters(changes: list[Any], cuts: list[int]) -> None:
    edges = sorted({0, len(changes), *(cut for cut in cuts if cut < len(changes))})
    pages = [changes[start:end] for start, end in itertools.pairwise(edges)] or [[]]
    answers = [
        {"ChangeSetId": "c", "Changes": page} | ({"NextToken": "t"} if number < len(pages) - 1 else {})
        for number, page in enumerate(pages)
    ]
    assert judge(assemble(answers), Policy(), TODAY) == judge(ChangeSet(changes), Policy(), TODAY)


@given(all_changes, any_change)
@settings(max_examples=500)
def test_one_more_change_never_makes_unsafe_safe_but_for_a_causing_entity(changes: list[Any], more: Any) -> None:
    if not verdict(*changes, policy=STRICT).safe and verdict(*changes, more, policy=STRICT).safe:
        assert more["ResourceChange"]["LogicalResourceId"] in causing_entities(changes)


@given(any_change)
def test_by_itself_a_conditional_replacement_is_never_safe(item: Any) -> None:
    resource = {**item["ResourceChange"], "Action": "Modify", "Replacement": "Conditional"}
    assert not verdict({**item, "ResourceChange": resource}, policy=STRICT).safe


@given(all_changes, st.integers(0, 4), st.sampled_from([None, "Delete", "Snapshot"]))
def test_any_removal_at_any_depth_refuses(changes: list[Any], depth: int, policy_action: str | None) -> None:
    level = ChangeSet([*changes, change("Remove", "Gone", PolicyAction=policy_action)])
    for number in range(depth):
        level = ChangeSet([nested(f"N{number}", "child")], nested={"child": level})
    judged = judge(level, Policy(), TODAY)
    assert not judged.safe
    assert any(finding.kind is Kind.REMOVAL and finding.path[-1] == "Gone" for finding in judged.refused)


@given(
    any_change,
    st.sampled_from(["Action", "Replacement", "PolicyAction", "Scope", "ResourceDriftStatus"]),
    st.text(max_size=8).map(lambda text: f"?{text}"),
)
def test_an_unknown_value_in_any_field_of_a_change_refuses(item: Any, name: str, value: str) -> None:
    odd = {**item, "ResourceChange": {**item["ResourceChange"], name: [value] if name == "Scope" else value}}
    assert not verdict(odd, policy=STRICT).safe


@given(
    any_change,
    details,
    st.sampled_from(["Evaluation", "ChangeSource", "Attribute", "RequiresRecreation"]),
    st.text(max_size=8).map(lambda text: f"?{text}"),
)
def test_an_unknown_value_in_any_field_of_a_detail_refuses(item: Any, detail: Any, name: str, value: str) -> None:
    if name in {"Evaluation", "ChangeSource"}:
        odd = {**detail, name: value}
    else:
        odd = {**detail, "Target": {**detail["Target"], name: value}}
    resource = {**item["ResourceChange"], "Details": [odd]}
    assert not verdict({**item, "ResourceChange": resource}, policy=STRICT).safe


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
FIELDS = ["Type", "ResourceChange", "Action", "Details", "Target", "ChangeSetId", "ResourceType", "LogicalResourceId"]


@given(json | st.dictionaries(st.sampled_from(FIELDS), json, max_size=5))
def test_arbitrary_json_neither_crashes_nor_is_safe(value: Any) -> None:
    assert not verdict(value).safe


@given(
    st.dictionaries(st.sampled_from(FIELDS[1:]), json, max_size=7),
    st.sampled_from(sorted(CHANGE_ACTION - {"Add", "Import"})),
)
def test_arbitrary_fields_in_a_change_neither_crash_nor_are_safe(fields: Any, action: str) -> None:
    resource = {**fields, "Action": action, "LogicalResourceId": "A"}
    judged = verdict({"Type": "Resource", "ResourceChange": resource})
    # Nothing of these says Replacement False or Retain.
    assert not judged.safe


rules = st.builds(
    Rule,
    action=st.sampled_from(list(Decision)),
    reason=st.just("because"),
    kinds=st.sets(st.sampled_from([Kind.REPLACEMENT, Kind.CONDITIONAL, Kind.REMOVAL, Kind.UNDETERMINED])).map(
        frozenset
    ),
    resource_types=st.sampled_from([("*",), ("AWS::SNS::*",), ("AWS::SQS::Queue",)]),
    logical_ids=st.sampled_from([("*",), ("A",), ("[BC]",)]),
)


@given(all_changes, st.lists(rules, max_size=3), rules, st.integers(0, 3), st.integers(1, 5000))
def test_an_expired_rule_changes_nothing(
    changes: list[Any], others: list[Rule], rule: Rule, place: int, days: int
) -> None:
    expired = Rule(rule.action, rule.reason, rule.kinds, rule.resource_types, rule.logical_ids,
                   expires=TODAY - dt.timedelta(days=days))  # fmt: skip
    without = verdict(*changes, policy=Policy(tuple(others)))
    with_it = verdict(*changes, policy=Policy((*others[:place], expired, *others[place:])))
    assert with_it.safe == without.safe
    assert [item.decision for item in with_it.findings] == [item.decision for item in without.findings]


@given(all_changes)
def test_a_safe_verdict_has_nothing_that_could_be_lost(changes: list[Any]) -> None:
    judged = verdict(*changes, policy=STRICT)
    harmless = {Fate.ADDED, Fate.IMPORTED, Fate.UPDATED, Fate.RETAINED}
    assert judged.safe == all(outcome.fate in harmless for outcome in judged.outcomes)
    assert len(judged.outcomes) == len(changes)
