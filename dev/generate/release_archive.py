"""Keeps the configuration of a release: ``python -m dev.generate.release_archive 0.1.0 REVISION``.

What Terraform reads at a revision goes to ``tests/terraform/upgrade/releases/<version>.tar.gz``; the test of an upgrade
begins with it. The archive is made of the revision alone: the same bytes whenever and wherever it is made.
"""

from __future__ import annotations

import argparse
import gzip
import io
import re
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROOT = Path(__file__).resolve().parents[2]
RELEASES = ROOT / "tests/terraform/upgrade/releases"

# Everything that `terraform apply` reads but an environment's variables and the zip of the functions.
_CONFIGURATION = re.compile(r"[^/]+\.tf|modules/.+\.tf|asl/.+|\.terraform\.lock\.hcl")
_VERSION = re.compile(r"\d+\.\d+\.\d+")
_HEADING = re.compile(r"^## (\d+\.\d+\.\d+) - \d{4}-\d{2}-\d{2}$", re.MULTILINE)


def configuration(checkout: Path, revision: str) -> dict[str, bytes]:
    """Return the files of the configuration at ``revision``, by their paths.

    :raises subprocess.CalledProcessError: when git does not know the revision.
    """
    paths = _git(checkout, "ls-tree", "-r", "-z", "--name-only", revision).decode().split("\0")
    return {path: _git(checkout, "show", f"{revision}:{path}") for path in paths if _CONFIGURATION.fullmatch(path)}


def pack(files: Mapping[str, bytes]) -> bytes:
    """Return an archive of ``files`` without anything that depends on when and where it is made."""
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for path in sorted(files):
            member = tarfile.TarInfo(path)
            member.size = len(files[path])
            tar.addfile(member, io.BytesIO(files[path]))
    return gzip.compress(archive.getvalue(), mtime=0)


def releases(changelog: str) -> list[str]:
    """Return the versions that ``changelog`` has, newest first."""
    return _HEADING.findall(changelog)


def main(arguments: Sequence[str]) -> int:
    """Write the archive and return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("version")
    parser.add_argument("revision")
    given = parser.parse_args(arguments)
    if not _VERSION.fullmatch(given.version):
        parser.error(f"{given.version!r} is no version: it has three numbers, as in 0.1.0.")
    try:
        files = configuration(ROOT, given.revision)
    except subprocess.CalledProcessError as error:
        print(error.stderr.decode().strip(), file=sys.stderr)
        return 1
    RELEASES.mkdir(exist_ok=True)
    (RELEASES / f"{given.version}.tar.gz").write_bytes(pack(files))
    return 0


def _git(checkout: Path, *arguments: str) -> bytes:
    return subprocess.run(["git", *arguments], cwd=checkout, capture_output=True, check=True).stdout


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
