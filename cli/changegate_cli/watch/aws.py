"""What following an execution needs of an AWS, and an account as the AWS SDKs reach it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Pace:
    """How often to ask, and how long to wait.

    :ivar poll_seconds: between two questions about the same thing.
    :ivar start_seconds: until the pipeline has picked up a commit.
    :ivar end_seconds: until an execution has ended.
    :ivar settle_seconds: after everything is applied, until all of it works.
    """

    poll_seconds: float
    start_seconds: float
    end_seconds: float
    settle_seconds: float = 0


# A person ends the waiting; a stage can wait for an approval for days (CodePipeline quotas: 7 days).
UNLIMITED = Pace(poll_seconds=5, start_seconds=math.inf, end_seconds=math.inf)


class WatchedAws(Protocol):
    """An AWS in which an execution can be followed."""

    @property
    def pace(self) -> Pace:
        """How fast things happen there."""

    def client(self, service: str) -> Any:
        """Return a boto3 client of ``service``."""

    def check(self) -> None:
        """Do nothing while the AWS is there.

        :raises CommandError: when it has ended.
        """


def client(service: str, region: str | None) -> Any:
    """Return a boto3 client with the user's own AWS settings; the SDK retries what AWS throttles."""
    return boto3.client(
        service,  # type: ignore[call-overload]  # the stubs type literal names only
        region_name=region,
        config=Config(retries={"mode": "standard", "total_max_attempts": 10}),
    )


@dataclass(frozen=True)
class Account:
    """The account that the credentials of this process belong to, in one region (a :class:`WatchedAws`).

    :ivar region: None for the region of the AWS settings.
    """

    region: str | None = None
    pace: Pace = UNLIMITED

    def client(self, service: str) -> Any:
        """See :class:`WatchedAws`."""
        return client(service, self.region)

    def check(self) -> None:
        """See :class:`WatchedAws`; an account does not end."""


def state_machine_of(pipeline: Mapping[str, Any]) -> str:
    """Return the ARN of the state machine that a pipeline's deploy actions start.

    Terraform names both after its variable ``name``: the pipeline ``KEY_NAME``, the state machine ``NAME-deploy``.

    :param pipeline: an answer of GetPipeline.
    """
    # The form of the ARN is arn:PARTITION:codepipeline:REGION:ACCOUNT:KEY_NAME.
    _, partition, _, region, account, name = pipeline["metadata"]["pipelineArn"].split(":")
    return f"arn:{partition}:states:{region}:{account}:stateMachine:{name.rpartition('_')[2]}-deploy"
