"""Stacks and change sets in the form of API responses, and in the form that the script endpoints return."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final

from localstack_pipelines.common.paging import Pager
from localstack_pipelines.common.views import present

from .errors import invalid

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .model import ChangeSet, Settings, Stack
    from .script import ApiObject

_PAGER: Final = Pager(lambda: invalid("The specified NextToken is not valid"))


def page[Item](items: Sequence[Item], size: int | None, token: str | None) -> tuple[Sequence[Item], ApiObject]:
    """Return a page of a list, and ``{"NextToken": ...}`` where there are more.

    :param size: how many items it has at most; ``None`` for all of them.
    :raises Refusal: when no page has given out the token.
    """
    listed, next_token = _PAGER.page(items, size, token)
    return listed, present({"NextToken": next_token})


def stack(found: Stack) -> ApiObject:
    """Return a stack in the form of DescribeStacks."""
    settings = found.settings
    return present(
        {
            "StackId": found.stack_id,
            "StackName": found.name,
            "ChangeSetId": found.executed_id,
            "Description": settings.description,
            "Parameters": [*settings.parameters] or None,
            "CreationTime": found.created,
            "LastUpdatedTime": found.updated,
            "DeletionTime": found.deleted,
            "RollbackConfiguration": {**settings.rollback_configuration},
            "StackStatus": found.status,
            "StackStatusReason": found.reason,
            "DisableRollback": False,
            "NotificationARNs": [*settings.notification_arns],
            "Capabilities": [*settings.capabilities] or None,
            "Outputs": [*found.outputs] or None,
            "RoleARN": settings.role_arn,
            "Tags": [*settings.tags],
            "EnableTerminationProtection": found.termination_protection,
            "ParentId": None if found.parent is None else found.parent.stack_id,
            "RootId": None if found.parent is None else found.root.stack_id,
            "DriftInformation": {"StackDriftStatus": "NOT_CHECKED"},
        }
    )


def change_set(found: ChangeSet, token: str | None) -> ApiObject:
    """Return a change set in the form of DescribeChangeSet, with the page of changes that ``token`` names."""
    changes = found.changes if found.status == "CREATE_COMPLETE" else ()
    changes, next_token = page(changes, found.page_size, token)
    settings = found.settings
    return {
        **change_set_summary(found),
        **present(
            {
                "Parameters": [*settings.parameters] or None,
                "NotificationARNs": [*settings.notification_arns],
                "RollbackConfiguration": {**settings.rollback_configuration},
                "Capabilities": [*settings.capabilities],
                "Tags": [*settings.tags] or None,
                "Changes": [*changes],
                "OnStackFailure": found.request.get("OnStackFailure"),
            }
        ),
        **next_token,
    }


def change_set_summary(found: ChangeSet) -> ApiObject:
    """Return a change set in the form of ListChangeSets."""
    return present(
        {
            "StackId": found.stack.stack_id,
            "StackName": found.stack.name,
            "ChangeSetId": found.change_set_id,
            "ChangeSetName": found.name,
            "ExecutionStatus": found.execution_status,
            "Status": found.status,
            "StatusReason": found.reason,
            "CreationTime": found.created,
            "Description": found.request.get("Description"),
            "IncludeNestedStacks": bool(found.request.get("IncludeNestedStacks")),
            "ParentChangeSetId": None if found.parent is None else found.parent.change_set_id,
            "RootChangeSetId": None if found.parent is None else found.root.change_set_id,
            "ImportExistingResources": found.request.get("ImportExistingResources"),
        }
    )


def resource_summary(resource: Mapping[str, Any]) -> ApiObject:
    """Return a ``StackResource`` in the form of ListStackResources."""
    kept = {
        name: value
        for name, value in resource.items()
        if name not in {"StackId", "StackName", "Description", "Timestamp"}
    }
    return {
        **kept,
        "LastUpdatedTimestamp": resource["Timestamp"],
        "DriftInformation": {"StackResourceDriftStatus": "NOT_CHECKED"},
    }


def stack_state(found: Stack, account: str, region: str) -> ApiObject:
    """Return the whole state of a stack as JSON in snake_case."""
    state = {
        "account": account,
        "region": region,
        "name": found.name,
        "stack_id": found.stack_id,
        "status": found.status,
        "reason": found.reason,
        "token": found.token,
        **_settings_state(found.settings),
        "termination_protection": found.termination_protection,
        "policy": found.policy,
        "parent_id": None if found.parent is None else found.parent.stack_id,
        "events": found.events,
        "resources": [*found.resources],
        "outputs": [*found.outputs],
        "change_sets": [change_set_state(member) for member in found.change_sets],
    }
    plain: ApiObject = as_json(state)
    return plain


def change_set_state(found: ChangeSet) -> ApiObject:
    """Return the whole state of a change set as JSON in snake_case."""
    return {
        "name": found.name,
        "change_set_id": found.change_set_id,
        "type": found.type,
        "status": found.status,
        "reason": found.reason,
        "execution_status": found.execution_status,
        **_settings_state(found.settings),
        "description": found.request.get("Description"),
        "token": found.request.get("ClientToken"),
        "deleted": found.deleted,
    }


def as_json(value: Any) -> Any:
    """Return a value with its timestamps in ISO 8601 format."""
    if isinstance(value, dt.datetime):
        return value.isoformat()
    if isinstance(value, dict):
        return {name: as_json(member) for name, member in value.items()}
    if isinstance(value, list | tuple):
        return [as_json(member) for member in value]
    return value


def _settings_state(settings: Settings) -> ApiObject:
    return {
        "parameters": [*settings.parameters],
        "tags": [*settings.tags],
        "capabilities": [*settings.capabilities],
        "description": settings.description,
        "role_arn": settings.role_arn,
        "notification_arns": [*settings.notification_arns],
        "rollback_configuration": {**settings.rollback_configuration},
        "template_url": settings.template_url,
    }
