"""A clone of the pipeline's repository, and pushes to it with plain git."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from changegate_cli.local.environment import isolated
from changegate_cli.local.errors import LocalRunError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

IDENTITY = {
    "GIT_AUTHOR_NAME": "Changegate",
    "GIT_AUTHOR_EMAIL": "changegate@example.com",
    "GIT_COMMITTER_NAME": "Changegate",
    "GIT_COMMITTER_EMAIL": "changegate@example.com",
}


class NothingToPushError(LocalRunError):
    """The branch has this content already."""


@dataclass(frozen=True)
class Repository:
    """A clone in ``folder`` of ``branch`` of the repository at ``url``.

    :ivar environment: further variables that git needs to reach the repository.
    """

    folder: Path
    url: str
    branch: str = "main"
    environment: Mapping[str, str] = field(default_factory=dict)

    def open(self) -> None:
        """Create the clone if it does not exist.

        :raises LocalRunError: when git is missing or fails, with its own words.
        """
        if (self.folder / ".git").exists():
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        # Not `git clone`: the first time there is no branch to check out.
        self._git("init", "--quiet", f"--initial-branch={self.branch}")
        self._git("remote", "add", "origin", self.url)

    def replace_content(self, source: Path) -> None:
        """Bring the work tree to the head of the branch and replace its files with those of ``source``."""
        self._catch_up()
        for path in self.folder.iterdir():
            if path.name != ".git":
                _remove(path)
        # Files that editors and file managers leave behind are not part of the application.
        ignored = shutil.ignore_patterns(".git", ".DS_Store", "*.swp", "*~")
        shutil.copytree(source, self.folder, dirs_exist_ok=True, ignore=ignored)

    def push(self, message: str) -> str:
        """Commit the work tree, push the branch and return the commit's id (40 hexadecimal digits).

        :raises NothingToPushError: when nothing differs from the last commit.
        :raises LocalRunError: when git fails, with its own words.
        """
        self._git("add", "--all")
        if not self._git("status", "--porcelain"):
            raise NothingToPushError("Nothing has changed since the last push.")
        self._git("commit", "--quiet", "--message", message)
        self._git("push", "--quiet", "origin", self.branch)
        return self.head()

    def head(self) -> str:
        """Return the id of the last commit."""
        return self._git("rev-parse", "HEAD")

    def _catch_up(self) -> None:
        # Another clone may have pushed; this one has nothing worth keeping.
        if not self._git("ls-remote", "--heads", "origin", self.branch):
            return
        self._git("fetch", "--quiet", "origin", self.branch)
        self._git("reset", "--quiet", "--hard", "FETCH_HEAD")

    def _git(self, *arguments: str) -> str:
        environment = {
            **isolated(os.environ),
            **IDENTITY,
            # The user's own settings (signing, hooks, credential helpers) do not apply.
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_TERMINAL_PROMPT": "0",
            "LC_ALL": "C",
            # A repository on this machine needs no proxy.
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": "http.proxy",
            "GIT_CONFIG_VALUE_0": "",
            **self.environment,
        }
        try:
            answer = subprocess.run(
                ["git", *arguments],
                cwd=self.folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=False,
            )
        except FileNotFoundError:
            raise LocalRunError("git is missing: install it to push to the repository.") from None
        if answer.returncode != 0:
            reason = " ".join(answer.stderr.split()) or "it reported no reason."
            raise LocalRunError(f"`git {arguments[0]}` failed: {reason}")
        return answer.stdout.strip()


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()
