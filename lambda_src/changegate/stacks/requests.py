"""The fields that CreateStack and CreateChangeSet share."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mypy_boto3_cloudformation.literals import CapabilityType
    from mypy_boto3_cloudformation.type_defs import ParameterTypeDef, RollbackConfigurationTypeDef, TagTypeDef

    from changegate.stacks.settings import StackSettings


class StackRequest(TypedDict):
    """The shared fields (API reference, CreateStack and CreateChangeSet)."""

    StackName: str
    TemplateURL: str
    Parameters: Sequence[ParameterTypeDef]
    Tags: Sequence[TagTypeDef]
    Capabilities: Sequence[CapabilityType]
    RoleARN: str
    NotificationARNs: NotRequired[Sequence[str]]
    RollbackConfiguration: NotRequired[RollbackConfigurationTypeDef]


def deployment_role_arn(settings: StackSettings) -> str:
    """Return the role that CloudFormation deploys with: the deployment's, or the configuration's.

    The function's own role limits which roles it may pass, so an input cannot name another.
    """
    return settings.role_arn or os.environ["CLOUDFORMATION_ROLE_ARN"]


def stack_request(
    stack_name: str, template_url: str, parameters: Mapping[str, str], tags: Mapping[str, str], settings: StackSettings
) -> StackRequest:
    """Return the shared fields of a request for a stack."""
    request: StackRequest = {
        "StackName": stack_name,
        "TemplateURL": template_url,
        "Parameters": [{"ParameterKey": key, "ParameterValue": value} for key, value in sorted(parameters.items())],
        "Tags": [{"Key": key, "Value": value} for key, value in sorted(tags.items())],
        "Capabilities": list(settings.capabilities),
        "RoleARN": deployment_role_arn(settings),
    }
    # Omitted, they keep their values on an existing stack.
    if settings.notification_arns:
        request["NotificationARNs"] = list(settings.notification_arns)
    if settings.rollback_configuration is not None:
        request["RollbackConfiguration"] = settings.rollback_configuration
    return request
