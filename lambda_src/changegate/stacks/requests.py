"""What the requests of CreateStack and CreateChangeSet have in common, and what CloudFormation's refusals mean."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Final, NoReturn, NotRequired, TypedDict

from changegate.errors import ChangegateError, MisconfiguredError, RejectedError, error_code, error_message
from changegate.wording import quote

if TYPE_CHECKING:
    from collections.abc import Sequence

    from botocore.exceptions import ClientError
    from mypy_boto3_cloudformation.literals import CapabilityType
    from mypy_boto3_cloudformation.type_defs import ParameterTypeDef, RollbackConfigurationTypeDef, TagTypeDef

    from changegate.contract.deployment import Deployment
    from changegate.contract.task import TaskInput
    from changegate.revision.template import Source

# "Stack:ARN is in UPDATE_IN_PROGRESS state and can not be updated." is what the service is known to answer, with a
# ValidationError, when an operation on the stack goes on; the API reference has no text for it.
_WRONG_STATE = re.compile(r"\bis in \w+ state and can ?not\b")
# "Stack [NAME] does not exist" likewise, of a stack that a request needs. Where either text reads otherwise on AWS, the
# deployment ends with CloudFormation's own words instead of ours.
_GONE = re.compile(r"^Stack \[.*\] does not exist$|^Stack with id .* does not exist$")

CHANGED_NOTHING: Final = "This deployment changed nothing; deploy again."


class StackRequest(TypedDict):
    """The fields that CreateStack and CreateChangeSet share."""

    StackName: str
    TemplateURL: str
    Parameters: Sequence[ParameterTypeDef]
    Tags: Sequence[TagTypeDef]
    Capabilities: Sequence[CapabilityType]
    RoleARN: str
    NotificationARNs: NotRequired[Sequence[str]]
    RollbackConfiguration: NotRequired[RollbackConfigurationTypeDef]


def role_arn(deployment: Deployment) -> str:
    """Return the role that CloudFormation deploys with: the deployment's own, or the function's setting.

    Which roles may be passed is for the function's own role to say, so that an input cannot name any other.
    """
    return deployment.role_arn or os.environ["CLOUDFORMATION_ROLE_ARN"]


def stack_request(task_input: TaskInput, source: Source, template_url: str) -> StackRequest:
    """Return the shared fields of a request for the stack that is deployed to."""
    deployment = task_input.deployment
    request: StackRequest = {
        "StackName": task_input.stack_name,
        "TemplateURL": template_url,
        "Parameters": [
            {"ParameterKey": key, "ParameterValue": value} for key, value in sorted(source.parameters.items())
        ],
        "Tags": [{"Key": key, "Value": value} for key, value in sorted(source.tags.items())],
        "Capabilities": list(deployment.capabilities),
        "RoleARN": role_arn(deployment),
    }
    # Left out, they stay as they are on a stack that exists.
    if deployment.notification_arns:
        request["NotificationARNs"] = list(deployment.notification_arns)
    if deployment.rollback_configuration is not None:
        request["RollbackConfiguration"] = deployment.rollback_configuration
    return request


def refusal(error: ClientError, task_input: TaskInput) -> ChangegateError | None:
    """Return what CloudFormation's refusal of a request means, or ``None`` when it means nothing in particular.

    The codes are those of CreateStack and CreateChangeSet in the API reference; ``ValidationError`` is of its
    "Common Errors" and is what a template, parameter or capability that does not fit is answered with.
    """
    message = quote(error_message(error))
    template, stack = task_input.deployment.template_path, task_input.stack_name
    match error_code(error):
        case "ValidationError" if is_changed_meanwhile(error):
            return changed_meanwhile(stack, message)
        case "ValidationError":
            return MisconfiguredError(f"CloudFormation refuses {template}: {message}.")
        case "InsufficientCapabilitiesException":
            return MisconfiguredError(f"CloudFormation refuses {template}: {message}; add it to 'capabilities'.")
        case "AlreadyExistsException":
            return RejectedError(f"Somebody else created stack {stack} meanwhile: {message}. {CHANGED_NOTHING}")
        case "LimitExceededException":
            return RejectedError(f"A quota of CloudFormation is exhausted: {message}. {CHANGED_NOTHING}")
        case _:
            return None


def raise_refusal(error: ClientError, task_input: TaskInput) -> NoReturn:
    """Raise what CloudFormation's refusal means, or the refusal itself where it means nothing in particular."""
    meaning = refusal(error, task_input)
    if meaning is None:
        raise error
    raise meaning from error


def is_stack_gone(error: ClientError) -> bool:
    """Tell whether CloudFormation says that the stack does not exist."""
    return error_code(error) == "ValidationError" and _GONE.search(error_message(error)) is not None


def is_changed_meanwhile(error: ClientError) -> bool:
    """Tell whether CloudFormation refuses because the stack is not what it was when it was looked at."""
    is_busy = error_code(error) == "ValidationError" and _WRONG_STATE.search(error_message(error)) is not None
    return is_busy or is_stack_gone(error)


def changed_meanwhile(stack_name: str, message: str) -> RejectedError:
    """Return the error for it."""
    return RejectedError(f"Somebody else changed stack {stack_name} meanwhile: {message}. {CHANGED_NOTHING}")
