"""An AWS account, as the AWS SDKs reach it: credentials and settings come from the environment."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from changegate_cli.local.provisioned import LOCAL_PACE, Remote
from changegate_cli.watch.aws import Pace, client

if TYPE_CHECKING:
    from collections.abc import Mapping

# CodePipeline asks again after half a minute whether an action is done, and a push takes minutes. A new rule of
# EventBridge need not match at once (API reference, PutRule), and a commit that it misses starts nothing.
ACCOUNT_PACE = Pace(poll_seconds=5, start_seconds=600, end_seconds=3600, settle_seconds=90)

# git-remote-codecommit signs with these; `isolated` removes them.
PASSED_TO_GIT = ("AWS_", "CODE_COMMIT_")


@dataclass(frozen=True)
class AwsAccount:
    """The account that the credentials of this process belong to, in one region.

    :ivar home: the folder for the files of a run.
    :ivar region: where everything is.
    """

    home: Path
    region: str

    @property
    def is_emulated(self) -> bool:
        """Whether the environment names another endpoint than AWS's own.

        Then git uses the address that CodeCommit reports, because the helper knows only AWS's hosts; the pace is
        that of this machine; and nobody expects what the emulator leaves out.
        """
        return bool({"AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_CODECOMMIT"} & os.environ.keys())

    @property
    def pace(self) -> Pace:
        """See :class:`~changegate_cli.watch.aws.WatchedAws`."""
        return LOCAL_PACE if self.is_emulated else ACCOUNT_PACE

    def client(self, service: str) -> Any:
        """See :class:`~changegate_cli.watch.aws.WatchedAws`."""
        return client(service, self.region)

    def check(self) -> None:
        """See :class:`~changegate_cli.watch.aws.WatchedAws`; an account does not end."""

    def remote(self, pipeline: Mapping[str, Any]) -> Remote:
        """See :class:`~changegate_cli.local.provisioned.ProvisionedAws`.

        CodeCommit takes a password that is signed with the credentials of the caller. git-remote-codecommit, which AWS
        publishes, makes it. git finds it in the folder of this interpreter.
        """
        if self.is_emulated:
            return Remote(pipeline["repository_clone_url_http"])
        passed = {name: value for name, value in os.environ.items() if name.startswith(PASSED_TO_GIT)}
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
        return Remote(
            f"codecommit::{self.region}://{pipeline['repository_name']}",
            # Without settings of git, the environment decides about a proxy.
            {**SETTINGS_OF_THE_SDK, **passed, "PATH": path, "GIT_CONFIG_COUNT": "0"},
        )


# The defaults of the SDK, which signs here: `isolated` keeps it from all of them.
SETTINGS_OF_THE_SDK = {
    "AWS_CONFIG_FILE": "~/.aws/config",
    "AWS_SHARED_CREDENTIALS_FILE": "~/.aws/credentials",
    "AWS_EC2_METADATA_DISABLED": "false",
}
