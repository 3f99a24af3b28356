"""The repositories of each account and region, in LocalStack's stores."""

from __future__ import annotations

import shutil
import threading
from typing import TYPE_CHECKING

from dulwich.repo import Repo
from localstack.services.stores import AccountRegionBundle, BaseStore, LocalAttribute

from . import models
from .errors import RepositoryDoesNotExistException

if TYPE_CHECKING:
    from .models import Repository

# The branch that HEAD of a new repository names. The first push or commit replaces it.
INITIAL_BRANCH = "main"


class CodeCommitStore(BaseStore):
    """The repositories of one account in one region, by name."""

    repositories: dict[str, Repository] = LocalAttribute(default=dict)  # type: ignore[assignment]  # a descriptor


codecommit_stores = AccountRegionBundle("codecommit", CodeCommitStore)

# Guards the creation, renaming and removal of repositories in all stores.
stores_lock = threading.RLock()


def repositories_of(account_id: str, region: str) -> dict[str, Repository]:
    """Return the repositories of an account and region, by name.

    :raises ValueError: the account id or the region is not valid.
    """
    repositories: dict[str, Repository] = codecommit_stores[account_id][region].repositories
    return repositories


def find(account_id: str, region: str, repository_name: str) -> Repository:
    """Return a repository.

    :raises RepositoryDoesNotExistException: the account and region have no repository of that name.
    """
    repository = repositories_of(account_id, region).get(repository_name)
    if repository is None:
        raise RepositoryDoesNotExistException(f"{repository_name} does not exist")
    return repository


def add(repository: Repository) -> None:
    """Store a new repository, whose name must be free, and create its empty git data."""
    repository.path.parent.mkdir(parents=True, exist_ok=True)
    Repo.init_bare(str(repository.path), mkdir=True, default_branch=INITIAL_BRANCH.encode()).close()
    repositories_of(repository.account_id, repository.region)[repository.name] = repository


def delete(repository: Repository) -> None:
    """Remove a repository and its git data, after any change of its references that is still running."""
    with repository.lock:
        repositories_of(repository.account_id, repository.region).pop(repository.name, None)
        shutil.rmtree(repository.path, ignore_errors=True)


def remove_all_data() -> None:
    """Remove the git data of all repositories."""
    shutil.rmtree(models.data_folder(), ignore_errors=True)
