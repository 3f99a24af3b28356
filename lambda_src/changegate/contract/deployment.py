"""A deployment: the fields of ``taskParams`` that the execution's input gives, as the functions use them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from changegate.contract.parsing import SUCCESSOR_DIGITS, stack_name_of
from changegate.contract.task_params import OnUnsafeUpdate
from changegate.revision.revision import Revision
from changegate.stacks.settings import StackSettings
from changegate.target import Target

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_cloudformation.literals import CapabilityType
    from mypy_boto3_cloudformation.type_defs import RollbackConfigurationTypeDef

    from changegate.contract.task_params import TaskParams


@dataclass(frozen=True, slots=True)
class Deployment:
    """One deployment of a revision to a stack."""

    full_stack_name: str
    """The stack's name: ``<environmentName>-<stackName>``."""
    revision: Revision
    parameters: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    settings: StackSettings = field(default_factory=StackSettings)
    termination_protection: bool = False
    """Whether a stack that the deployment creates is protected from deletion."""
    recreate_failed_stack: bool = False
    """Whether a stack whose creation failed is deleted and created again."""
    on_unsafe_update: OnUnsafeUpdate = OnUnsafeUpdate.REJECT
    target: Target = field(default_factory=Target)

    def successor_name(self, fingerprint: str) -> str:
        """Return the name of the successor for a revision with ``fingerprint`` (hex digits).

        It follows from the revision alone, so deploying the revision again finds the same stack.
        """
        return f"{self.full_stack_name}-{fingerprint[:SUCCESSOR_DIGITS]}"

    @classmethod
    def of(cls, params: TaskParams) -> Deployment:
        """Return the deployment that ``taskParams``, as checked by :mod:`changegate.contract.parsing`, describe."""
        target = params.get("target") or {}
        return cls(
            full_stack_name=stack_name_of(params),
            revision=Revision(
                params["revisionS3Bucket"],
                params["revisionS3Key"],
                params["templatePath"],
                params.get("templateConfigurationPath"),
            ),
            parameters=params.get("parameters", {}),
            tags=params.get("tags", {}),
            settings=StackSettings(
                capabilities=cast("list[CapabilityType]", params.get("capabilities", [])),
                role_arn=params.get("roleArn"),
                notification_arns=params.get("notificationArns", []),
                rollback_configuration=_rollback_configuration(params),
            ),
            termination_protection=params.get("terminationProtection", False),
            recreate_failed_stack=params.get("recreateFailedStack", False),
            on_unsafe_update=OnUnsafeUpdate(params.get("onUnsafeUpdate", OnUnsafeUpdate.REJECT)),
            target=Target(target.get("roleArn"), target.get("externalId"), target.get("region")),
        )


def _rollback_configuration(params: TaskParams) -> RollbackConfigurationTypeDef | None:
    given = params.get("rollbackConfiguration")
    if given is None:
        return None
    return {
        "MonitoringTimeInMinutes": given.get("monitoringTimeInMinutes", 0),
        "RollbackTriggers": [
            {"Arn": trigger["arn"], "Type": trigger["type"]} for trigger in given.get("rollbackTriggers", [])
        ],
    }
