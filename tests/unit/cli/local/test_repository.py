"""Pushes with git, to a bare repository on this disk."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from changegate_cli.local.errors import LocalRunError
from changegate_cli.local.repository import NothingToPushError, Repository

if TYPE_CHECKING:
    from pathlib import Path


def git(*arguments: str, cwd: Path) -> str:
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    identity = ["-c", "user.name=Someone", "-c", "user.email=someone@example.com"]
    return subprocess.run(
        ["git", *identity, *arguments], cwd=cwd, env=environment, check=True, capture_output=True, text=True
    ).stdout.strip()


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    path = tmp_path / "remote.git"
    path.mkdir()
    git("init", "--quiet", "--bare", "--initial-branch=main", cwd=path)
    return path


@pytest.fixture
def content(tmp_path: Path) -> Path:
    path = tmp_path / "content"
    (path / "infra").mkdir(parents=True)
    (path / "infra" / "template.yaml").write_text("Resources: {}\n")
    (path / "README.md").write_text("hello\n")
    return path


@pytest.fixture
def repository(tmp_path: Path, remote: Path) -> Repository:
    repository = Repository(tmp_path / "clone", str(remote))
    repository.open()
    return repository


def files(remote: Path) -> list[str]:
    return git("ls-tree", "-r", "--name-only", "main", cwd=remote).splitlines()


def test_the_first_push(repository: Repository, remote: Path, content: Path) -> None:
    repository.replace_content(content)
    commit = repository.push("the first")
    assert commit == git("rev-parse", "main", cwd=remote)
    assert files(remote) == ["README.md", "infra/template.yaml"]
    assert git("log", "-1", "--format=%s|%an|%ae", "main", cwd=remote) == "the first|Changegate|changegate@example.com"


def test_a_file_that_is_gone_is_gone(repository: Repository, remote: Path, content: Path) -> None:
    repository.replace_content(content)
    repository.push("the first")
    (content / "README.md").unlink()
    repository.replace_content(content)
    repository.push("the second")
    assert files(remote) == ["infra/template.yaml"]
    assert git("rev-list", "--count", "main", cwd=remote) == "2"


def test_nothing_to_push(repository: Repository, content: Path) -> None:
    repository.replace_content(content)
    repository.push("the first")
    repository.replace_content(content)
    with pytest.raises(NothingToPushError, match="Nothing has changed"):
        repository.push("the second")


def test_somebody_elses_push_is_built_upon(repository: Repository, remote: Path, content: Path, tmp_path: Path) -> None:
    repository.replace_content(content)
    repository.push("the first")
    other = tmp_path / "other"
    git("clone", "--quiet", str(remote), str(other), cwd=tmp_path)
    (other / "theirs").write_text("x")
    git("add", "theirs", cwd=other)
    git("commit", "--quiet", "--message", "theirs", cwd=other)
    git("push", "--quiet", cwd=other)

    (content / "README.md").write_text("changed\n")
    repository.replace_content(content)
    repository.push("ours")
    assert git("log", "--format=%s", "main", cwd=remote).splitlines() == ["ours", "theirs", "the first"]
    assert files(remote) == ["README.md", "infra/template.yaml"]


def test_a_clone_is_opened_again(repository: Repository, remote: Path, content: Path) -> None:
    repository.replace_content(content)
    repository.push("the first")
    again = Repository(repository.folder, str(remote))
    again.open()
    assert again.head() == repository.head()


def test_the_settings_of_the_person_have_no_part_in_it(
    repository: Repository, content: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = tmp_path / "gitconfig"
    settings.write_text("[commit]\n\tgpgsign = true\n[user]\n\tsigningkey = none\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(settings))
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    repository.replace_content(content)
    assert len(repository.push("the first")) == 40


def test_a_failed_push_speaks_with_gits_words(tmp_path: Path, content: Path) -> None:
    repository = Repository(tmp_path / "clone", str(tmp_path / "nowhere.git"))
    repository.open()
    with pytest.raises(LocalRunError, match=r"`git ls-remote` failed: fatal: .*nowhere\.git"):
        repository.replace_content(content)


def test_no_git(repository: Repository, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(LocalRunError, match="git is missing"):
        repository.head()
