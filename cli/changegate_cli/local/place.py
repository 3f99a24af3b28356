"""What a run asks of the AWS that it happens in, be it on this machine or an account."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@dataclass(frozen=True)
class Pace:
    """How often it is looked, and how long it is waited.

    :ivar poll_seconds: between two looks at the same thing.
    :ivar start_seconds: until the pipeline has taken up a commit.
    :ivar end_seconds: until an execution has ended.
    :ivar settle_seconds: after everything is applied, until it all works.
    """

    poll_seconds: float
    start_seconds: float
    end_seconds: float
    settle_seconds: float = 0


# On this machine nothing is throttled, and CodePipeline does not wait for half a minute between two questions.
LOCAL_PACE = Pace(poll_seconds=0.4, start_seconds=60, end_seconds=300)


@dataclass(frozen=True)
class Remote:
    """A git repository, and what git needs in its environment to reach it."""

    url: str
    environment: Mapping[str, str] = field(default_factory=dict)


class Place(Protocol):
    """An AWS to which the project's Terraform has been applied."""

    @property
    def home(self) -> Path:
        """The folder for what a run writes."""

    @property
    def pace(self) -> Pace:
        """How fast things happen there."""

    def client(self, service: str) -> Any:
        """Return a boto3 client of ``service``."""

    def is_running(self) -> bool:
        """Tell whether there is still something to ask."""

    def remote(self, outputs: Mapping[str, Any]) -> Remote:
        """Return where commits are pushed to, from Terraform's outputs."""
