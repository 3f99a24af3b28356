"""What a deployment is told: ``taskParams``, checked once and typed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, cast

from changegate.contract import fields
from changegate.errors import MisconfiguredError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mypy_boto3_cloudformation.literals import CapabilityType
    from mypy_boto3_cloudformation.type_defs import RollbackConfigurationTypeDef

    from changegate.json_types import Json

# CreateStack, API reference: StackName must start with a letter, letters, digits and hyphens, 128 characters at most.
_STACK_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,127}")
# CreateStack, API reference: Capabilities, NotificationARNs; RollbackConfiguration and RollbackTrigger.
_CAPABILITY = "CAPABILITY_IAM|CAPABILITY_NAMED_IAM|CAPABILITY_AUTO_EXPAND"
_TOPIC_ARN = r"arn:[a-z-]+:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_.-]+"
_TRIGGER_TYPES = ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm")
_MAX_TOPICS = 5
_MAX_TRIGGERS = 5
_MAX_MONITORING_MINUTES = 180
_ROLE_ARN = r"arn:[a-z-]+:iam::[0-9]{12}:role/[\w+=,.@/-]+"
# AssumeRole, API reference: ExternalId has 2 to 1,224 of these characters.
_EXTERNAL_ID = r"[\w+=,.@:/-]{2,1224}"
_REGION = r"[a-z]{2,4}(-[a-z]+)+-[0-9]+"

_SUCCESSOR_DIGITS = 8


class OnUnsafeUpdate(StrEnum):
    """What becomes of an update that would delete or replace something."""

    REJECT = "reject"
    """The deployment fails."""
    BLUE_GREEN = "blue_green"
    """The stack stays as it is; the revision is deployed to a stack of another name, its successor."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where the stack is, if not in the account and region of the state machine."""

    role_arn: str | None = None
    """The role to assume, of whatever account."""
    external_id: str | None = None
    region: str | None = None


@dataclass(frozen=True, slots=True)
class Deployment:
    """The input of one deployment.

    ``stack_name`` is the short name, as given; the stack itself is :attr:`full_stack_name`.
    """

    environment_name: str
    stack_name: str
    template_path: str
    revision_bucket: str
    revision_key: str
    template_configuration_path: str | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    capabilities: Sequence[CapabilityType] = ()
    role_arn: str | None = None
    """The role that CloudFormation deploys with; ``None`` for the one of the configuration."""
    notification_arns: Sequence[str] = ()
    rollback_configuration: RollbackConfigurationTypeDef | None = None
    """As CreateStack and CreateChangeSet take it."""
    termination_protection: bool = False
    """Of a stack that the deployment creates."""
    recreate_failed_stack: bool = False
    """Whether a stack whose creation failed is deleted and created again."""
    on_unsafe_update: OnUnsafeUpdate = OnUnsafeUpdate.REJECT
    target: Target = Target()

    @property
    def full_stack_name(self) -> str:
        """The stack's name: ``<environmentName>-<stackName>``."""
        return f"{self.environment_name}-{self.stack_name}"

    def successor_name(self, fingerprint: str) -> str:
        """Return the name of the stack that a revision with ``fingerprint`` (hex digits) is deployed to instead.

        It follows from the revision alone, so that deploying the same again finds the same stack.
        """
        return f"{self.full_stack_name}-{fingerprint[:_SUCCESSOR_DIGITS]}"

    @classmethod
    def parse(cls, params: Mapping[str, Json]) -> Deployment:
        """Read ``taskParams``.

        :raises MisconfiguredError: when a field is missing or not of its kind; the text names the field.
        """
        deployment = cls(
            environment_name=fields.text(params, "environmentName"),
            stack_name=fields.text(params, "stackName"),
            template_path=fields.text(params, "templatePath"),
            revision_bucket=fields.text(params, "revisionS3Bucket"),
            revision_key=fields.text(params, "revisionS3Key"),
            template_configuration_path=fields.optional_text(params, "templateConfigurationPath"),
            parameters=fields.text_map(params, "parameters"),
            tags=fields.text_map(params, "tags"),
            capabilities=_capabilities(params),
            role_arn=fields.optional_text(params, "roleArn", _ROLE_ARN),
            notification_arns=fields.text_list(
                params, "notificationArns", "ARNs of SNS topics", _TOPIC_ARN, _MAX_TOPICS
            ),
            rollback_configuration=_rollback_configuration(params),
            termination_protection=fields.flag(params, "terminationProtection"),
            recreate_failed_stack=fields.flag(params, "recreateFailedStack"),
            on_unsafe_update=OnUnsafeUpdate(fields.choice(params, "onUnsafeUpdate", tuple(OnUnsafeUpdate))),
            target=_target(params),
        )
        longest = deployment.full_stack_name
        if deployment.on_unsafe_update is OnUnsafeUpdate.BLUE_GREEN:
            longest = deployment.successor_name("0" * _SUCCESSOR_DIGITS)
        if not _STACK_NAME.fullmatch(longest):
            raise MisconfiguredError(
                f"The stack would be named {longest!r} (environmentName-stackName, and a successor's "
                f"{_SUCCESSOR_DIGITS} digits): a stack's name starts with a letter and has letters, digits and "
                "hyphens, 128 at most."
            )
        if deployment.target.role_arn is not None and deployment.role_arn is None:
            raise MisconfiguredError(
                "The state machine's input needs 'roleArn' beside 'target': the role that CloudFormation deploys with "
                "must be of the target's account."
            )
        return deployment


def _capabilities(params: fields.Fields) -> tuple[CapabilityType, ...]:
    what = _CAPABILITY.replace("|", ", ")
    return cast("tuple[CapabilityType, ...]", fields.text_list(params, "capabilities", what, _CAPABILITY, 3))


def _rollback_configuration(params: fields.Fields) -> RollbackConfigurationTypeDef | None:
    given = fields.optional_object(params, "rollbackConfiguration", ("monitoringTimeInMinutes", "rollbackTriggers"))
    if given is None:
        return None
    minutes, triggers = given.get("monitoringTimeInMinutes", 0), given.get("rollbackTriggers", [])
    if (
        isinstance(minutes, int)
        and not isinstance(minutes, bool)
        and 0 <= minutes <= _MAX_MONITORING_MINUTES
        and isinstance(triggers, list)
        and len(triggers) <= _MAX_TRIGGERS
        and all(_is_trigger(trigger) for trigger in triggers)
    ):
        return {
            "MonitoringTimeInMinutes": minutes,
            "RollbackTriggers": [
                {"Arn": str(trigger["arn"]), "Type": str(trigger["type"])}
                for trigger in triggers
                if isinstance(trigger, dict)
            ],
        }
    raise MisconfiguredError(
        "'rollbackConfiguration' in the state machine's input must have monitoringTimeInMinutes, a whole number from 0 "
        f"to {_MAX_MONITORING_MINUTES}, and rollbackTriggers, {_MAX_TRIGGERS} objects at most of an arn and a type "
        f"({' or '.join(_TRIGGER_TYPES)})."
    )


def _is_trigger(value: Json) -> bool:
    return (
        isinstance(value, dict)
        and value.keys() == {"arn", "type"}
        and isinstance(value["arn"], str)
        and value["arn"].startswith("arn:")
        and value["type"] in _TRIGGER_TYPES
    )


def _target(params: fields.Fields) -> Target:
    given = fields.optional_object(params, "target", ("roleArn", "externalId", "region"))
    if given is None:
        return Target()
    target = Target(
        role_arn=fields.optional_text(given, "roleArn", _ROLE_ARN),
        external_id=fields.optional_text(given, "externalId", _EXTERNAL_ID),
        region=fields.optional_text(given, "region", _REGION),
    )
    if target.external_id is not None and target.role_arn is None:
        raise MisconfiguredError("'target' in the state machine's input has an externalId, but no roleArn to assume.")
    return target
