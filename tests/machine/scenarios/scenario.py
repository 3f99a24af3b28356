"""What a scenario is: what CloudFormation does, what the deployment is told, and how it must end."""

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
    """The first and the last job are delivered again when the deployment is over."""
    TO_A_DYING_TRIGGER = auto()
    """The first delivery starts the execution and dies before it answers; the job is delivered again."""
    BY_HAND = auto()
    """Once; the execution's name is known before it is started, so that the script can use it."""


@dataclass(frozen=True)
class End:
    """How the deployment must end: ``error`` is ``None`` for a success."""

    error: str | None
    says: tuple[str, ...]
    """Fragments of the summary, or of the failure's message; ``{stack}`` stands for the stack's name."""


def succeeds(*says: str) -> End:
    """The pipeline ends green."""
    return End(None, says)


def rejected(*says: str) -> End:
    """We refuse; nothing was changed."""
    return End("Changegate.Rejected", says)


def rolled_back(*says: str) -> End:
    """CloudFormation undid it."""
    return End("Changegate.RolledBack", says)


def needs_operator(*says: str) -> End:
    """A person must act."""
    return End("Changegate.NeedsOperator", says)


def misconfigured(*says: str) -> End:
    """What we were given is wrong."""
    return End("Changegate.Misconfigured", says)


def breaks(error: str, *says: str) -> End:
    """An error that has no public name."""
    return End(error, says)


@dataclass(frozen=True)
class Scenario:
    """One run of a pipeline.

    ``name`` is the stack's short name too: letters, digits and hyphens.
    """

    name: str
    script: Script
    end: End
    effects: Sequence[str]
    """Every call to CloudFormation that could change something, in order (:func:`.journal.effects`)."""
    told: Mapping[str, Any] = field(default_factory=dict)
    """Further fields of the deployment."""
    successor: Script | None = None
    """The script of the stack's successor (blue/green)."""
    sent: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Parameters that the first call of an operation must have had."""
    waited: Mapping[str, int] = field(default_factory=dict)
    """Seconds that must have been waited in Wait states."""
    retried: Sequence[tuple[str, str]] = ()
    """The states whose tasks failed and were tried again by the machine, each time with the error."""
    avoids: Sequence[str] = ()
    """States that must not be entered, beside those that the effects tell of."""
    leaves: Sequence[str] = ()
    """The states (``STATUS/EXECUTION_STATUS``) of change sets of ours that are left, neither executed nor deleted."""
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
        """The content of the file that the trigger reads."""
        return {
            "environmentName": ENVIRONMENT,
            "stackName": self.name,
            "templatePath": revision.TEMPLATE_PATH,
            **self.told,
        }


# The effects of a deployment that goes its usual way.
CREATED = ("CreateStack",)
UPDATED = ("CreateChangeSet", "ExecuteChangeSet")
REFUSED = ("CreateChangeSet", "DeleteChangeSet")
NOTHING: tuple[str, ...] = ()
