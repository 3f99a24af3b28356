"""What a release consists of."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from dev.build import release
from dev.console import CommandError
from tests.support.checkout import ROOT

if TYPE_CHECKING:
    from pathlib import Path

CHANGELOG = """# Changelog

## Unreleased

- Later.

## 0.2.0 - 2026-12-01

### Added

- Something.

## 0.1.0 - 2026-11-24

- The first.
"""


def test_notes_are_the_section_of_the_version() -> None:
    assert release.notes(CHANGELOG, "0.2.0") == "### Added\n\n- Something.\n"
    assert release.notes(CHANGELOG, "0.1.0") == "- The first.\n"


@pytest.mark.parametrize("version", ["0.3.0", "0.2", "Unreleased", ".*", ""])
def test_a_version_without_a_section_is_refused(version: str) -> None:
    with pytest.raises(CommandError, match=r"CHANGELOG\.md has no section for"):
        release.notes(CHANGELOG, version)


def test_packages_of_both_architectures_with_their_sums(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def build(checkout: Path, output: Path, architecture: str, _: object) -> bytes:
        assert checkout == ROOT
        output.write_bytes(architecture.encode())
        return architecture.encode()

    monkeypatch.setattr(release, "build", build)

    files = release.release(ROOT, tmp_path, "0.1.0")

    assert [path.name for path in files] == [
        "changegate-0.1.0-arm64.zip",
        "changegate-0.1.0-x86_64.zip",
        "SHA256SUMS",
        "notes.md",
    ]
    sums = (tmp_path / "SHA256SUMS").read_text("utf-8").splitlines()
    assert sums == [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}" for path in files[:2]]
    assert "### Added" in (tmp_path / "notes.md").read_text("utf-8")
