from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from changegate.safety import Decision, Fate, Kind, Policy, PolicyError
from changegate.safety.policy import BUILT_IN_RULES, JUDGED_KINDS
from changegate.safety.report import refusal

from .build import TODAY, change, conditional, modify, verdict

LOSSES: dict[str, Any] = {
    "replacement": modify("Queue", "True"),
    "conditional": conditional("Queue"),
    "removal": change("Remove"),
}
EVERY_KIND = {**LOSSES, "undetermined": change("Dynamic")}


def policy(*rules: dict[str, Any], **fields: Any) -> Policy:
    return Policy.parse({"rules": list(rules), **fields})


def rule(action: str = "allow", **fields: Any) -> dict[str, Any]:
    return {"action": action, "reason": "because", **fields}


# --- the default, by kind


@pytest.mark.parametrize("kind", sorted(EVERY_KIND))
@pytest.mark.parametrize(("action", "safe"), [("refuse", False), ("approve", False), ("allow", True)])
def test_each_kind_has_its_default(kind: str, action: str, safe: bool) -> None:
    judged = verdict(EVERY_KIND[kind], policy=policy(default={kind: action}))
    assert judged.safe is safe
    (finding,) = judged.findings
    assert (finding.kind, finding.decision, finding.rule) == (kind, action, f"default for {kind}")
    others = [other for other in EVERY_KIND if other != kind]
    assert all(not verdict(EVERY_KIND[other], policy=policy(default={kind: action})).safe for other in others)


def test_what_needs_approval_is_refused_and_says_so() -> None:
    judged = verdict(LOSSES["removal"], policy=policy(default={"removal": "approve"}))
    assert not judged.safe
    sentence = "Queue (AWS::SQS::Queue) would be deleted"
    assert refusal(judged) == f"{sentence}. Approvals do not exist yet, so a change that needs one is refused"
    assert refusal(verdict(LOSSES["removal"])) == sentence


def test_what_is_retained_is_allowed_whatever_the_policy_says() -> None:
    strict = policy(rule("refuse", kinds=["removal"]), default={"removal": "refuse"})
    assert verdict(change("Remove", PolicyAction="Retain"), policy=strict).safe


# --- rules


@pytest.mark.parametrize(
    ("fields", "matches"),
    [
        ({}, True),
        ({"kinds": ["removal"]}, True),
        ({"kinds": ["replacement", "conditional"]}, False),
        ({"resource_types": ["AWS::SQS::*"]}, True),
        ({"resource_types": ["AWS::S3::*", "AWS::SQS::Queue"]}, True),
        ({"resource_types": ["AWS::S3::*"]}, False),
        ({"resource_types": ["aws::sqs::queue"]}, False),
        ({"logical_ids": ["Orders*"]}, True),
        ({"logical_ids": ["Order"]}, False),
        ({"stacks": ["prod-*"]}, True),
        ({"stacks": ["dev-*"]}, False),
        ({"stacks": ["dev-*", "prod-app"], "logical_ids": ["Orders?"], "kinds": ["removal"]}, True),
        ({"stacks": ["prod-*"], "logical_ids": ["Customers"]}, False),
        ({"expires": None, "kinds": None}, True),
    ],
)
def test_a_rule_matches_where_all_its_conditions_hold(fields: dict[str, Any], matches: bool) -> None:
    judged = verdict(change("Remove", "Orders1"), policy=policy(rule(**fields)))
    assert judged.safe is matches
    assert judged.findings[0].rule == ("rule 1: because" if matches else "default for removal")


def test_the_first_rule_that_matches_wins() -> None:
    refusing, allowing = rule("refuse", logical_ids=["Orders"]), rule("allow", reason="all may go")
    assert not verdict(change("Remove", "Orders"), policy=policy(refusing, allowing)).safe
    judged = verdict(change("Remove", "Orders"), policy=policy(allowing, refusing))
    assert judged.safe
    assert judged.findings[0].rule == "rule 1: all may go"
    assert (
        verdict(change("Remove", "Others"), policy=policy(refusing, allowing)).findings[0].rule == "rule 2: all may go"
    )


@pytest.mark.parametrize(("expires", "safe"), [("2026-11-22", False), ("2026-11-23", True), ("2026-11-24", True)])
def test_a_rule_holds_to_the_end_of_its_last_day(expires: str, safe: bool) -> None:
    assert dt.date(2026, 11, 23) == TODAY
    assert verdict(change("Remove"), policy=policy(rule(expires=expires))).safe is safe


def test_a_rule_is_about_undetermined_findings_only_where_it_names_them() -> None:
    assert not verdict(change("Dynamic"), policy=policy(rule())).safe
    assert verdict(change("Dynamic"), policy=policy(rule(kinds=["undetermined"]))).safe


def test_rules_look_at_the_stack_that_the_resource_is_in() -> None:
    assert verdict(change("Remove"), policy=policy(rule(stacks=["dev-*"])), stack_name="dev-app-Inner-1AB").safe


def test_a_resource_that_may_be_replaced_counts_as_replaced_for_those_that_refer_to_it() -> None:
    allowing = policy(rule(resource_types=["AWS::SNS::Topic"]))
    replaced = modify("Topic", "True", ResourceType="AWS::SNS::Topic")
    dependent = conditional("Queue", {"ChangeSource": "ResourceReference", "CausingEntity": "Topic"})
    judged = verdict(replaced, dependent, policy=allowing)
    assert [finding.path for finding in judged.refused] == [("Queue",)]


# --- built-in rules


@pytest.mark.parametrize("built_in", BUILT_IN_RULES, ids=lambda built_in: built_in.resource_types[0])
@pytest.mark.parametrize("kind", JUDGED_KINDS)
def test_a_type_that_is_replaced_by_design_is_let_through_where_its_rule_says_so(built_in: Any, kind: Kind) -> None:
    of_type = {**EVERY_KIND[kind]}
    of_type["ResourceChange"] = {**of_type["ResourceChange"], "ResourceType": built_in.resource_types[0]}
    judged = verdict(of_type)
    assert judged.safe is (kind in built_in.kinds)
    assert not verdict(of_type, policy=policy(built_in_rules=False)).safe
    if judged.safe:
        assert judged.findings[0].rule.startswith(f"built-in rule for {built_in.resource_types[0]}: ")


def test_built_in_rules_name_single_types_and_never_what_is_undetermined() -> None:
    for built_in in BUILT_IN_RULES:
        (name,) = built_in.resource_types
        assert not set(name) & set("*?[")
        assert Kind.UNDETERMINED not in built_in.kinds
        assert built_in.expires is None
    assert len({built_in.resource_types for built_in in BUILT_IN_RULES}) == len(BUILT_IN_RULES)


def test_a_rule_of_the_policy_comes_before_the_built_in_ones() -> None:
    version = change("Remove", ResourceType="AWS::Lambda::Version")
    assert verdict(version).safe
    assert not verdict(version, policy=policy(rule("refuse", resource_types=["AWS::Lambda::*"]))).safe


# --- parsing


def test_an_empty_policy_is_the_default_policy() -> None:
    assert Policy.parse({}) == Policy()
    assert Policy.parse({"rules": None, "default": None, "built_in_rules": None}) == Policy()
    assert Policy.parse({"default": {"removal": None}}) == Policy()


def test_a_policy_is_read_whole() -> None:
    parsed = Policy.parse(
        {
            "built_in_rules": False,
            "default": {"removal": "approve"},
            "rules": [
                {
                    "action": "allow",
                    "reason": "log groups of dev hold nothing",
                    "kinds": ["replacement"],
                    "resource_types": ["AWS::Logs::*"],
                    "logical_ids": ["Log*"],
                    "stacks": ["dev-*"],
                    "expires": "2027-01-31",
                }
            ],
        }
    )
    (only,) = parsed.rules
    assert (only.action, only.reason) == (Decision.ALLOW, "log groups of dev hold nothing")
    assert only.kinds == {Kind.REPLACEMENT}
    assert (only.resource_types, only.logical_ids, only.stacks) == (("AWS::Logs::*",), ("Log*",), ("dev-*",))
    assert only.expires == dt.date(2027, 1, 31)
    assert parsed.default == {Kind.REMOVAL: Decision.APPROVE}
    assert parsed.built_in_rules is False


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ([], "policy must be an object"),
        ("allow", "policy must be an object"),
        ({"rule": []}, "unknown field 'rule'"),
        ({"rules": {}}, "'rules' must be a list"),
        ({"built_in_rules": "yes"}, "built_in_rules"),
        ({"default": "allow"}, "'default' must be an object"),
        ({"default": {"deletion": "allow"}}, "unknown field 'deletion'"),
        ({"default": {"retained": "refuse"}}, "unknown field 'retained'"),
        ({"default": {"removal": "maybe"}}, "default.removal"),
        ({"default": {"removal": ["allow"]}}, "default.removal"),
        ({"rules": ["allow"]}, "rule 1 must be an object"),
        ({"rules": [{"action": "allow"}]}, "rule 1 needs a 'reason'"),
        ({"rules": [rule(), rule(reason=" ")]}, "rule 2 needs a 'reason'"),
        ({"rules": [{"reason": "x"}]}, "'action' of rule 1"),
        ({"rules": [rule("permit")]}, "'action' of rule 1"),
        ({"rules": [rule(kind="removal")]}, "unknown field 'kind'"),
        ({"rules": [rule(kinds=["deletion"])]}, "unknown kind 'deletion'"),
        ({"rules": [rule(kinds=["retained"])]}, "unknown kind 'retained'"),
        ({"rules": [rule(kinds=[])]}, "'kinds' of rule 1"),
        ({"rules": [rule(stacks=[])]}, "'stacks' of rule 1"),
        ({"rules": [rule(stacks="dev-*")]}, "'stacks' of rule 1"),
        ({"rules": [rule(logical_ids=[""])]}, "'logical_ids' of rule 1"),
        ({"rules": [rule(resource_types=[1])]}, "'resource_types' of rule 1"),
        ({"rules": [rule(expires="soon")]}, "'expires' of rule 1"),
        ({"rules": [rule(expires=20261231)]}, "'expires' of rule 1"),
    ],
)
def test_a_policy_of_another_shape_says_where_it_is_wrong(value: Any, words: str) -> None:
    with pytest.raises(PolicyError, match=words.replace(".", r"\.")):
        Policy.parse(value)


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ({"built_in_rules": 1}, "'built_in_rules' must be true or false."),
        ({"rules": 1}, "'rules' must be a list."),
        (
            {"rules": [rule(kinds=["deletion"])]},
            "rule 1 has the unknown kind 'deletion'; kinds are replacement, conditional, removal, undetermined.",
        ),
        (
            {"rule": 1},
            "the policy has the unknown field 'rule'; fields are built_in_rules, default, rules.",
        ),
        ({"rules": [rule("permit")]}, "'action' of rule 1 must be one of allow, approve, refuse."),
    ],
)
def test_the_sentences(value: Any, sentence: str) -> None:
    with pytest.raises(PolicyError) as raised:
        Policy.parse(value)
    assert str(raised.value) == sentence


def test_an_allowed_loss_is_still_told() -> None:
    judged = verdict(change("Remove"), policy=policy(default={"removal": "allow"}))
    assert [outcome.fate for outcome in judged.outcomes] == [Fate.REMOVED]
    assert [finding.allowed for finding in judged.findings] == [True]
