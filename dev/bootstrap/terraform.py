"""Terraform: a suitable version on PATH, or else a pinned release, checked against its published SHA-256.

The result is ``.tools/bin/terraform``.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import platform
import re
import shutil
import ssl
import subprocess
import tempfile
import urllib.error
import urllib.request
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from dev.console import CommandError, say

if TYPE_CHECKING:
    from collections.abc import Mapping

EXECUTABLE = "terraform"
RELEASES = "https://releases.hashicorp.com"
# Another address with the same layout: <base>/terraform/<version>/terraform_<version>_<platform>.zip
RELEASES_VARIABLE = "CHANGEGATE_TERRAFORM_RELEASES"

MINIMUM = (1, 11, 0)
BELOW = (2, 0, 0)

TIMEOUT_SECONDS = 60
# A zip has about 27 MB, the executable in it about 90 MB.
MAXIMUM_BYTES = 500_000_000

CA_BUNDLES = ("/etc/ssl/cert.pem", "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt")


@dataclass(frozen=True)
class Release:
    """A release of Terraform: its version, and the SHA-256 of its zip for each platform."""

    version: str
    sha256: Mapping[str, str]

    def archive(self, platform_name: str) -> str:
        """Return the path of the zip, relative to the base address."""
        return f"{EXECUTABLE}/{self.version}/{EXECUTABLE}_{self.version}_{platform_name}.zip"


# Source of the checksums: terraform_1.11.4_SHA256SUMS of the release.
PINNED = Release(
    "1.11.4",
    {
        "linux_amd64": "1ce994251c00281d6845f0f268637ba50c0005657eb3cf096b92f753b42ef4dc",
        "linux_arm64": "a43d1d0da9b9bab214a8305a39db0e40869572594ccf50c416a7756499143633",
        "darwin_amd64": "a56d5002b9f7647291faccc3dd1a70350e60fb61e4c45037629508b8fdc2575b",
        "darwin_arm64": "867e0808fa971217043e25b7a792b10720c79b1546f8a68479b74f138be73e18",
    },
)


def platform_name() -> str:
    """Return Terraform's name for this platform, such as ``linux_amd64``."""
    machine = platform.machine().lower()
    architecture = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}.get(machine, machine)
    return f"{platform.system().lower()}_{architecture}"


def version_of(executable: Path) -> tuple[int, int, int] | None:
    """Return the version of ``executable``; None if it is not Terraform, does not run or is a preview."""
    try:
        done = subprocess.run(
            [str(executable), "version", "-json"],
            # The user's configuration may cause warnings, which Terraform prints before the answer.
            env={**os.environ, "TF_CLI_CONFIG_FILE": os.devnull, "CHECKPOINT_DISABLE": "1"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=TIMEOUT_SECONDS,
            check=True,
        )
        version = re.fullmatch(r"(\d+)\.(\d+)\.(\d+)", json.loads(done.stdout)["terraform_version"])
    except (OSError, subprocess.SubprocessError, ValueError, KeyError, TypeError):
        return None
    return (int(version[1]), int(version[2]), int(version[3])) if version else None


def fits(version: tuple[int, int, int] | None) -> bool:
    """Return whether the configuration supports ``version``: 1.11.0 or later, below 2."""
    return version is not None and MINIMUM <= version < BELOW


def on_path(search_path: str) -> Path | None:
    """Return the first Terraform of a supported version in the folders of ``search_path``."""
    for folder in search_path.split(os.pathsep):
        found = shutil.which(EXECUTABLE, path=folder) if folder else None
        if found and fits(version_of(Path(found))):
            return Path(found).absolute()
    return None


def ensure(
    checkout: Path, variables: Mapping[str, str], *, release: Release = PINNED, platform_name: str = platform_name()
) -> Path:
    """Return ``.tools/bin/terraform`` of ``checkout``; install it if it is missing or not supported.

    :param variables: the environment variables of the user: ``PATH``, and the address of a mirror of the releases.
    :raises CommandError: when the download fails, the SHA-256 differs or the platform has no release.
    """
    target = checkout / ".tools" / "bin" / EXECUTABLE
    if _is_known(target):
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    if (found := on_path(variables.get("PATH", ""))) is not None:
        say(f"Terraform: {found}")
        _link(target, found)
    elif target.is_symlink() or not fits(version_of(target)):
        _download(target, release, platform_name, variables.get(RELEASES_VARIABLE) or RELEASES)
    _remember(target)
    return target


def _download(target: Path, release: Release, platform_name: str, base: str) -> None:
    expected = release.sha256.get(platform_name)
    if expected is None:
        raise CommandError(
            f"Terraform {release.version} is not pinned for {platform_name}: "
            "install Terraform 1.11 or later and put it on PATH."
        )
    url = f"{base.rstrip('/')}/{release.archive(platform_name)}"
    say(f"Terraform: downloading {url}")
    archive = _fetch(url)
    actual = hashlib.sha256(archive).hexdigest()
    if actual != expected:
        raise CommandError(
            f"{url} was not installed: its SHA-256 is {actual}, not the published {expected}. "
            f"Install Terraform 1.11 or later, or set {RELEASES_VARIABLE} to a trustworthy mirror."
        )
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        unpacked = Path(folder) / EXECUTABLE
        with zipfile.ZipFile(io.BytesIO(archive)) as content, unpacked.open("wb") as file:
            shutil.copyfileobj(content.open(EXECUTABLE), file)
        unpacked.chmod(0o755)
        if version_of(unpacked) is None:
            raise CommandError(
                f"Terraform {release.version} for {platform_name} does not run on this machine: "
                "install Terraform 1.11 or later and put it on PATH."
            )
        unpacked.replace(target)


def _fetch(url: str) -> bytes:
    failure = (
        f"Terraform 1.11 or later is not on PATH and could not be downloaded from {url} ({{}}): "
        f"install it, or set {RELEASES_VARIABLE} to a mirror of the releases."
    )
    if not url.startswith(("http://", "https://")):
        raise CommandError(failure.format("not an http address"))
    try:
        # The scheme is checked above.
        with urllib.request.urlopen(  # noqa: S310  # nosec B310
            url, timeout=TIMEOUT_SECONDS, context=_tls()
        ) as response:
            content: bytes = response.read(MAXIMUM_BYTES + 1)
    except urllib.error.HTTPError as error:
        raise CommandError(failure.format(f"HTTP {error.code}")) from error
    except urllib.error.URLError as error:
        raise CommandError(failure.format(error.reason)) from error
    except (OSError, ValueError) as error:
        raise CommandError(failure.format(error)) from error
    if len(content) > MAXIMUM_BYTES:
        raise CommandError(failure.format("the file is too large"))
    return content


def _tls() -> ssl.SSLContext:
    """Return the default context; a Python without certificate authorities gets those of the system."""
    context = ssl.create_default_context()
    paths = ssl.get_default_verify_paths()
    if not paths.cafile and not paths.capath:
        for bundle in CA_BUNDLES:
            if Path(bundle).is_file():
                context.load_verify_locations(bundle)
                break
    return context


def _link(target: Path, executable: Path) -> None:
    link = target.with_name(f"{EXECUTABLE}.{os.getpid()}")
    link.symlink_to(executable)
    link.replace(target)


def _fingerprint(target: Path) -> dict[str, str | int]:
    status = target.stat()
    return {"path": str(target.resolve()), "size": status.st_size, "modified": status.st_mtime_ns}


def _is_known(target: Path) -> bool:
    """Return whether ``target`` is the file that was checked last time: a check takes a tenth of a second."""
    try:
        known = json.loads(target.with_name("terraform.json").read_text(encoding="utf-8"))
        return bool(known == _fingerprint(target))
    except (OSError, ValueError):
        return False


def _remember(target: Path) -> None:
    target.with_name("terraform.json").write_text(json.dumps(_fingerprint(target)) + "\n", encoding="utf-8")
