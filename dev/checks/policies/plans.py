"""The plans of the configuration against a mocked provider, and the policies in them.

Every attribute whose value is a policy document is a policy, in a resource of any type, so a new type is not forgotten.
A plan that does not know a policy which it should know is refused: no plan is checked in part.
"""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from changegate_cli.terraform import Terraform, read_events

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = Path(__file__).resolve().parents[3]
VARIANTS = "tests/terraform/policies"
ENVIRONMENTS = "tests/terraform/plan/environments"

TRUST = "assume_role_policy"
# The attributes that set a policy; attributes named "policy" of other types repeat what another resource sets.
ATTRIBUTES = {
    "aws_iam_policy": "policy",
    "aws_iam_role": TRUST,
    "aws_iam_role_policy": "policy",
    "aws_kms_key": "policy",
    "aws_s3_bucket_policy": "policy",
    "aws_sns_topic_policy": "policy",
    "aws_sqs_queue_policy": "policy",
}

type Plan = Mapping[str, Any]


class PlanError(Exception):
    """A plan could not be made, or does not have what it should."""


@dataclass(frozen=True, order=True)
class Policy:
    """A policy document of a plan."""

    address: str
    """The resource in the configuration."""
    attribute: str
    document: str

    @property
    def is_trust(self) -> bool:
        """Whether it defines who may assume a role."""
        return self.attribute == TRUST


def policies_of(plan: Plan) -> Iterator[Policy]:
    """Yield every policy of ``plan``.

    :raises PlanError: when the plan does not know one.
    """
    for resource in plan["resource_changes"]:
        change = resource["change"]
        attribute = ATTRIBUTES.get(resource["type"])
        if resource["mode"] == "managed" and attribute is not None and change.get("after_unknown", {}).get(attribute):
            raise PlanError(f"The plan does not know {resource['address']}.{attribute}: override what it depends on.")
        for name, value in (change["after"] or {}).items():
            if isinstance(value, str) and _is_policy(value):
                yield Policy(resource["address"], name, value)


def _is_policy(text: str) -> bool:
    try:
        document = json.loads(text)
    except ValueError:
        return False
    return isinstance(document, dict) and "Statement" in document


def plans_of_everything() -> Iterator[Plan]:
    """Yield the plan of every variant and of every environment file."""
    with _Planner() as planner:
        yield from planner.plans(VARIANTS)
        for environment in sorted((ROOT / "environments").glob("*.tfvars")):
            yield from planner.plans(ENVIRONMENTS, f"-var-file={environment}")


def plan_with_everything() -> Plan:
    """Return the plan of the variant that has every feature switched on."""
    [plan] = plans_of(VARIANTS, f"-filter={VARIANTS}/everything.tftest.hcl")
    return plan


def plans_of(folder: str, *arguments: str) -> list[Plan]:
    """Return the plans of the tests in ``folder``.

    :raises PlanError: when Terraform fails, with its own words, or makes no plan.
    """
    with _Planner() as planner:
        return planner.plans(folder, *arguments)


class _Planner:
    """The checkout's Terraform with its own working data, which is removed afterwards."""

    def __init__(self) -> None:
        self._data = tempfile.TemporaryDirectory(prefix="changegate-policies-")
        self._terraform = Terraform.of(ROOT, os.environ, data=Path(self._data.name))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._data.cleanup()

    def plans(self, folder: str, *arguments: str) -> list[Plan]:
        """Return the plans of the tests in ``folder``."""
        self._run("init", "-backend=false", "-input=false", "-lockfile=readonly", f"-test-directory={folder}")
        return plans_in(self._run("test", f"-test-directory={folder}", "-json", "-verbose", *arguments))

    def _run(self, *arguments: str) -> str:
        done = self._terraform.run(*arguments)
        if done.returncode != 0:
            raise PlanError(f"terraform {' '.join(arguments)}\n{done.stdout[-5000:]}{done.stderr[-5000:]}")
        return done.stdout


def plans_in(output: str) -> list[Plan]:
    """Return the plans in the output of ``terraform test -json -verbose``.

    :raises PlanError: when there are none.
    """
    # One event after the other, without the provider's whole schema, which comes with each plan.
    plans: list[Plan] = [
        {name: value for name, value in event["test_plan"].items() if name != "provider_schemas"}
        for event in read_events(output)
        if event["type"] == "test_plan"
    ]
    if not plans:
        raise PlanError("Terraform made no plan.")
    return plans
