"""The virtual environments of the checkout, created and updated from hashed requirements.

Each has a stamp that records what it was created from: the path of the checkout, the interpreter, the requirements and
the project installed in it. An environment whose stamp is current is not touched. File times do not matter, because a
clone changes them.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dev.bootstrap import uv
from dev.bootstrap.node_packages import NodePackages
from dev.console import CommandError, run, say

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

STAMP = "changegate-stamp.json"


@dataclass(frozen=True)
class Environment:
    """One virtual environment; paths are relative to the checkout.

    :param folder: the environment.
    :param requirements: the hashed requirements file that lists everything in it.
    :param project: the folder of a project of this checkout to install as editable, if any.
    """

    folder: str
    requirements: str
    project: str | None = None


# LocalStack's pins conflict with ours. Functions must see the packages of neither, as on AWS.
OURS = Environment(".venv", "dev/requirements/dev.txt", project="cli")
LOCALSTACK = Environment(".venvs/localstack", "dev/requirements/localstack.txt", project="local")
LAMBDA = Environment(".venvs/lambda", "dev/requirements/lambda-runtime.txt")

# What targets name. Applying needs none of them. The pins of the separate ones conflict with ours, and few people need
# them.
GROUPS = {
    "development": (OURS, LOCALSTACK, LAMBDA),
    **{
        name: (Environment(f".venvs/{name}", f"dev/requirements/{name}.txt"),)
        for name in ("bandit", "checkov", "parliament", "pictures", "simulator")
    },
}

# Node.js packages of an environment, by the group's name.
NODE_PACKAGES = {
    name: NodePackages(f"dev/requirements/{name}", GROUPS[name][0].folder) for name in ("pictures", "simulator")
}


def interpreter(folder: Path) -> Path:
    """Return the path of the interpreter of the virtual environment in ``folder``."""
    return folder / "bin" / "python"


def ensure(environment: Environment, checkout: Path, python: Path, variables: Mapping[str, str]) -> bool:
    """Create or update ``environment``, in place where possible; return whether anything changed.

    :param python: the Python 3.13 to create it with.
    :param variables: the environment variables of the user.
    :raises CommandError: when the package index fails or a hash differs.
    """
    folder = checkout / environment.folder
    wanted = _wanted(environment, checkout, python)
    present = _present(folder)
    if present == wanted:
        return False
    uv_environment = uv.environment(variables)
    pip = (uv.executable(checkout), "pip")
    options = ("--python", interpreter(folder))
    if not _is_usable(folder, present, wanted):
        say(f"Creating {environment.folder}")
        run(
            [uv.executable(checkout), "venv", "--clear", "--python", python, folder],
            cwd=checkout,
            environment=uv_environment,
            otherwise=f"The virtual environment {environment.folder} could not be created.",
        )
        present = {}
    if present.get("requirements") != wanted["requirements"]:
        say(f"Installing {environment.requirements} into {environment.folder}")
        run(
            [
                *(*pip, "sync", *options),
                # Build backends of source distributions are hashed too.
                *("--build-constraints", "dev/requirements/build.txt"),
                *("--require-hashes", environment.requirements),
            ],
            cwd=checkout,
            environment=uv_environment,
            otherwise=f"{environment.requirements} could not be installed; see the lines above. "
            "To use another package index, set PIP_INDEX_URL.",
        )
    if environment.project is not None:
        say(f"Installing {environment.project} into {environment.folder}")
        run(
            [
                *(*pip, "install", *options, "--no-deps", "--reinstall"),
                *("--build-constraints", "dev/requirements/build.txt"),
                *("--editable", environment.project),
            ],
            cwd=checkout,
            environment=uv_environment,
            otherwise=f"{environment.project} could not be installed into {environment.folder}.",
        )
        # LocalStack's plug-in manager caches entry points by file times, which are too coarse to show a reinstallation.
        shutil.rmtree(checkout / ".tools" / "cache" / "plux", ignore_errors=True)
    (folder / STAMP).write_text(json.dumps(wanted, indent=2) + "\n", encoding="utf-8")
    return True


def _wanted(environment: Environment, checkout: Path, python: Path) -> dict[str, str]:
    try:
        requirements = (checkout / environment.requirements).read_bytes()
    except OSError as error:
        raise CommandError(f"{environment.requirements} cannot be read: {error.strerror}.") from error
    return {
        "checkout": str(checkout),
        "python": str(python.resolve()),
        "requirements": hashlib.sha256(requirements).hexdigest(),
        "project": "" if environment.project is None else _project(checkout / environment.project),
    }


def _project(folder: Path) -> str:
    """Return the SHA-256 of what an editable installation depends on, without the settings of tools."""
    content = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))
    parts = (content.get("build-system"), content.get("project"), content.get("tool", {}).get("setuptools"))
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _present(folder: Path) -> dict[str, str]:
    try:
        stamp = json.loads((folder / STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) and interpreter(folder).exists() else {}


def _is_usable(folder: Path, present: Mapping[str, str], wanted: Mapping[str, str]) -> bool:
    """Return whether the environment can be updated in place: created here, with this interpreter."""
    if not interpreter(folder).exists():
        return False
    if str(interpreter(folder).resolve()) != wanted["python"]:
        return False
    # An environment without a stamp is half installed or made by hand; uv fixes its contents.
    return all(present.get(key, wanted[key]) == wanted[key] for key in ("checkout", "python"))
