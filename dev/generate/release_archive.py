"""Archives the configuration of a release: ``python -m dev.generate.release_archive 0.1.0 REVISION``.

The files that Terraform reads at a revision go to ``tests/terraform/upgrade/releases/<version>.tar.gz``, from which the
test of an upgrade starts. The archive depends on the revision only, so its bytes are the same on every machine.
"""

from __future__ import annotations

import argparse
import gzip
import io
import re
import subprocess
import tarfile
from typing import TYPE_CHECKING

from dev import console
from dev.checkout import ROOT
from dev.console import CommandError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

RELEASES = ROOT / "tests/terraform/upgrade/releases"

# Everything that `terraform apply` reads, except the variables of an environment and the functions' zip.
_CONFIGURATION = re.compile(r"[^/]+\.tf|environments/root\.tf|modules/.+\.tf|asl/.+|\.terraform\.lock\.hcl")
_VERSION = re.compile(r"\d+\.\d+\.\d+")
_HEADING = re.compile(r"^## (\d+\.\d+\.\d+) - \d{4}-\d{2}-\d{2}$", re.MULTILINE)


def configuration(checkout: Path, revision: str) -> dict[str, bytes]:
    """Return the content of the configuration files at ``revision``, by path.

    :raises CommandError: when Git does not know the revision.
    """
    paths = _git(checkout, "ls-tree", "-r", "-z", "--name-only", revision).decode().split("\0")
    return {path: _git(checkout, "show", f"{revision}:{path}") for path in paths if _CONFIGURATION.fullmatch(path)}


def pack(files: Mapping[str, bytes]) -> bytes:
    """Return an archive of ``files`` that depends on their paths and contents only."""
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for path in sorted(files):
            member = tarfile.TarInfo(path)
            member.size = len(files[path])
            tar.addfile(member, io.BytesIO(files[path]))
    return gzip.compress(archive.getvalue(), mtime=0)


def releases(changelog: str) -> list[str]:
    """Return the versions in ``changelog``, newest first."""
    return _HEADING.findall(changelog)


def main(arguments: Sequence[str]) -> None:
    """Write the archive."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("version")
    parser.add_argument("revision")
    given = parser.parse_args(arguments)
    if not _VERSION.fullmatch(given.version):
        parser.error(f"{given.version!r} is not a version: write three numbers, as in 0.1.0.")
    files = configuration(ROOT, given.revision)
    RELEASES.mkdir(exist_ok=True)
    (RELEASES / f"{given.version}.tar.gz").write_bytes(pack(files))


def _git(checkout: Path, *arguments: str) -> bytes:
    done = subprocess.run(["git", *arguments], cwd=checkout, capture_output=True, check=False)
    if done.returncode != 0:
        raise CommandError(done.stderr.decode().strip())
    return done.stdout


if __name__ == "__main__":
    console.main(main)
