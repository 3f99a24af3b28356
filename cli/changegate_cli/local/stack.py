"""Snapshots of a stack, to compare one moment with another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True)
class Resource:
    """A resource of a stack, as DescribeStackResources returns it; ``at`` is when it last changed."""

    logical_id: str
    physical_id: str
    type: str
    status: str
    at: datetime


@dataclass(frozen=True)
class StackSnapshot:
    """Everything in a stack that a deployment could change."""

    stack_id: str
    status: str
    created: datetime
    updated: datetime | None
    parameters: tuple[tuple[str, str], ...]
    outputs: tuple[tuple[str, str], ...]
    template: str
    resources: tuple[Resource, ...]


def snapshot(cloudformation: Any, stack_name: str) -> StackSnapshot:
    """Return a snapshot of the stack.

    :raises ClientError: when it does not exist.
    """
    stack = cloudformation.describe_stacks(StackName=stack_name)["Stacks"][0]
    resources = cloudformation.describe_stack_resources(StackName=stack_name)["StackResources"]
    template = cloudformation.get_template(StackName=stack_name, TemplateStage="Original")["TemplateBody"]
    return StackSnapshot(
        stack_id=stack["StackId"],
        status=stack["StackStatus"],
        created=stack["CreationTime"],
        updated=stack.get("LastUpdatedTime"),
        parameters=_pairs(stack.get("Parameters", []), "ParameterKey", "ParameterValue"),
        outputs=_pairs(stack.get("Outputs", []), "OutputKey", "OutputValue"),
        template=str(template),
        resources=tuple(
            sorted(
                (
                    Resource(
                        logical_id=resource["LogicalResourceId"],
                        physical_id=resource["PhysicalResourceId"],
                        type=resource["ResourceType"],
                        status=resource["ResourceStatus"],
                        at=resource["Timestamp"],
                    )
                    for resource in resources
                ),
                key=lambda resource: resource.logical_id,
            )
        ),
    )


def change_sets(cloudformation: Any, stack_name: str) -> tuple[str, ...]:
    """Return the names of the stack's change sets, of every page."""
    pages = cloudformation.get_paginator("list_change_sets").paginate(StackName=stack_name)
    return tuple(summary["ChangeSetName"] for page in pages for summary in page["Summaries"])


def _pairs(items: list[dict[str, str]], key: str, value: str) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((item[key], item[value]) for item in items))
