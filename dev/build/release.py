"""Builds what a release consists of: ``python -m dev.build.release 0.2.0``, into ``dist/``.

A package per architecture, their SHA-256, and notes, which are the version's section of ``CHANGELOG.md``. The packages
have the bytes that ``make build`` gives everyone, so anyone can check a release.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from dev.build.build_zip import PLATFORMS, build
from dev.console import CommandError, main, say

if TYPE_CHECKING:
    from collections.abc import Sequence

SUMS = "SHA256SUMS"
NOTES = "notes.md"


def notes(changelog: str, version: str) -> str:
    """Return the section of ``version`` without its heading.

    :raises CommandError: when there is none, or nothing is in it.
    """
    section = re.search(rf"^## {re.escape(version)} - [\d-]+\n(.*?)(?=^## |\Z)", changelog, re.MULTILINE | re.DOTALL)
    if section is None or not section[1].strip():
        raise CommandError(f"CHANGELOG.md has no section for {version}, as in: ## {version} - 2026-01-01.")
    return section[1].strip() + "\n"


def release(checkout: Path, folder: Path, version: str) -> list[Path]:
    """Write the files of the release into ``folder``, and return them."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / NOTES).write_text(notes((checkout / "CHANGELOG.md").read_text("utf-8"), version), "utf-8")
    sums = ""
    packages = []
    for architecture in PLATFORMS:
        package = folder / f"changegate-{version}-{architecture}.zip"
        content = build(checkout, package, architecture, os.environ)
        sums += f"{hashlib.sha256(content).hexdigest()}  {package.name}\n"
        packages.append(package)
    # The format of sha256sum.
    (folder / SUMS).write_text(sums, "utf-8")
    return [*packages, folder / SUMS, folder / NOTES]


def command(arguments: Sequence[str]) -> None:
    """Write the files, and name them."""
    parser = argparse.ArgumentParser(prog="release", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("version", help="as in CHANGELOG.md")
    parser.add_argument("--output", type=Path, default=Path("dist"), help="the folder")
    given = parser.parse_args(arguments)
    for path in release(Path.cwd(), given.output, given.version):
        say(str(path))


if __name__ == "__main__":
    main(command)
