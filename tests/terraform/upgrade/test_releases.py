"""The configuration of each release is kept, in an archive that depends on nothing but the revision."""

from __future__ import annotations

import subprocess
import tarfile
import tomllib
from io import BytesIO
from typing import TYPE_CHECKING

import pytest

from dev.console import CommandError
from dev.generate import release_archive
from dev.generate.release_archive import RELEASES, configuration, pack, releases
from tests.support.checkout import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FILES = {
    ".terraform.lock.hcl": "lock",
    "main.tf": "composition",
    "asl/deploy.json.tftpl": "definition",
    "environments/root.tf": "provider",
    "modules/bucket/main.tf": "module",
}
OTHERS = {
    "README.md": "page",
    "environments/dev.tfvars": "variables",
    "modules/bucket/README.md": "page",
    "tests/main.tf": "no part of it",
}


def _git(folder: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=team", "-c", "user.email=team@example.com", "-c", "commit.gpgsign=false")
    done = subprocess.run(["git", *identity, *arguments], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def _commit(folder: Path, files: Mapping[str, str]) -> str:
    """Write ``files``, commit them and return the commit."""
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8")
    _git(folder, "add", "--all")
    _git(folder, "commit", "--quiet", "--message=release")
    return _git(folder, "rev-parse", "HEAD")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    _git(tmp_path, "init", "--quiet")
    return tmp_path


def test_the_configuration_is_that_of_the_revision(repository: Path) -> None:
    revision = _commit(repository, {**FILES, **OTHERS})
    _commit(repository, {"main.tf": "later", "later.tf": "later"})

    found = configuration(repository, revision)

    assert found == {name: content.encode() for name, content in FILES.items()}


def test_the_archive_is_made_of_paths_and_content_alone() -> None:
    files = {name: content.encode() for name, content in FILES.items()}

    archive = pack(files)

    assert archive == pack(dict(reversed(files.items())))
    with tarfile.open(fileobj=BytesIO(archive)) as tar:
        members = tar.getmembers()
        contents = {member.name: content.read() for member in members if (content := tar.extractfile(member))}
    assert [member.name for member in members] == sorted(FILES)
    assert {(member.mtime, member.uid, member.gid, member.uname, member.mode) for member in members} == {
        (0, 0, 0, "", 0o644)
    }
    assert contents == files


@pytest.fixture
def elsewhere(repository: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Run the tool in the repository. Return the folder of its archives."""
    monkeypatch.setattr(release_archive, "ROOT", repository)
    monkeypatch.setattr(release_archive, "RELEASES", repository / "releases")
    return repository / "releases"


@pytest.mark.parametrize("version", ["1.0", "", "../1.0.0"])
def test_what_is_no_version_is_refused(version: str, elsewhere: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        release_archive.main([version, "HEAD"])

    assert f"{version!r} is not a version" in capsys.readouterr().err
    assert not elsewhere.exists()


def test_what_git_says_of_a_revision_is_the_error(elsewhere: Path) -> None:
    with pytest.raises(CommandError, match="no-such-revision"):
        release_archive.main(["1.0.0", "no-such-revision"])

    assert not elsewhere.exists()


def test_the_archive_bears_the_version(repository: Path, elsewhere: Path) -> None:
    revision = _commit(repository, FILES)

    release_archive.main(["1.0.0", revision])

    assert (elsewhere / "1.0.0.tar.gz").read_bytes() == pack(configuration(repository, revision))


def test_every_release_is_kept() -> None:
    versions = releases((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))

    assert versions
    assert sorted(path.name for path in RELEASES.iterdir()) == sorted(f"{version}.tar.gz" for version in versions)


def test_the_project_has_the_version_of_the_last_release() -> None:
    latest = releases((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))[0]

    project = tomllib.loads((ROOT / "cli/pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["version"] == latest
