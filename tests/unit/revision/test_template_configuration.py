from __future__ import annotations

import json
from typing import Any

import pytest

from changegate.errors import MisconfiguredError
from changegate.revision.template_configuration import MAX_STACK_POLICY_BYTES, TemplateConfiguration


def parse(document: Any) -> TemplateConfiguration:
    return TemplateConfiguration.parse(json.dumps(document).encode(), "prod.json")


def test_it_has_parameters_tags_and_a_stack_policy() -> None:
    policy = {"Statement": [{"Effect": "Deny", "Action": "Update:*", "Principal": "*", "Resource": "*"}]}
    configuration = parse({"Parameters": {"Size": "1"}, "Tags": {"team": "a"}, "StackPolicy": policy})
    assert configuration.parameters == {"Size": "1"}
    assert configuration.tags == {"team": "a"}
    assert configuration.stack_policy is not None
    assert json.loads(configuration.stack_policy) == policy


def test_each_of_them_may_be_left_out() -> None:
    assert parse({}) == TemplateConfiguration()


@pytest.mark.parametrize(
    "wrong",
    [
        [],
        {"Parameter": {}},
        {"Parameters": []},
        {"Parameters": {"Size": 1}},
        {"Tags": "a"},
        {"Tags": {"team": None}},
        {"StackPolicy": "allow"},
        {"StackPolicy": {"Statement": "x" * MAX_STACK_POLICY_BYTES}},
    ],
)
def test_another_shape_is_a_misconfiguration_that_names_the_file(wrong: Any) -> None:
    with pytest.raises(MisconfiguredError, match=r"prod\.json"):
        parse(wrong)


@pytest.mark.parametrize("content", [b"", b"{", b"\xff"])
def test_a_file_that_is_not_json_is_a_misconfiguration(content: bytes) -> None:
    with pytest.raises(MisconfiguredError, match="is not JSON"):
        TemplateConfiguration.parse(content, "prod.json")
