"""What the service keeps: repositories per account and region, their git data in folders of LocalStack."""

from __future__ import annotations

import shutil
import threading
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dulwich.repo import Repo
from localstack import config
from localstack.services.stores import AccountRegionBundle, BaseStore, LocalAttribute

# The path that cloneUrlHttp begins with, before account, region and repository name.
GIT_PATH = "/git"

# What HEAD of a repository names until the first push decides.
INITIAL_BRANCH = "main"


@dataclass(eq=False)
class Repository:
    """One repository: its metadata here, its git data in a bare repository on disk."""

    account_id: str
    region: str
    name: str
    description: str | None = None
    kms_key_id: str | None = None
    tags: dict[str, str] = field(default_factory=dict)
    repository_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    default_branch: str | None = None
    creation_date: datetime = field(default_factory=lambda: datetime.now(UTC))
    last_modified_date: datetime = field(default_factory=lambda: datetime.now(UTC))
    triggers: list[dict[str, Any]] = field(default_factory=list)
    triggers_configuration_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    # Held while references change, and until the events of the change are published: this is what keeps
    # the events of one reference in order.
    lock: threading.RLock = field(default_factory=threading.RLock, repr=False)

    @property
    def arn(self) -> str:
        """The ARN, ``arn:aws:codecommit:<region>:<account>:<name>``."""
        return repository_arn(self.account_id, self.region, self.name)

    @property
    def path(self) -> Path:
        """The folder of the git data. It is named by the id, so no name ever becomes a part of a path."""
        return data_folder() / self.repository_id

    @property
    def clone_url_http(self) -> str:
        """The URL that git clones from and pushes to."""
        return f"{config.external_service_url()}{GIT_PATH}/{self.account_id}/{self.region}/{self.name}"

    def open(self) -> Repo:
        """Open the git data; the caller closes it (it is a context manager)."""
        return Repo(str(self.path))

    def touch(self) -> None:
        """Note that the repository was modified now."""
        self.last_modified_date = datetime.now(UTC)

    def metadata(self) -> dict[str, Any]:
        """Return the API's ``RepositoryMetadata``.

        ``cloneUrlSsh`` is left out, as there is no SSH endpoint; ``defaultBranch`` is absent until the first
        branch exists, as in AWS.
        """
        optional = {
            "repositoryDescription": self.description,
            "defaultBranch": self.default_branch,
            "kmsKeyId": self.kms_key_id,
        }
        return {
            "accountId": self.account_id,
            "repositoryId": self.repository_id,
            "repositoryName": self.name,
            "lastModifiedDate": self.last_modified_date,
            "creationDate": self.creation_date,
            "cloneUrlHttp": self.clone_url_http,
            "Arn": self.arn,
            **{name: value for name, value in optional.items() if value is not None},
        }


class CodeCommitStore(BaseStore):
    """The repositories of one account in one region, by name."""

    repositories: dict[str, Repository] = LocalAttribute(default=dict)  # type: ignore[assignment]  # a descriptor


codecommit_stores = AccountRegionBundle("codecommit", CodeCommitStore)

# Guards the creation, renaming and removal of repositories in all stores.
stores_lock = threading.RLock()


def repositories_of(account_id: str, region: str) -> dict[str, Repository]:
    """Return the repositories of an account and region, by name.

    :raises ValueError: when the account id or the region does not exist.
    """
    repositories: dict[str, Repository] = codecommit_stores[account_id][region].repositories
    return repositories


def repository_arn(account_id: str, region: str, name: str) -> str:
    """Return the ARN of a repository."""
    return f"arn:aws:codecommit:{region}:{account_id}:{name}"


def data_folder() -> Path:
    """Return the folder that holds the git data of all repositories."""
    return Path(config.dirs.tmp) / "codecommit"


def add(repository: Repository) -> None:
    """Keep a new repository, whose name must be free, and make its empty git data."""
    repository.path.parent.mkdir(parents=True, exist_ok=True)
    Repo.init_bare(str(repository.path), mkdir=True, default_branch=INITIAL_BRANCH.encode()).close()
    repositories_of(repository.account_id, repository.region)[repository.name] = repository


def delete(repository: Repository) -> None:
    """Forget a repository and remove its git data, once no change of a reference is under way."""
    with repository.lock:
        repositories_of(repository.account_id, repository.region).pop(repository.name, None)
        shutil.rmtree(repository.path, ignore_errors=True)


def remove_all_data() -> None:
    """Remove the git data of all repositories."""
    shutil.rmtree(data_folder(), ignore_errors=True)
