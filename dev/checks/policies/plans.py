"""The plans of the configuration against a mocked provider, and the policies in them.

A policy is every attribute whose value is a policy document, whatever the type of the resource; so one of a new type is
not forgotten. What a plan does not know is refused where it should be known: nothing is looked at by half.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

ROOT = Path(__file__).resolve().parents[3]
VARIANTS = "tests/terraform/policies"
ENVIRONMENTS = "tests/terraform/plan/environments"

TRUST = "assume_role_policy"
# The attributes that are the policy; other types repeat as "policy" what another resource sets.
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
    """A plan could not be made, or does not say what it should."""


@dataclass(frozen=True, order=True)
class Policy:
    """A policy document of a plan."""

    address: str
    """The resource in the configuration."""
    attribute: str
    document: str

    @property
    def is_trust(self) -> bool:
        """Whether it says who may assume a role."""
        return self.attribute == TRUST


def policies_of(plan: Plan) -> Iterator[Policy]:
    """Yield every policy of ``plan``.

    :raises PlanError: for one that is not known in the plan.
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
    with _Terraform() as terraform:
        yield from terraform.plans(VARIANTS)
        for environment in sorted((ROOT / "environments").glob("*.tfvars")):
            yield from terraform.plans(ENVIRONMENTS, f"-var-file={environment}")


def plan_with_everything() -> Plan:
    """Return the plan of what has everything that can be switched on."""
    [plan] = plans_of(VARIANTS, f"-filter={VARIANTS}/everything.tftest.hcl")
    return plan


def plans_of(folder: str, *arguments: str) -> list[Plan]:
    """Return the plans of the tests in ``folder``.

    :raises PlanError: when Terraform fails, with its own words, or tells none.
    """
    with _Terraform() as terraform:
        return terraform.plans(folder, *arguments)


class _Terraform:
    """The checkout's Terraform, with working data of its own that is gone afterwards."""

    def __init__(self) -> None:
        self._data = tempfile.TemporaryDirectory(prefix="changegate-policies-")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._data.cleanup()

    def plans(self, folder: str, *arguments: str) -> list[Plan]:
        """Return the plans of the tests in ``folder``."""
        self._run("init", "-backend=false", "-input=false", "-lockfile=readonly", f"-test-directory={folder}")
        told = self._run("test", f"-test-directory={folder}", "-json", "-verbose", *arguments)
        return plans_in(told.splitlines())

    def _run(self, *arguments: str) -> str:
        done = subprocess.run(
            [str(ROOT / ".tools/bin/terraform"), *arguments],
            cwd=ROOT,
            env={
                **os.environ,
                "TF_DATA_DIR": self._data.name,
                "TF_IN_AUTOMATION": "1",
                "TF_CLI_CONFIG_FILE": str(ROOT / ".tools/terraform.rc"),
            },
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise PlanError(f"terraform {' '.join(arguments)}\n{done.stdout[-5000:]}{done.stderr[-5000:]}")
        return done.stdout


def plans_in(lines: Iterable[str]) -> list[Plan]:
    """Return the plans that ``terraform test -json -verbose`` told."""
    # One after the other, and without the provider's whole schema, which comes with each.
    events = (json.loads(line) for line in lines if line.startswith("{"))
    plans: list[Plan] = [
        {name: value for name, value in event["test_plan"].items() if name != "provider_schemas"}
        for event in events
        if event["type"] == "test_plan"
    ]
    if not plans:
        raise PlanError("Terraform told no plan.")
    return plans
