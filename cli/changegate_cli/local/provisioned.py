"""What an installation needs of its AWS, whether that is on this machine or an account."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from changegate_cli.watch.aws import Pace, WatchedAws

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

# On this machine nothing is throttled, and CodePipeline does not wait for half a minute between two questions.
LOCAL_PACE = Pace(poll_seconds=0.4, start_seconds=60, end_seconds=300)


@dataclass(frozen=True)
class Remote:
    """A git repository, and the environment variables that git needs to reach it."""

    url: str
    environment: Mapping[str, str] = field(default_factory=dict)


class ProvisionedAws(WatchedAws, Protocol):
    """An AWS to which the project's Terraform has been applied."""

    @property
    def home(self) -> Path:
        """The folder for the files of a run."""

    def remote(self, pipeline: Mapping[str, Any]) -> Remote:
        """Return where commits are pushed to, for an entry of the output ``pipelines``."""
