"""Repositories: their metadata in memory, their git data in a folder of LocalStack."""

from __future__ import annotations

import threading
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dulwich.repo import Repo
from localstack import config

from localstack_pipelines.common.clock import utc_now
from localstack_pipelines.common.views import present

if TYPE_CHECKING:
    from datetime import datetime

# Start of the path of cloneUrlHttp. Account, region and repository name follow.
GIT_PATH = "/git"


@dataclass(eq=False)
class Repository:
    """A repository: its metadata, and access to its git data, a bare repository on disk."""

    account_id: str
    region: str
    name: str
    description: str | None = None
    kms_key_id: str | None = None
    tags: dict[str, str] = field(default_factory=dict)
    repository_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    default_branch: str | None = None
    creation_date: datetime = field(default_factory=utc_now)
    last_modified_date: datetime = field(default_factory=utc_now)
    triggers: list[dict[str, Any]] = field(default_factory=list)
    triggers_configuration_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    # Held while references change and until the events of the change are published. This keeps the events of a
    # reference in order.
    lock: threading.RLock = field(default_factory=threading.RLock, repr=False)

    @property
    def arn(self) -> str:
        """The ARN, ``arn:aws:codecommit:<region>:<account>:<name>``."""
        return repository_arn(self.account_id, self.region, self.name)

    @property
    def path(self) -> Path:
        """The folder of the git data. It has the repository's id as its name: no repository name is part of a path."""
        return data_folder() / self.repository_id

    @property
    def clone_url_http(self) -> str:
        """The URL that git clones from and pushes to."""
        return f"{config.external_service_url()}{GIT_PATH}/{self.account_id}/{self.region}/{self.name}"

    def open(self) -> Repo:
        """Open the git data. The caller closes it: the result is a context manager."""
        return Repo(str(self.path))

    def touch(self) -> None:
        """Set the modification date to now."""
        self.last_modified_date = utc_now()

    def metadata(self) -> dict[str, Any]:
        """Return ``RepositoryMetadata``.

        ``cloneUrlSsh`` is absent because there is no SSH endpoint. ``defaultBranch`` is absent until the first branch
        exists, as on AWS.
        """
        return present(
            {
                "accountId": self.account_id,
                "repositoryId": self.repository_id,
                "repositoryName": self.name,
                "repositoryDescription": self.description,
                "defaultBranch": self.default_branch,
                "lastModifiedDate": self.last_modified_date,
                "creationDate": self.creation_date,
                "cloneUrlHttp": self.clone_url_http,
                "Arn": self.arn,
                "kmsKeyId": self.kms_key_id,
            }
        )


def repository_arn(account_id: str, region: str, name: str) -> str:
    """Return the ARN of a repository."""
    return f"arn:aws:codecommit:{region}:{account_id}:{name}"


def data_folder() -> Path:
    """Return the folder that contains the git data of all repositories."""
    return Path(config.dirs.tmp) / "codecommit"
