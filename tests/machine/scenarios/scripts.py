"""Builds scripts for the scripted CloudFormation.

``local/src/localstack_pipelines/scripted_cloudformation/README.md`` documents the format. Each function here returns a
part of a script; :func:`script` combines parts.
"""

from __future__ import annotations

from typing import Any

type Script = dict[str, Any]
type Entry = str | dict[str, Any]

SUCCESSOR = "{successor}"
"""Placeholder for the name of the stack's successor (blue/green)."""
CHANGE_SET_NAME = "{change_set_name}"
"""Placeholder for the name of the deployment's change set (``Delivery.BY_HAND`` only)."""


def script(*parts: Script) -> Script:
    """Combine parts; faults and interventions add up, everything else is unique."""
    whole: Script = {}
    for part in parts:
        for key, value in part.items():
            if isinstance(value, list):
                whole[key] = [*whole.get(key, []), *value]
            elif key == "operations":
                assert not set(whole.get(key, {})) & set(value), f"an operation is given twice: {value}"
                whole[key] = {**whole.get(key, {}), **value}
            else:
                assert key not in whole, f"{key} is given twice"
                whole[key] = value
    return whole


# The initial state


def stack(*timeline: Entry, **members: Any) -> Script:
    """An existing stack: its status, or its statuses in the order of looks."""
    return {"stack": {"timeline": list(timeline), **members}}


def change_sets(*existing: dict[str, Any]) -> Script:
    """Existing change sets of the stack."""
    return {"change_sets": list(existing)}


# The outcomes of operations


def entry(status: str, looks: int = 1, **members: Any) -> Entry:
    """A status in a timeline, for a number of looks."""
    return {"status": status, "looks": looks, **members}


def creation(*timeline: Entry) -> Script:
    """The outcome of CreateStack."""
    return {"operations": {"CreateStack": {"timeline": list(timeline)}}}


def deletion(*timeline: Entry) -> Script:
    """The outcome of DeleteStack."""
    return {"operations": {"DeleteStack": {"timeline": list(timeline)}}}


def comparison(*changes: dict[str, Any], **members: Any) -> Script:
    """The outcome of CreateChangeSet: its changes and its timeline."""
    return {"operations": {"CreateChangeSet": {**({"changes": list(changes)} if changes else {}), **members}}}


def empty(reason: str) -> Script:
    """A change set that fails because it is empty, with CloudFormation's reason."""
    return comparison(timeline=["CREATE_PENDING", entry("FAILED", reason=reason)])


def execution(*timeline: Entry, **members: Any) -> Script:
    """The outcome of ExecuteChangeSet."""
    return {"operations": {"ExecuteChangeSet": {"timeline": list(timeline), **members}}}


# Faults and interventions

THROTTLING = {"code": "Throttling", "message": "Rate exceeded"}
BROKEN = {"code": "InternalFailure", "message": "An internal error occurred."}
UNAVAILABLE = {"code": "ServiceUnavailable", "message": "Service is unavailable."}

SDK_ATTEMPTS = 3
"""How often a function's SDK attempts a call before the function fails."""


def fault(operation: str, error: dict[str, Any] | None, *calls: int, when: str = "before", delay: float = 0) -> Script:
    """Make calls of an operation (by default, all) fail or answer late."""
    return {
        "faults": [
            {
                "operation": operation,
                **({"call": list(calls)} if calls else {}),
                **({"error": error} if error else {}),
                "when": when,
                **({"delay_seconds": delay} if delay else {}),
            }
        ]
    }


def denied(operation: str, *calls: int, when: str = "before") -> Script:
    """Deny an operation."""
    message = (
        "User: arn:aws:sts::{account}:assumed-role/function/function is not authorized to perform: "
        f"cloudformation:{operation} on resource: {{stack_id}}."
    )
    return fault(operation, {"code": "AccessDenied", "message": message, "status": 403}, *calls, when=when)


def meanwhile(when: str, operation: str, call: int = 1, **what: Any) -> Script:
    """Make another user act before or after a call."""
    return {"interventions": [{"operation": operation, "call": call, "when": when, **what}]}


# Changes and events, in the API's shapes


def change(action: str, logical_id: str, resource_type: str = "AWS::SQS::Queue", **members: Any) -> dict[str, Any]:
    """A change of a resource."""
    return {
        "Type": "Resource",
        "ResourceChange": {
            "Action": action,
            "LogicalResourceId": logical_id,
            "ResourceType": resource_type,
            "Scope": [],
            "Details": [],
            **({} if action == "Add" else {"PhysicalResourceId": f"{logical_id.lower()}-1"}),
            **members,
        },
    }


def added(logical_id: str) -> dict[str, Any]:
    """A resource that would be added."""
    return change("Add", logical_id)


def updated(logical_id: str, resource_type: str = "AWS::SQS::Queue", **members: Any) -> dict[str, Any]:
    """A resource that would be updated in place."""
    return change("Modify", logical_id, resource_type, Replacement="False", Scope=["Properties"], **members)


def replaced(logical_id: str) -> dict[str, Any]:
    """A resource that would be replaced."""
    return change("Modify", logical_id, Replacement="True", PolicyAction="ReplaceAndDelete", Scope=["Properties"])


def removed(logical_id: str) -> dict[str, Any]:
    """A resource that would be deleted."""
    return change("Remove", logical_id, PolicyAction="Delete")


def nested(key: str) -> dict[str, Any]:
    """A nested stack that would be updated, with its own change set."""
    return updated(key, "AWS::CloudFormation::Stack", ChangeSetId=f"{{change_set_id:{key}}}")


def event(
    logical_id: str, status: str, reason: str = "", resource_type: str = "AWS::SQS::Queue", **members: Any
) -> dict[str, Any]:
    """An event of a resource."""
    return {
        "LogicalResourceId": logical_id,
        "ResourceType": resource_type,
        "ResourceStatus": status,
        **({"ResourceStatusReason": reason} if reason else {}),
        **members,
    }
