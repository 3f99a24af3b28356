"""The policies that Terraform renders for each kind of deployment."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dev.checks.policies.plans import plans_of

if TYPE_CHECKING:
    from collections.abc import Mapping

PLANS = "tests/privileges/plans"
PLACEHOLDER = "prod-placeholder"
"""The stack of the one deployment in every plan."""


@dataclass(frozen=True)
class Kind:
    """The settings of a deployment that its policies depend on."""

    role_arn: str | None
    target_role_arn: str | None
    region: str | None
    recreates: bool
    protects: bool
    has_configuration: bool
    blue_green: bool

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> Kind:
        """Return the kind of a deployment by its input of the state machine."""
        target = settings.get("target", {})
        # With a target role, the other settings do not matter: our roles may only assume it.
        ours = {} if "roleArn" in target else settings
        return cls(
            role_arn=ours.get("roleArn"),
            target_role_arn=target.get("roleArn"),
            region=target.get("region"),
            recreates=ours.get("recreateFailedStack", False),
            protects=ours.get("terminationProtection", False),
            has_configuration="templateConfigurationPath" in ours,
            blue_green=ours.get("onUnsafeUpdate") == "blue_green",
        )


@dataclass(frozen=True)
class Role:
    """A role of a plan with its inline policies, by name."""

    name: str
    policies: Mapping[str, str]


@dataclass(frozen=True)
class Plan:
    """The plan of one run."""

    settings: dict[str, Any]
    roles: Mapping[str, Role]
    bucket_policy: str
    key_policy: str
    function_variables: Mapping[str, Mapping[str, str]]
    """The environment variables of each function."""


def plans() -> dict[Kind, Plan]:
    """Return the plan of every run, by the kind of its deployment."""
    planned = [_plan(content) for content in plans_of(PLANS)]
    found = {Kind.of(plan.settings): plan for plan in planned}
    assert len(found) == len(planned), "two runs have deployments of the same kind"
    return found


def _plan(content: Mapping[str, Any]) -> Plan:
    planned = {change["address"]: change["change"]["after"] for change in content["resource_changes"]}

    def of_type(kind: str) -> list[dict[str, Any]]:
        return [after for address, after in planned.items() if re.search(rf"(^|\.){kind}\.", address)]

    (settings,) = (
        json.loads(after["content"])
        for after in of_type("aws_s3_object")
        if after["key"].startswith("state_machine_input/")
    )
    roles: dict[str, dict[str, str]] = {after["name"]: {} for after in of_type("aws_iam_role")}
    for after in of_type("aws_iam_role_policy"):
        roles[after["role"]][after["name"]] = after["policy"]
    (bucket_policy,) = (after["policy"] for after in of_type("aws_s3_bucket_policy"))
    (key_policy,) = (after["policy"] for after in of_type("aws_kms_key"))
    return Plan(
        settings=settings,
        roles={role: Role(role, policies) for role, policies in roles.items()},
        bucket_policy=bucket_policy,
        key_policy=key_policy,
        function_variables={
            after["function_name"]: after["environment"][0]["variables"] for after in of_type("aws_lambda_function")
        },
    )
