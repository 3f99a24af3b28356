"""The fields that CreateStack and CreateChangeSet share."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mypy_boto3_cloudformation.literals import CapabilityType
    from mypy_boto3_cloudformation.type_defs import ParameterTypeDef, RollbackConfigurationTypeDef, TagTypeDef


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


@dataclass(frozen=True, slots=True)
class StackSettings:
    """What a deployment sets of its stack, other than the template and its parameters and tags."""

    capabilities: Sequence[CapabilityType] = ()
    role_arn: str | None = None
    """The role that CloudFormation deploys with; ``None`` for the configuration's."""
    notification_arns: Sequence[str] = ()
    rollback_configuration: RollbackConfigurationTypeDef | None = None

    @property
    def deployment_role_arn(self) -> str:
        """The role that CloudFormation deploys with.

        The function's own role limits which roles it may pass, so an input cannot name another.
        """
        return self.role_arn or os.environ["CLOUDFORMATION_ROLE_ARN"]


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
        "RoleARN": settings.deployment_role_arn,
    }
    # Omitted, they keep their values on an existing stack.
    if settings.notification_arns:
        request["NotificationARNs"] = list(settings.notification_arns)
    if settings.rollback_configuration is not None:
        request["RollbackConfiguration"] = settings.rollback_configuration
    return request
