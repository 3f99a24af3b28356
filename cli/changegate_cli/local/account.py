"""An AWS account, reached as the AWS SDKs reach one: credentials and settings are those of the environment."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from changegate_cli.local.place import LOCAL_PACE, Pace, Remote

if TYPE_CHECKING:
    from collections.abc import Mapping

# CodePipeline asks an action that is not done yet again after half a minute, and a push takes minutes. A new rule of
# EventBridge need not match at once (API reference, PutRule), and a commit that it misses starts nothing.
ACCOUNT_PACE = Pace(poll_seconds=5, start_seconds=600, end_seconds=3600, settle_seconds=90)

# What `isolated` takes from git, and git-remote-codecommit needs to sign.
PASSED_TO_GIT = ("AWS_", "CODE_COMMIT_")


@dataclass(frozen=True)
class AwsAccount:
    """The account that the credentials of this process are of, in one region.

    :ivar home: the folder for what a run writes.
    :ivar region: where everything is.
    """

    home: Path
    region: str

    @property
    def is_emulated(self) -> bool:
        """Whether the environment names another endpoint than AWS's own.

        Then git goes to the address that CodeCommit reports, for the helper knows AWS's hosts alone, time passes as on
        this machine, and what the emulator leaves out is not missed.
        """
        return bool({"AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_CODECOMMIT"} & os.environ.keys())

    @property
    def pace(self) -> Pace:
        """See :class:`~changegate_cli.local.place.Place`."""
        return LOCAL_PACE if self.is_emulated else ACCOUNT_PACE

    def client(self, service: str) -> Any:
        """See :class:`~changegate_cli.local.place.Place`; the SDK tries again what is throttled."""
        return boto3.client(
            service,  # type: ignore[call-overload]  # the stubs type literal names only
            region_name=self.region,
            config=Config(retries={"mode": "standard", "total_max_attempts": 10}),
        )

    def is_running(self) -> bool:
        """See :class:`~changegate_cli.local.place.Place`: an account does not end."""
        return True

    def remote(self, outputs: Mapping[str, Any]) -> Remote:
        """See :class:`~changegate_cli.local.place.Place`.

        CodeCommit takes a password that is signed with the credentials of the caller. git-remote-codecommit, which AWS
        publishes, makes it: git finds it in the folder of this interpreter.
        """
        if self.is_emulated:
            return Remote(outputs["repository_clone_url_http"])
        passed = {name: value for name, value in os.environ.items() if name.startswith(PASSED_TO_GIT)}
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
        return Remote(
            f"codecommit::{self.region}://{outputs['repository_name']}",
            # Without a setting, a proxy is used as the environment says.
            {**SETTINGS_OF_THE_SDK, **passed, "PATH": path, "GIT_CONFIG_COUNT": "0"},
        )


# What holds if nothing else is said: `isolated` keeps the SDK, which signs here, from all of it.
SETTINGS_OF_THE_SDK = {
    "AWS_CONFIG_FILE": "~/.aws/config",
    "AWS_SHARED_CREDENTIALS_FILE": "~/.aws/credentials",
    "AWS_EC2_METADATA_DISABLED": "false",
}
