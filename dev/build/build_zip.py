"""Builds ``build/changegate.zip``, the one deployment package of all functions.

The bytes depend on the sources, the pinned requirements and the architecture only, so a plan on another machine shows
no difference. Members are sorted, have one date and one mode, and are not compressed, because compressors differ
between machines.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import os
import shutil
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from dev.bootstrap import uv
from dev.console import CommandError, main, run, say

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

# Lambda's architectures, and the platform tags of wheels for its python3.13 runtime. Amazon Linux 2023 has glibc 2.34,
# so manylinux2014 (2.17) and later run; the oldest tag leaves the fewest choices.
PLATFORMS = {"arm64": "aarch64-manylinux2014", "x86_64": "x86_64-manylinux2014"}
MACHINES = {"arm64": "aarch64", "x86_64": "x86_64"}

# The earliest date that a zip can hold.
DATE = (1980, 1, 1, 0, 0, 0)
# A regular file, rw-r--r--: Lambda does not run as the owner, so others must be able to read it.
MODE = 0o100644
UNIX = 3

# The metadata of a distribution; the rest of its .dist-info describes the installation.
METADATA = {"METADATA", "WHEEL", "entry_points.txt", "top_level.txt"}
LICENCES = ("LICEN", "NOTICE", "COPYING", "AUTHORS")


def own_files(sources: Path) -> Iterator[tuple[str, Path]]:
    """Yield the members from our package: name in the zip, and file."""
    for path in sources.rglob("*"):
        if path.is_file() and (path.suffix in {".py", ".json"} or path.name == "py.typed"):
            yield path.relative_to(sources.parent).as_posix(), path


def dependency_files(folder: Path) -> Iterator[tuple[str, Path]]:
    """Yield the members from the requirements, without scripts, tests and traces of the installation."""
    for path in folder.rglob("*"):
        name = path.relative_to(folder)
        if path.is_file() and _belongs(name.parts):
            yield name.as_posix(), path


def _belongs(parts: tuple[str, ...]) -> bool:
    top = parts[0]
    if top.endswith(".dist-info"):
        return parts[1] in METADATA or parts[1] == "licenses" or parts[1].upper().startswith(LICENCES)
    return not (top == "bin" or top.startswith(".") or {"tests", "__pycache__"} & set(parts))


def check_platform(folder: Path, architecture: str) -> None:
    """Check that every distribution installed in ``folder`` runs on ``architecture``.

    The file ``WHEEL`` in a ``.dist-info`` has the wheel's tags (Binary distribution format, "File contents").

    :raises CommandError: naming the first that does not run there.
    """
    for wheel in sorted(folder.glob("*.dist-info/WHEEL")):
        lines = wheel.read_text(encoding="utf-8").splitlines()
        platforms = [line.rpartition("-")[2].strip() for line in lines if line.startswith("Tag:")]
        if not any(name == "any" or _is_linux(name, MACHINES[architecture]) for name in platforms):
            raise CommandError(
                f"{wheel.parent.name.removesuffix('.dist-info')} is built for {', '.join(platforms)} and does not run "
                f"on Lambda's {architecture} architecture; choose another version or ARCHITECTURE."
            )


def _is_linux(platform: str, machine: str) -> bool:
    return "linux" in platform and "musllinux" not in platform and platform.endswith(f"_{machine}")


def pack(members: Iterable[tuple[str, Path]]) -> bytes:
    """Return a zip of ``members`` (name, file) that depends on their names and contents only.

    :raises CommandError: when two members have the same name.
    """
    files: dict[str, Path] = {}
    for name, path in members:
        if name in files:
            raise CommandError(f"The deployment package would hold {name} twice: {files[name]} and {path}.")
        files[name] = path
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            member = zipfile.ZipInfo(name, DATE)
            member.create_system = UNIX
            member.external_attr = MODE << 16
            archive.writestr(member, files[name].read_bytes())
    return buffer.getvalue()


def dependencies(checkout: Path, architecture: str, environment: Mapping[str, str]) -> Path:
    """Return a folder with the requirements of the package; install them only the first time.

    :raises CommandError: when the package index fails, a hash differs or there is no wheel.
    """
    requirements = checkout / "dev" / "requirements" / "lambda.txt"
    key = hashlib.sha256(requirements.read_bytes() + architecture.encode()).hexdigest()[:16]
    ready = checkout / "build" / f"dependencies-{architecture}-{key}"
    if ready.is_dir():
        return ready
    ready.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=ready.parent, prefix="installing-") as staging:
        target = Path(staging) / "packages"
        run(
            [
                *(uv.executable(checkout), "pip", "install", "--target", target, "--python", sys.executable),
                *("--python-platform", PLATFORMS[architecture], "--only-binary", ":all:", "--no-deps"),
                *("--require-hashes", "--requirements", requirements),
            ],
            cwd=checkout,
            environment=uv.environment(environment),
            otherwise="The requirements of the deployment package could not be installed: see the lines above.",
        )
        check_platform(target, architecture)
        try:
            target.rename(ready)
        except OSError:
            # Another build may have finished the same folder first.
            if not ready.is_dir():
                raise
    return ready


def build(checkout: Path, output: Path, architecture: str, environment: Mapping[str, str]) -> bytes:
    """Write the package to ``output``, atomically and only when it changes; return its bytes.

    :param architecture: ``arm64`` or ``x86_64``, Lambda's names.
    :raises CommandError: see :func:`dependencies`, :func:`check_platform` and :func:`pack`.
    """
    installed = dependencies(checkout, architecture, environment)
    content = pack([*own_files(checkout / "lambda_src" / "changegate"), *dependency_files(installed)])
    if not (output.is_file() and output.read_bytes() == content):
        output.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=output.parent, delete=False) as unfinished:
            unfinished.write(content)
        shutil.copymode(checkout / "dev" / "requirements" / "lambda.txt", unfinished.name)
        Path(unfinished.name).replace(output)
    return content


def command(arguments: Sequence[str]) -> None:
    """Build the package of this checkout and print its name, size and SHA-256."""
    parser = argparse.ArgumentParser(prog="python -m dev.build.build_zip", description=__doc__)
    parser.add_argument("--architecture", choices=sorted(PLATFORMS), default="arm64")
    parser.add_argument("--output", type=Path, default=Path("build/changegate.zip"))
    options = parser.parse_args(arguments)
    content = build(Path.cwd(), options.output, options.architecture, os.environ)
    digest = hashlib.sha256(content).hexdigest()
    say(f"{options.output}: {len(content) / 1e6:.1f} MB for {options.architecture}, SHA-256 {digest}")


if __name__ == "__main__":
    main(command)
