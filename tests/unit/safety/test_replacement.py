"""Conditional replacements, decided from their details."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from changegate.safety import ChangeSet, Fate, Kind

from .build import change, conditional, detail, get_att, modify, nested, ref, verdict


def fate(*changes: Any, of: str, **children: Any) -> Fate:
    (outcome,) = [item for item in verdict(*changes, **children).outcomes if item.path[-1] == of]
    return outcome.fate


TOPIC = {"ResourceType": "AWS::SNS::Topic"}

# What the causing entity becomes, and what that means to a property with a Ref to it that requires recreation.
ENTITIES: list[tuple[Any, Fate]] = [
    (modify("A"), Fate.UPDATED),
    (change("SyncWithActual", "A", Replacement="False"), Fate.UPDATED),
    (modify("A", "True"), Fate.REPLACED),
    (modify("A", "False", PolicyAction="ReplaceAndRetain"), Fate.REPLACED),
    (change("Add", "A"), Fate.REPLACED),
    (change("Import", "A"), Fate.REPLACED),
    (conditional("A"), Fate.PERHAPS_REPLACED),
    (change("Remove", "A"), Fate.PERHAPS_REPLACED),
    (change("Remove", "A", PolicyAction="Retain"), Fate.PERHAPS_REPLACED),
    (change("Dynamic", "A"), Fate.PERHAPS_REPLACED),
    (change("Modify", "A"), Fate.PERHAPS_REPLACED),
    (modify("A", ResourceType="Custom::Thing"), Fate.PERHAPS_REPLACED),
    (modify("A", ResourceType="AWS::CloudFormation::CustomResource"), Fate.PERHAPS_REPLACED),
    (modify("A", ResourceType="AWS::CloudFormation::Stack"), Fate.PERHAPS_REPLACED),
]


@pytest.mark.parametrize(("entity", "expected"), ENTITIES)
def test_a_ref_follows_the_resource_it_refers_to(entity: Any, expected: Fate) -> None:
    for changes in ([entity, conditional("B", ref("A"))], [conditional("B", ref("A")), entity]):
        assert fate(*changes, of="B") is expected


def test_a_ref_to_a_resource_that_is_not_in_the_change_set_stays_open() -> None:
    assert fate(conditional("B", ref("A")), of="B") is Fate.PERHAPS_REPLACED


def test_recreation_that_is_conditional_itself_is_never_certain() -> None:
    assert fate(modify("A", "True"), conditional("B", ref("A", "Conditionally")), of="B") is Fate.PERHAPS_REPLACED
    assert fate(modify("A"), conditional("B", ref("A", "Conditionally")), of="B") is Fate.UPDATED


@pytest.mark.parametrize(
    ("attribute", "expected"),
    [
        # TopicArn is the primary identifier of AWS::SNS::Topic; DisplayName changes in place, as recorded.
        ("A.TopicArn", Fate.UPDATED),
        ("A.DisplayName", Fate.PERHAPS_REPLACED),
        ("A", Fate.PERHAPS_REPLACED),
        ("A.", Fate.PERHAPS_REPLACED),
        ("A.TopicArn.More", Fate.PERHAPS_REPLACED),
        (".TopicArn", Fate.PERHAPS_REPLACED),
    ],
)
def test_an_attribute_is_stable_only_if_it_is_the_types_identity(attribute: str, expected: Fate) -> None:
    assert fate(modify("A", **TOPIC), conditional("B", get_att(attribute)), of="B") is expected


def test_an_identity_of_a_resource_that_is_replaced_changes() -> None:
    replaced = modify("A", "True", **TOPIC)
    assert fate(replaced, conditional("B", get_att("A.TopicArn")), of="B") is Fate.REPLACED
    assert fate(replaced, conditional("B", get_att("A.DisplayName")), of="B") is Fate.PERHAPS_REPLACED


def test_an_attribute_of_a_type_without_a_schema_stays_open() -> None:
    known = modify("A", ResourceType="Company::Own::Type")
    assert fate(known, conditional("B", get_att("A.Arn")), of="B") is Fate.PERHAPS_REPLACED


def test_a_ref_that_names_an_attribute_is_not_believed() -> None:
    assert fate(modify("A", **TOPIC), conditional("B", ref("A.TopicArn")), of="B") is Fate.PERHAPS_REPLACED


# Details that no other resource decides.
OTHERS: list[tuple[Any, Fate]] = [
    (detail("DirectModification", evaluation="Static"), Fate.REPLACED),
    (detail("DirectModification", evaluation="Static", recreation="Conditionally"), Fate.PERHAPS_REPLACED),
    (detail("DirectModification", evaluation="Dynamic"), Fate.PERHAPS_REPLACED),
    (detail("ParameterReference", "Name", evaluation="Static"), Fate.REPLACED),
    (detail("ParameterReference", "Name", evaluation="Dynamic"), Fate.PERHAPS_REPLACED),
    (detail("Automatic", name=None), Fate.PERHAPS_REPLACED),
    (detail("NoModification"), Fate.PERHAPS_REPLACED),
    (detail(None), Fate.PERHAPS_REPLACED),
    (detail("ResourceReference"), Fate.PERHAPS_REPLACED),
    ({}, Fate.PERHAPS_REPLACED),
    # A property of which it is not said whether it recreates may do so; what is no property does not.
    (detail("DirectModification", evaluation="Static", recreation=None), Fate.PERHAPS_REPLACED),
    (
        detail("DirectModification", evaluation="Static", recreation=None, attribute="Properties", name=None),
        Fate.PERHAPS_REPLACED,
    ),
    # No detail that could be the cause: the change set does not explain itself.
    (detail("DirectModification", evaluation="Static", recreation="Never"), Fate.PERHAPS_REPLACED),
    (detail("DirectModification", attribute="Tags", recreation=None), Fate.PERHAPS_REPLACED),
]


@pytest.mark.parametrize(("only", "expected"), OTHERS)
def test_a_detail_that_no_resource_decides(only: Any, expected: Fate) -> None:
    assert fate(conditional("B", only), of="B") is expected


def test_without_details_it_stays_open() -> None:
    assert fate(conditional("B"), of="B") is Fate.PERHAPS_REPLACED
    assert fate(change("Modify", "B", Replacement="Conditional"), of="B") is Fate.PERHAPS_REPLACED


@pytest.mark.parametrize(
    "harmless",
    [
        detail("DirectModification", evaluation="Static", recreation="Never", name="DelaySeconds"),
        detail("DirectModification", evaluation="Static", recreation=None, attribute="Tags"),
        detail("DirectModification", evaluation="Static", recreation=None, attribute="Metadata"),
    ],
)
def test_what_recreates_nothing_does_not_matter_beside_what_is_decided(harmless: Any) -> None:
    assert fate(modify("A"), conditional("B", harmless, ref("A")), of="B") is Fate.UPDATED


@pytest.mark.parametrize("other", [only for only, _ in OTHERS[:12]])
def test_one_open_or_certain_detail_outweighs_a_stable_one(other: Any) -> None:
    assert fate(modify("A"), conditional("B", ref("A"), other), of="B") is not Fate.UPDATED


def test_tags_that_require_recreation_count() -> None:
    tags = detail("DirectModification", evaluation="Static", attribute="Tags", name=None)
    assert fate(modify("A"), conditional("B", ref("A"), tags), of="B") is Fate.REPLACED


# --- chains


def chain(length: int, first: Any) -> list[Any]:
    links = [conditional(f"R{number}", ref(f"R{number - 1}")) for number in range(1, length)]
    return [first, *links]


@pytest.mark.parametrize(
    ("first", "expected"),
    [(modify("R0"), Fate.UPDATED), (modify("R0", "True"), Fate.REPLACED), (conditional("R0"), Fate.PERHAPS_REPLACED)],
)
def test_a_chain_is_followed_in_any_order(first: Any, expected: Fate) -> None:
    for order in itertools.permutations(chain(4, first)):
        assert fate(*order, of="R3") is expected


def test_a_long_chain_is_followed_backwards() -> None:
    assert verdict(*reversed(chain(3000, modify("R0")))).safe
    assert not verdict(*reversed(chain(3000, modify("R0", "True")))).safe


def test_a_circle_stays_open() -> None:
    judged = verdict(conditional("A", ref("B")), conditional("B", ref("A")))
    assert [finding.kind for finding in judged.findings] == [Kind.CONDITIONAL, Kind.CONDITIONAL]
    assert not verdict(conditional("A", ref("A"))).safe


def test_a_resource_that_is_changed_twice_is_not_believed() -> None:
    twice = [modify("A"), modify("A", "True")]
    for order in itertools.permutations([*twice, conditional("B", ref("A"))]):
        assert fate(*order, of="B") is not Fate.UPDATED
    for order in itertools.permutations(
        [modify("A"), conditional("A", ref("C")), modify("C"), conditional("B", ref("A"))]
    ):
        # Decided both times as updated, or not believed; never safe by one of the two alone.
        outcomes = [item.fate for item in verdict(*order).outcomes if item.path == ("A",)]
        assert fate(*order, of="B") is Fate.PERHAPS_REPLACED
        assert outcomes == [Fate.UPDATED, Fate.UPDATED]


def test_a_resource_that_is_changed_twice_as_two_types_is_not_believed() -> None:
    twice = [modify("A"), modify("A", ResourceType="Custom::Thing"), conditional("B", ref("A"))]
    assert {fate(*order, of="B") for order in itertools.permutations(twice)} == {Fate.PERHAPS_REPLACED}


def test_what_was_decided_is_told() -> None:
    judged = verdict(modify("A", "True", ResourceType="AWS::SNS::Topic"), conditional("B", ref("A")))
    sentences = [str(finding) for finding in judged.findings]
    assert "B (AWS::SQS::Queue) would be replaced: QueueName changes through A" in sentences
    (finding,) = verdict(conditional("B", get_att("A.Arn"))).findings
    assert str(finding) == "B (AWS::SQS::Queue) may be replaced: whether QueueName changes through A.Arn is left open"
    (finding,) = verdict(conditional("B", detail("Automatic", name=None))).findings
    assert finding.cause.reason == "may be replaced: whether a property changes is left open"
    (finding,) = verdict(conditional("B")).findings
    assert str(finding) == "B (AWS::SQS::Queue) may be replaced: no detail says why"


# --- nested stacks

PARAMETER = detail("ParameterReference", "Name", evaluation="Dynamic")


def nested_parameter(*about_parameters: Any, parent: Any) -> Fate:
    """Return what happens to a nested resource whose name is a parameter that the parent gives."""
    child = ChangeSet([conditional("Inner", PARAMETER)], "prod-app-A")
    return fate(parent, nested("A", "a", *about_parameters), of="Inner", a=child)


def parameters(entity: str, source: str = "ResourceReference") -> Any:
    return detail(source, entity, recreation="Never", name="Parameters")


AUTOMATIC = detail("Automatic", recreation="Never", name=None)


def test_a_parameter_of_a_nested_stack_is_stable_if_what_the_parent_gives_is() -> None:
    assert nested_parameter(parameters("P"), parent=modify("P")) is Fate.UPDATED
    assert nested_parameter(parameters("P"), AUTOMATIC, parent=modify("P")) is Fate.UPDATED
    one = detail("ResourceReference", "P", recreation="Never", name="Parameters.Name")
    assert nested_parameter(one, parent=modify("P")) is Fate.UPDATED
    assert nested_parameter(parameters("P.TopicArn", "ResourceAttribute"), parent=modify("P", **TOPIC)) is Fate.UPDATED


@pytest.mark.parametrize(
    ("about", "parent"),
    [
        ([parameters("P")], modify("P", "True")),
        ([parameters("P")], change("Add", "P")),
        ([parameters("P.DisplayName", "ResourceAttribute")], modify("P", **TOPIC)),
        ([parameters("P"), parameters("Q")], modify("P")),
        ([AUTOMATIC], modify("P")),
        ([], modify("P")),
        ([parameters("P"), detail("DirectModification", recreation="Never", name=None)], modify("P")),
        ([detail("ResourceReference", "P", recreation="Never", name="ParametersOfMine")], modify("P")),
    ],
)
def test_otherwise_it_stays_open(about: list[Any], parent: Any) -> None:
    assert nested_parameter(*about, parent=parent) is Fate.PERHAPS_REPLACED


def test_a_parameter_whose_new_value_is_known_changes_whatever_the_parent_says() -> None:
    static = detail("ParameterReference", "Name", evaluation="Static")
    child = ChangeSet([conditional("Inner", static)], "prod-app-A")
    stack = nested("A", "a", parameters("P"))
    assert fate(modify("P"), stack, of="Inner", a=child) is Fate.REPLACED


def test_a_parameter_is_followed_through_two_nested_stacks() -> None:
    innermost = ChangeSet([conditional("Inner", PARAMETER)], "prod-app-A-B")
    through = detail("ParameterReference", "Name", recreation="Never", name="Parameters")
    middle = ChangeSet([nested("B", "b", through)], "prod-app-A", {"b": innermost})
    assert fate(modify("P"), nested("A", "a", parameters("P")), of="Inner", a=middle) is Fate.UPDATED
    assert fate(modify("P", "True"), nested("A", "a", parameters("P")), of="Inner", a=middle) is Fate.PERHAPS_REPLACED


def test_a_parameter_of_the_root_stack_stays_open() -> None:
    assert fate(conditional("B", PARAMETER), of="B") is Fate.PERHAPS_REPLACED


def test_a_resource_of_the_same_name_in_another_stack_decides_nothing() -> None:
    child = ChangeSet([conditional("B", ref("A"))], "prod-app-N")
    assert fate(modify("A"), nested("N", "n"), of="B", n=child) is Fate.PERHAPS_REPLACED


def test_an_output_of_a_nested_stack_stays_open() -> None:
    child = ChangeSet([modify("Inner")], "prod-app-N")
    changes = [nested("N", "n"), conditional("B", get_att("N.Outputs.Name"))]
    assert fate(*changes, of="B", n=child) is Fate.PERHAPS_REPLACED
