"""What a deployment sets of its stack, other than the template and its parameters and tags."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mypy_boto3_cloudformation.literals import CapabilityType
    from mypy_boto3_cloudformation.type_defs import RollbackConfigurationTypeDef


@dataclass(frozen=True, slots=True)
class StackSettings:
    """Settings that CreateStack and CreateChangeSet take (API reference)."""

    capabilities: Sequence[CapabilityType] = ()
    role_arn: str | None = None
    """The role that CloudFormation deploys with; ``None`` for the configuration's."""
    notification_arns: Sequence[str] = ()
    rollback_configuration: RollbackConfigurationTypeDef | None = None
