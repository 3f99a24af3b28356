"""Terraform comes from PATH, or else from the releases, with the published SHA-256."""

from __future__ import annotations

import hashlib
import os
import platform
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING

import pytest

from dev.bootstrap import terraform
from dev.console import CommandError
from tests.dev.bootstrap.helpers import write_script
from tests.support.checkout import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from tests.dev.bootstrap.helpers import Mirror

PLATFORM = "linux_amd64"
VERSION = "1.11.4"


def says(version: str) -> str:
    """Return a script that answers Terraform's version command and counts its calls."""
    return f"""echo called >>"$0.calls"\ncat <<'END'\n{{"terraform_version": "{version}"}}\nEND"""


def publish(mirror: Mirror, tmp_path: Path, members: dict[str, str]) -> terraform.Release:
    """Publish a zip of ``members`` as a release; return the release with its SHA-256."""
    archive = mirror.folder / terraform.Release(VERSION, {}).archive(PLATFORM)
    archive.parent.mkdir(parents=True)
    with zipfile.ZipFile(archive, "w") as content:
        for name, body in members.items():
            content.writestr(name, body)
    return terraform.Release(VERSION, {PLATFORM: hashlib.sha256(archive.read_bytes()).hexdigest()})


def ensure(checkout: Path, release: terraform.Release, *, path: Path | None = None, releases: str = "") -> Path:
    """Run the function under test for a machine with ``path`` as its PATH."""
    variables = {"PATH": str(path or ""), terraform.RELEASES_VARIABLE: releases}
    return terraform.ensure(checkout, variables, release=release, platform_name=PLATFORM)


@pytest.fixture
def unreachable() -> terraform.Release:
    """A release that no test must download."""
    return terraform.Release(VERSION, {PLATFORM: "0" * 64})


def test_a_fitting_terraform_on_path_is_used_where_it_is(
    checkout: Path, tmp_path: Path, unreachable: terraform.Release, refusing_url: str
) -> None:
    installed = write_script(tmp_path / "bin" / "terraform", says("1.12.2"))

    found = ensure(checkout, unreachable, path=installed.parent, releases=refusing_url)

    assert found == checkout / ".tools" / "bin" / "terraform"
    assert found.resolve() == installed.resolve()


def test_it_is_asked_once_and_again_only_when_it_changes(
    checkout: Path, tmp_path: Path, unreachable: terraform.Release
) -> None:
    installed = write_script(tmp_path / "bin" / "terraform", says("1.12.2"))
    calls = installed.with_name("terraform.calls")

    ensure(checkout, unreachable, path=installed.parent)
    ensure(checkout, unreachable, path=installed.parent)
    assert calls.read_text() == "called\n"

    write_script(installed, says("1.13.10"))
    ensure(checkout, unreachable, path=installed.parent)
    assert calls.read_text() == "called\ncalled\n"


@pytest.mark.parametrize("version", ["1.10.5", "0.15.0", "2.0.0", "1.12.0-beta1", "not a version"])
def test_one_that_does_not_fit_is_passed_over(checkout: Path, tmp_path: Path, mirror: Mirror, version: str) -> None:
    too_old = write_script(tmp_path / "bin" / "terraform", says(version))
    release = publish(mirror, tmp_path, {"terraform": f"#!/bin/sh\n{says(VERSION)}\n"})

    found = ensure(checkout, release, path=too_old.parent, releases=mirror.url)

    assert not found.is_symlink()
    assert terraform.version_of(found) == (1, 11, 4)


def test_a_fitting_one_later_on_path_wins_over_a_download(
    checkout: Path, tmp_path: Path, unreachable: terraform.Release, refusing_url: str
) -> None:
    broken = write_script(tmp_path / "shims" / "terraform", "exit 1")
    fitting = write_script(tmp_path / "bin" / "terraform", says("1.11.0"))
    variables = {"PATH": f"{broken.parent}:{fitting.parent}", terraform.RELEASES_VARIABLE: refusing_url}

    found = terraform.ensure(checkout, variables, release=unreachable, platform_name=PLATFORM)

    assert found.resolve() == fitting.resolve()


def test_the_release_is_fetched_and_only_the_executable_unpacked(
    checkout: Path, tmp_path: Path, mirror: Mirror
) -> None:
    release = publish(
        mirror, tmp_path, {"LICENSE.txt": "terms", "terraform": f"#!/bin/sh\n{says(VERSION)}\n", "../evil": "no"}
    )

    found = ensure(checkout, release, releases=mirror.url + "/")

    assert terraform.version_of(found) == (1, 11, 4)
    assert sorted(path.name for path in found.parent.iterdir()) == ["terraform", "terraform.calls", "terraform.json"]
    assert not (checkout / ".tools" / "evil").exists()


def test_a_second_run_needs_no_network(checkout: Path, tmp_path: Path, mirror: Mirror, refusing_url: str) -> None:
    release = publish(mirror, tmp_path, {"terraform": f"#!/bin/sh\n{says(VERSION)}\n"})
    first = ensure(checkout, release, releases=mirror.url)

    assert ensure(checkout, release, releases=refusing_url) == first


def test_another_sha256_is_not_installed(checkout: Path, tmp_path: Path, mirror: Mirror) -> None:
    publish(mirror, tmp_path, {"terraform": "#!/bin/sh\n"})

    with pytest.raises(CommandError, match="not the published") as refusal:
        ensure(checkout, terraform.Release(VERSION, {PLATFORM: "0" * 64}), releases=mirror.url)

    assert "0" * 64 in str(refusal.value)
    assert list((checkout / ".tools" / "bin").iterdir()) == []


def test_a_release_that_does_not_run_here_is_not_installed(checkout: Path, tmp_path: Path, mirror: Mirror) -> None:
    release = publish(mirror, tmp_path, {"terraform": "\x7fELF of another machine"})

    with pytest.raises(CommandError, match="does not run on this machine"):
        ensure(checkout, release, releases=mirror.url)

    assert list((checkout / ".tools" / "bin").iterdir()) == []


def test_a_platform_without_a_pinned_release_is_told_so(checkout: Path) -> None:
    with pytest.raises(CommandError, match=r"not pinned for linux_amd64: install Terraform 1\.11 or later"):
        ensure(checkout, terraform.Release(VERSION, {}))


def test_a_missing_file_says_what_was_asked_for(checkout: Path, mirror: Mirror, unreachable: terraform.Release) -> None:
    with pytest.raises(CommandError, match=r"1\.11\.4/terraform_1\.11\.4_linux_amd64\.zip \(HTTP 404\)"):
        ensure(checkout, unreachable, releases=mirror.url)


def test_an_address_that_is_not_http_is_refused(checkout: Path, unreachable: terraform.Release) -> None:
    with pytest.raises(CommandError, match="not an http address"):
        ensure(checkout, unreachable, releases="file:///srv/releases")


def test_a_refused_connection_ends_the_command_with_one_sentence(
    checkout: Path, bare_environment: dict[str, str], refusing_url: str
) -> None:
    program = (
        "import os\nfrom pathlib import Path\nfrom dev import console\nfrom dev.bootstrap import terraform\n"
        "console.main(lambda _: terraform.ensure(Path.cwd(), os.environ))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=checkout,
        env={**bare_environment, terraform.RELEASES_VARIABLE: refusing_url},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("changegate: Terraform 1.11 or later is not on PATH and could not be downloaded from")
    assert refusing_url in done.stderr
    assert terraform.RELEASES_VARIABLE in done.stderr


def test_the_pinned_release_fits_and_covers_the_usual_platforms() -> None:
    numbers = [int(part) for part in terraform.PINNED.version.split(".")]

    assert terraform.fits((numbers[0], numbers[1], numbers[2]))
    assert set(terraform.PINNED.sha256) == {"linux_amd64", "linux_arm64", "darwin_amd64", "darwin_arm64"}
    assert all(len(bytes.fromhex(digest)) == 32 for digest in terraform.PINNED.sha256.values())


def test_the_bounds_are_those_of_the_configuration() -> None:
    required = f">= {'.'.join(map(str, terraform.MINIMUM))}, < {'.'.join(map(str, terraform.BELOW))}"

    assert f'required_version = "{required}"' in (ROOT / "versions.tf").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("machine", "system", "name"),
    [
        ("x86_64", "Linux", "linux_amd64"),
        ("aarch64", "Linux", "linux_arm64"),
        ("arm64", "Darwin", "darwin_arm64"),
        ("riscv64", "Linux", "linux_riscv64"),
    ],
)
def test_platforms_have_the_names_of_the_releases(
    monkeypatch: pytest.MonkeyPatch, machine: str, system: str, name: str
) -> None:
    monkeypatch.setattr(platform, "machine", lambda: machine)
    monkeypatch.setattr(platform, "system", lambda: system)

    assert terraform.platform_name() == name


def test_the_users_configuration_does_not_disturb_the_question(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    strict = write_script(
        tmp_path / "terraform", f'[ "$TF_CLI_CONFIG_FILE" = {os.devnull} ] || exit 1\n{says("1.11.4")}'
    )
    monkeypatch.setenv("TF_CLI_CONFIG_FILE", str(tmp_path / "gone"))

    assert terraform.version_of(strict) == (1, 11, 4)
