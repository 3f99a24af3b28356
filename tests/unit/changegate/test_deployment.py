from __future__ import annotations

import re
from typing import Any

import pytest

from changegate.deployment import Deployment
from changegate.errors import MisconfiguredError

from .conftest import PARAMS


def test_it_is_read_from_task_params() -> None:
    deployment = Deployment.parse(
        {**PARAMS, "parameters": {"Size": "1"}, "tags": {"team": "a"}, "capabilities": ["CAPABILITY_IAM"], "more": 1}
    )
    assert deployment.full_stack_name == "prod-app"
    assert deployment.template_path == "infra/template.yaml"
    assert (deployment.revision_bucket, deployment.revision_key) == ("artifacts", "pipeline/Source/abc1234")
    assert deployment.parameters == {"Size": "1"}
    assert deployment.tags == {"team": "a"}
    assert deployment.capabilities == ("CAPABILITY_IAM",)


@pytest.mark.parametrize("name", sorted(PARAMS))
@pytest.mark.parametrize("value", [None, "", 1, {}, []])
def test_each_required_field_is_named_when_it_is_missing_or_of_another_kind(name: str, value: Any) -> None:
    with pytest.raises(MisconfiguredError, match=re.escape(name)):
        Deployment.parse({**PARAMS, name: value})
    with pytest.raises(MisconfiguredError, match=re.escape(name)):
        Deployment.parse({key: item for key, item in PARAMS.items() if key != name})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("parameters", ["a"]),
        ("parameters", {"Size": 1}),
        ("tags", "a"),
        ("capabilities", "CAPABILITY_IAM"),
        ("capabilities", ["CAPABILITY_EVERYTHING"]),
        ("capabilities", [["CAPABILITY_IAM"]]),
    ],
)
def test_an_optional_field_of_another_kind_is_named(name: str, value: Any) -> None:
    with pytest.raises(MisconfiguredError, match=name):
        Deployment.parse({**PARAMS, name: value})


@pytest.mark.parametrize(
    ("environment", "stack"), [("1prod", "app"), ("prod", "my_app"), ("prod", "a" * 124), ("prod", "app ")]
)
def test_a_name_that_cloudformation_would_refuse_is_refused(environment: str, stack: str) -> None:
    with pytest.raises(MisconfiguredError, match="stack's name"):
        Deployment.parse({**PARAMS, "environmentName": environment, "stackName": stack})
