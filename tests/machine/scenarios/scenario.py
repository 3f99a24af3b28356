"""A scenario: the behaviour of CloudFormation, the deployment's input and the expected end."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TYPE_CHECKING, Any

from changegate_cli.local.instance import ACCOUNT_ID, REGION
from tests.machine.scenarios import revision

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.machine.scenarios.scripts import Script

ENVIRONMENT = "prod"


class Delivery(Enum):
    """How the pipeline's jobs reach the trigger."""

    ONCE = auto()
    """The pipeline invokes it."""
    TWICE = auto()
    """Every job is delivered twice."""
    LATE = auto()
    """The first and the last job are delivered again after the deployment."""
    TO_A_DYING_TRIGGER = auto()
    """The trigger starts the execution and dies before it answers; the job is delivered again."""
    BY_HAND = auto()
    """Once; the execution's name is known before its start, so that the script can use it."""


@dataclass(frozen=True)
class End:
    """The expected end of a deployment; ``error`` is ``None`` for a success."""

    error: str | None
    says: tuple[str, ...]
    """Fragments of the summary or the failure's message; ``{stack}`` is replaced by the stack's name."""


def succeeds(*says: str) -> End:
    """The pipeline succeeds."""
    return End(None, says)


def rejected(*says: str) -> End:
    """The deployment is refused; nothing was changed."""
    return End("Changegate.Rejected", says)


def rolled_back(*says: str) -> End:
    """CloudFormation rolled the operation back."""
    return End("Changegate.RolledBack", says)


def needs_operator(*says: str) -> End:
    """An operator must act."""
    return End("Changegate.NeedsOperator", says)


def misconfigured(*says: str) -> End:
    """The input or the configuration is wrong."""
    return End("Changegate.Misconfigured", says)


def breaks(error: str, *says: str) -> End:
    """An error without a public name."""
    return End(error, says)


@dataclass(frozen=True)
class Scenario:
    """One run of a pipeline.

    ``name`` is also the stack's short name: letters, digits and hyphens.
    """

    name: str
    script: Script
    end: End
    effects: Sequence[str]
    """Every call to CloudFormation that could change something, in order (:func:`.journal.effects`)."""
    told: Mapping[str, Any] = field(default_factory=dict)
    """Further fields of the deployment's input."""
    successor: Script | None = None
    """The script of the stack's successor (blue/green)."""
    sent: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Expected parameters of the first call of an operation."""
    waited: Mapping[str, int] = field(default_factory=dict)
    """Expected seconds in Wait states."""
    retried: Sequence[tuple[str, str]] = ()
    """The states whose tasks the machine retried, with the error of each retry."""
    avoids: Sequence[str] = ()
    """States that must not be entered and that the effects do not exclude."""
    leaves: Sequence[str] = ()
    """``STATUS/EXECUTION_STATUS`` of our remaining change sets, neither executed nor deleted."""
    place: tuple[str, str] = (ACCOUNT_ID, REGION)
    """The account and region of the stack."""
    hasty: bool = False
    """Whether it runs on the machine with short limits and short timeouts."""
    delivery: Delivery = Delivery.ONCE

    @property
    def stack_name(self) -> str:
        """The stack's name."""
        return f"{ENVIRONMENT}-{self.name}"

    @property
    def successor_name(self) -> str:
        """The name of the stack's successor."""
        configured = revision.CONFIGURATION["Parameters"] if "templateConfigurationPath" in self.told else {}
        return f"{self.stack_name}-{revision.fingerprint({**configured, **self.told.get('parameters', {})})}"

    @property
    def input(self) -> dict[str, Any]:
        """The content of the input file that the trigger reads."""
        return {
            "environmentName": ENVIRONMENT,
            "stackName": self.name,
            "templatePath": revision.TEMPLATE_PATH,
            **self.told,
        }


# The effects of usual deployments.
CREATED = ("CreateStack",)
UPDATED = ("CreateChangeSet", "ExecuteChangeSet")
REFUSED = ("CreateChangeSet", "DeleteChangeSet")
NOTHING: tuple[str, ...] = ()
