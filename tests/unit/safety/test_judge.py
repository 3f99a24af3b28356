from __future__ import annotations

import itertools
from typing import Any

import pytest

from changegate.safety import ChangeSet, Fate, Kind, Policy, judge, summary
from changegate.safety.api_model import CHANGE_ACTION, POLICY_ACTION, REPLACEMENT
from changegate.safety.findings import CAN_SAFELY_UPDATE, DELETES_OR_REPLACES

from .build import TODAY, change, conditional, detail, modify, nested, ref, verdict

# The table of the contract: (Action, Replacement, PolicyAction) → the fate, and whether it is allowed.
TABLE: list[tuple[str, str | None, str | None, Fate, bool]] = [
    ("Add", None, None, Fate.ADDED, True),
    ("Add", "True", None, Fate.ADDED, True),
    ("Import", None, None, Fate.IMPORTED, True),
    ("Modify", "False", None, Fate.UPDATED, True),
    ("SyncWithActual", "False", None, Fate.UPDATED, True),
    ("Modify", "True", None, Fate.REPLACED, False),
    ("Modify", "True", "ReplaceAndDelete", Fate.REPLACED, False),
    ("Modify", "False", "ReplaceAndDelete", Fate.REPLACED, False),
    ("Modify", "False", "ReplaceAndRetain", Fate.REPLACED, False),
    ("Modify", "False", "ReplaceAndSnapshot", Fate.REPLACED, False),
    ("Modify", "Conditional", "ReplaceAndDelete", Fate.REPLACED, False),
    ("Modify", None, "ReplaceAndDelete", Fate.REPLACED, False),
    ("SyncWithActual", "True", None, Fate.REPLACED, False),
    ("Modify", "Conditional", None, Fate.PERHAPS_REPLACED, False),
    ("SyncWithActual", "Conditional", None, Fate.PERHAPS_REPLACED, False),
    ("Remove", None, "Retain", Fate.RETAINED, True),
    ("Remove", None, "Delete", Fate.REMOVED, False),
    ("Remove", None, "Snapshot", Fate.REMOVED, False),
    ("Remove", None, None, Fate.REMOVED, False),
    ("Remove", None, "ReplaceAndDelete", Fate.UNDETERMINED, False),
    ("Remove", None, "ReplaceAndRetain", Fate.UNDETERMINED, False),
    ("Dynamic", None, None, Fate.UNDETERMINED, False),
    ("Dynamic", "False", None, Fate.UNDETERMINED, False),
    ("Modify", None, None, Fate.UNDETERMINED, False),
    ("Modify", "False", "Delete", Fate.UNDETERMINED, False),
    ("Modify", "False", "Retain", Fate.UNDETERMINED, False),
    ("Modify", "True", "Delete", Fate.UNDETERMINED, False),
]


@pytest.mark.parametrize(("action", "replacement", "policy_action", "fate", "allowed"), TABLE)
def test_the_table(action: str, replacement: str | None, policy_action: str | None, fate: Fate, allowed: bool) -> None:
    judged = verdict(change(action, Replacement=replacement, PolicyAction=policy_action))
    assert [outcome.fate for outcome in judged.outcomes] == [fate]
    assert judged.safe is allowed
    assert judged.change_set_action == (CAN_SAFELY_UPDATE if allowed else DELETES_OR_REPLACES)
    assert bool(judged.findings) is (not allowed or fate is Fate.RETAINED)


@pytest.mark.parametrize(
    ("action", "replacement", "policy_action"),
    list(itertools.product(sorted(CHANGE_ACTION), [*sorted(REPLACEMENT), None], [*sorted(POLICY_ACTION), None])),
)
def test_of_all_combinations_the_api_has_only_these_are_safe(
    action: str, replacement: str | None, policy_action: str | None
) -> None:
    expected = (
        action in {"Add", "Import"}
        or (action in {"Modify", "SyncWithActual"} and replacement == "False" and policy_action is None)
        or (action == "Remove" and policy_action == "Retain")
    )
    assert verdict(change(action, Replacement=replacement, PolicyAction=policy_action)).safe is expected


def test_no_change_is_safe() -> None:
    # AVAILABLE without changes: only Outputs changed.
    assert verdict().safe
    assert verdict().counts == {}


def test_a_finding_names_the_resource_and_the_cause() -> None:
    (finding,) = verdict(change("Remove", "Orders", PhysicalResourceId="orders-1")).findings
    assert finding.path == ("Orders",)
    assert finding.physical_resource_id == "orders-1"
    assert finding.rule == "default for removal"
    assert str(finding) == "Orders (AWS::SQS::Queue) would be deleted"
    (finding,) = verdict(modify("B", "True", ref("A"))).findings
    assert (finding.cause.property_name, finding.cause.causing_entity) == ("QueueName", "A")
    assert str(finding) == "B (AWS::SQS::Queue) would be replaced: QueueName changes through A"


# --- nested stacks


def test_a_removal_is_found_three_levels_down() -> None:
    innermost = ChangeSet([change("Remove", "Orders")], "prod-app-A-B")
    middle = ChangeSet([nested("B", "b")], "prod-app-A", {"b": innermost})
    judged = verdict(nested("A", "a"), a=middle)
    assert [finding.path for finding in judged.refused] == [("A", "B", "Orders")]
    assert len(judged.outcomes) == 3


@pytest.mark.parametrize("change_set_id", [None, "unknown"])
def test_a_nested_stack_whose_change_set_is_not_known_is_refused(change_set_id: str | None) -> None:
    (finding,) = verdict(nested("A", change_set_id), a=ChangeSet([])).findings
    assert finding.kind is Kind.UNDETERMINED


def test_so_is_one_whose_conditional_replacement_is_decided() -> None:
    stack = conditional("A", ref("Queue"), ResourceType="AWS::CloudFormation::Stack")
    assert [finding.kind for finding in verdict(modify(), stack).findings] == [Kind.UNDETERMINED]


def test_a_nested_stack_whose_change_set_is_harmless_is_safe() -> None:
    assert verdict(nested("A", "a"), a=ChangeSet([change("Add")])).safe


def test_a_new_nested_stack_is_an_addition_with_or_without_a_change_set() -> None:
    stack = change("Add", "A", ResourceType="AWS::CloudFormation::Stack", ChangeSetId="a")
    assert verdict(stack).safe
    assert verdict(stack, a=ChangeSet([change("Add")])).safe
    assert not verdict(stack, a=ChangeSet([change("Remove")])).safe


def test_a_change_set_that_is_not_complete_is_refused_at_any_level() -> None:
    faulty = ChangeSet([], "prod-app-A", fault="has a change set that is FAILED")
    assert [finding.kind for finding in judge(faulty, Policy(), TODAY).findings] == [Kind.UNDETERMINED]
    (finding,) = verdict(nested("A", "a"), a=faulty).findings
    assert finding.path == ("A",)
    assert "FAILED" in str(finding)


# --- what is not understood


@pytest.mark.parametrize(
    "odd",
    [
        {},
        None,
        [],
        "Add",
        {"Type": "Resource"},
        {"Type": "Resource", "ResourceChange": None},
        {"Type": "Resource", "ResourceChange": {"Action": "Add"}},
        {"Type": "Resource", "ResourceChange": {"Action": "Add", "LogicalResourceId": ""}},
        {"Type": "Resource", "ResourceChange": {"Action": "Add", "LogicalResourceId": ["Queue"]}},
        {"Type": "Hook", "ResourceChange": {"Action": "Add", "LogicalResourceId": "Queue"}},
        {"ResourceChange": {"Action": "Add", "LogicalResourceId": "Queue"}},
        change("Delete"),
        change("Add", Replacement="Perhaps"),
        change("Add", PolicyAction="Shred"),
        change("Add", ResourceDriftStatus="ADRIFT"),
        change("Add", ResourceType=1),
        change("Add", ChangeSetId=["a"]),
        change("Add", Scope="Properties"),
        change("Add", Scope=["Essence"]),
        change("Add", Details={}),
        modify("Queue", "False", "detail"),
        modify("Queue", "False", {"Target": "Properties"}),
        modify("Queue", "False", {"Target": {"Attribute": "Essence"}}),
        modify("Queue", "False", {"Target": {"RequiresRecreation": "Sometimes"}}),
        modify("Queue", "False", {"Target": {"AttributeChangeType": "Twist"}}),
        modify("Queue", "False", {"Target": {"Name": 1}}),
        modify("Queue", "False", {"Evaluation": "Lazy"}),
        modify("Queue", "False", {"ChangeSource": "Moon"}),
        modify("Queue", "False", {"CausingEntity": ["Queue"]}),
    ],
)
def test_a_change_that_is_not_understood_is_refused(odd: Any) -> None:
    judged = verdict(odd)
    assert [finding.kind for finding in judged.findings] == [Kind.UNDETERMINED]
    assert not judged.safe
    # The sentence is one line of bounded length, whatever the value is.
    assert len(str(judged.findings[0])) < 200


def test_a_huge_unknown_value_makes_no_huge_sentence() -> None:
    (finding,) = verdict(change("x" * 5000)).findings
    assert len(str(finding)) < 200


# --- telling it


def test_a_summary_tells_the_first_and_counts_the_rest() -> None:
    judged = verdict(*(change("Remove", f"Queue{number:02}") for number in range(13)))
    text = summary(judged.refused)
    assert text.startswith("Queue00 (AWS::SQS::Queue) would be deleted; Queue01")
    assert text.endswith("; and 3 more")
    assert "more" not in summary(judged.refused[:10])


def test_refusals_come_first() -> None:
    judged = verdict(change("Remove", "A", PolicyAction="Retain"), change("Remove", "B", PolicyAction="Delete"))
    assert [finding.path for finding in judged.findings] == [("B",), ("A",)]


def test_fates_are_counted() -> None:
    judged = verdict(change("Add", "A"), change("Add", "B"), change("Remove", "C"))
    assert judged.counts == {"added": 2, "removed": 1}


SENTENCES = [
    (change("Add", "Q", Replacement="Perhaps"), "has the unknown Replacement 'Perhaps'"),
    (change("Explode"), "has the unknown action 'Explode'"),
    (change("Add", Scope=["Essence"]), "has the unknown scope ['Essence']"),
    (change("Add", Details={}), "has details that are not a list"),
    (modify("Queue", "False", "detail"), "has a detail that is not an object"),
    (change("Add", ResourceType=1), "has a ResourceType that is not a string"),
    (change("Dynamic"), "has the undetermined action 'Dynamic'"),
    (change("Remove"), "would be deleted"),
    (change("Remove", PolicyAction="Snapshot"), "would be deleted, with a snapshot"),
    (change("Remove", PolicyAction="Retain"), "leaves the stack but is retained"),
    (
        change("Remove", PolicyAction="ReplaceAndDelete"),
        "would be removed with the policy action 'ReplaceAndDelete'",
    ),
    (
        modify("Queue", "False", PolicyAction="Delete"),
        "would be modified with replacement 'False' and policy action 'Delete'",
    ),
    (modify("Queue", "True"), "would be replaced"),
    (modify("Queue", "True", detail("DirectModification")), "would be replaced: QueueName changes"),
    (
        modify("Queue", "True", detail("ResourceReference", "A", name=None)),
        "would be replaced: a property changes through A",
    ),
    (
        modify("Queue", "True", detail("DirectModification", recreation="Never", name="A"), ref("B")),
        "would be replaced: QueueName changes through B",
    ),
    (nested("Stack", None), "is a nested stack whose own change set is not known"),
    ({"Type": "Hook"}, "is in a change of the unknown type 'Hook'"),
    ({}, "is in a change of the unknown type None"),
    ("Add", "is in a change of the unknown type 'Add'"),
    ({"Type": "Resource"}, "is in a change that names no resource"),
    (change("x" * 58), f"has the unknown action '{'x' * 58}'"),
    (change("x" * 59), f"has the unknown action '{'x' * 58}…"),
]


@pytest.mark.parametrize(("odd", "sentence"), SENTENCES)
def test_each_finding_is_a_sentence_of_its_own(odd: Any, sentence: str) -> None:
    assert [finding.cause.reason for finding in verdict(odd).findings] == [sentence]


def test_what_has_no_name_or_type_is_said_to_have_none() -> None:
    (finding,) = verdict({"Type": "Resource", "ResourceChange": {"Action": "Add"}}).findings
    assert str(finding) == "(unnamed) (unknown type) is in a change that names no resource"


def test_what_is_retained_is_allowed_by_itself() -> None:
    (finding,) = verdict(change("Remove", PolicyAction="Retain")).findings
    assert finding.rule == "a retained resource is not lost"


def test_a_faulty_change_set_is_told_and_ruled_as_its_stack() -> None:
    faulty = ChangeSet([], "dev-app", fault="has a change set that is FAILED")
    allowing = Policy.parse(
        {
            "rules": [
                {
                    "action": "allow",
                    "reason": "because",
                    "kinds": ["undetermined"],
                    "stacks": ["dev-*"],
                    "resource_types": ["AWS::CloudFormation::Stack"],
                }
            ]
        }
    )
    assert judge(faulty, allowing, TODAY).safe
    (outcome,) = judge(faulty, Policy(), TODAY).outcomes
    assert (outcome.path, outcome.resource_type, outcome.physical_resource_id) == (
        ("dev-app",),
        "AWS::CloudFormation::Stack",
        "",
    )
    assert str(outcome.finding) == "dev-app (AWS::CloudFormation::Stack) has a change set that is FAILED"
