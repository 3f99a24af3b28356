"""Changes in the shape of DescribeChangeSet, and short ways to judge them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from changegate.safety import NESTED_STACK_TYPE, ChangeSet, Policy, Verdict, judge

TODAY = dt.date(2026, 11, 23)


def change(action: str, logical_id: str = "Queue", **fields: Any) -> dict[str, Any]:
    """Return a member of Changes; fields that are ``None`` are left out."""
    resource = {"Action": action, "LogicalResourceId": logical_id, "ResourceType": "AWS::SQS::Queue", **fields}
    return {"Type": "Resource", "ResourceChange": {name: item for name, item in resource.items() if item is not None}}


def modify(logical_id: str = "Queue", replacement: str = "False", *details: Any, **fields: Any) -> dict[str, Any]:
    """Return a modification with its details."""
    return change("Modify", logical_id, Replacement=replacement, Details=list(details), **fields)


def conditional(logical_id: str, *details: Any, **fields: Any) -> dict[str, Any]:
    """Return a modification whose replacement is conditional."""
    return modify(logical_id, "Conditional", *details, **fields)


def detail(
    source: str | None,
    entity: str | None = None,
    recreation: str | None = "Always",
    evaluation: str = "Dynamic",
    name: str | None = "QueueName",
    attribute: str = "Properties",
) -> dict[str, Any]:
    """Return a member of Details; what is ``None`` is left out."""
    target = {"Attribute": attribute, "Name": name, "RequiresRecreation": recreation}
    fields = {
        "Target": {field: item for field, item in target.items() if item is not None},
        "Evaluation": evaluation,
        "ChangeSource": source,
        "CausingEntity": entity,
    }
    return {field: item for field, item in fields.items() if item is not None}


def ref(entity: str, recreation: str = "Always") -> dict[str, Any]:
    """Return the detail of a property that has a ``Ref``."""
    return detail("ResourceReference", entity, recreation)


def get_att(entity: str, recreation: str = "Always") -> dict[str, Any]:
    """Return the detail of a property that has a ``Fn::GetAtt``."""
    return detail("ResourceAttribute", entity, recreation)


def nested(logical_id: str, change_set_id: str | None, *details: Any, **fields: Any) -> dict[str, Any]:
    """Return an update of a nested stack that names its own change set."""
    return modify(logical_id, "False", *details, ResourceType=NESTED_STACK_TYPE, ChangeSetId=change_set_id, **fields)


def verdict(*changes: Any, policy: Policy | None = None, stack_name: str = "prod-app", **children: Any) -> Verdict:
    """Judge changes; ``children`` are nested change sets by their id."""
    return judge(ChangeSet(changes, stack_name, children), policy or Policy(), TODAY)
