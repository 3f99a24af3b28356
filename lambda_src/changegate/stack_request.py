"""What the requests of CreateStack and CreateChangeSet have in common, and what their refusals mean."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, TypedDict

from changegate.errors import ChangegateError, MisconfiguredError, RejectedError, error_code, error_message

if TYPE_CHECKING:
    from collections.abc import Sequence

    from botocore.exceptions import ClientError
    from mypy_boto3_cloudformation.literals import CapabilityType
    from mypy_boto3_cloudformation.type_defs import ParameterTypeDef, TagTypeDef

    from changegate.deployment import Deployment


class StackRequest(TypedDict):
    """The fields that CreateStack and CreateChangeSet share."""

    StackName: str
    TemplateURL: str
    Parameters: Sequence[ParameterTypeDef]
    Tags: Sequence[TagTypeDef]
    Capabilities: Sequence[CapabilityType]
    RoleARN: str


def stack_request(deployment: Deployment, template_url: str) -> StackRequest:
    """Return the shared fields of a request for ``deployment``.

    The role that CloudFormation deploys with is the function's own setting, never part of a revision.
    """
    return {
        "StackName": deployment.full_stack_name,
        "TemplateURL": template_url,
        "Parameters": [
            {"ParameterKey": key, "ParameterValue": value} for key, value in sorted(deployment.parameters.items())
        ],
        "Tags": [{"Key": key, "Value": value} for key, value in sorted(deployment.tags.items())],
        "Capabilities": list(deployment.capabilities),
        "RoleARN": os.environ["CLOUDFORMATION_ROLE_ARN"],
    }


def refusal(error: ClientError, deployment: Deployment) -> ChangegateError | None:
    """Return what CloudFormation's refusal of a request means, or ``None`` when it means nothing in particular.

    The codes are those of CreateStack and CreateChangeSet in the API reference; ``ValidationError`` is of its
    "Common Errors" and is what a template, parameter or capability that does not fit is answered with.
    """
    message = error_message(error)
    match error_code(error):
        case "ValidationError":
            return MisconfiguredError(f"CloudFormation refuses {deployment.template_path}: {message}")
        case "InsufficientCapabilitiesException":
            return MisconfiguredError(
                f"CloudFormation refuses {deployment.template_path}: {message}; add it to 'capabilities'."
            )
        case "AlreadyExistsException":
            return RejectedError(
                f"Somebody else created stack {deployment.full_stack_name} meanwhile: {message}; deploy again."
            )
        case "LimitExceededException":
            return RejectedError(f"A quota of CloudFormation is exhausted, so nothing was changed: {message}")
        case _:
            return None
