from __future__ import annotations

import boto3
import pytest

from changegate.safety import api_model

MODEL = boto3.client("cloudformation", region_name="eu-west-1").meta.service_model

SHAPES = {
    "CHANGE_TYPE": "ChangeType",
    "CHANGE_ACTION": "ChangeAction",
    "REPLACEMENT": "Replacement",
    "POLICY_ACTION": "PolicyAction",
    "RESOURCE_ATTRIBUTE": "ResourceAttribute",
    "REQUIRES_RECREATION": "RequiresRecreation",
    "EVALUATION_TYPE": "EvaluationType",
    "CHANGE_SOURCE": "ChangeSource",
    "ATTRIBUTE_CHANGE_TYPE": "AttributeChangeType",
    "STACK_RESOURCE_DRIFT_STATUS": "StackResourceDriftStatus",
}


@pytest.mark.parametrize("name", sorted(SHAPES))
def test_the_values_are_those_of_the_installed_api_model(name: str) -> None:
    assert getattr(api_model, name) == set(MODEL.shape_for(SHAPES[name]).enum)  # type: ignore[attr-defined]


def test_every_list_of_values_is_held_against_the_model() -> None:
    assert {name for name in vars(api_model) if name.isupper()} == set(SHAPES)
