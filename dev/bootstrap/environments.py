"""The virtual environments of the checkout, made and kept from hashed requirements.

Each holds a stamp that says what it was made from: the place of the checkout, the interpreter, the requirements
and the project installed in it. A stamp that fits means that nothing is to do; file times play no part, because
a clone shuffles them.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dev.bootstrap import uv
from dev.bootstrap.console import BootstrapError, run, say
from dev.bootstrap.node_packages import NodePackages

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

STAMP = "changegate-stamp.json"


@dataclass(frozen=True)
class Environment:
    """One virtual environment; paths are relative to the checkout.

    :param folder: where it is.
    :param requirements: the hashed requirements file that lists everything in it.
    :param project: the folder of our own project that is installed editable, if one is.
    """

    folder: str
    requirements: str
    project: str | None = None


# LocalStack's pins fight with ours, and functions must not see either's packages, as on AWS.
OURS = Environment(".venv", "dev/requirements/dev.txt", project="cli")
LOCALSTACK = Environment(".venvs/localstack", "dev/requirements/localstack.txt", project="local")
LAMBDA = Environment(".venvs/lambda", "dev/requirements/lambda-runtime.txt")
ALL = (OURS, LOCALSTACK, LAMBDA)

# Made when they are asked for by name: few need them, and the pins of each fight with ours.
ON_DEMAND = {
    name: Environment(f".venvs/{name}", f"dev/requirements/{name}.txt")
    for name in ("bandit", "checkov", "parliament", "pictures", "simulator")
}

# What is put into an environment beside Python's packages, by the environment's name.
SIMULATOR = ON_DEMAND["simulator"]
PICTURES = ON_DEMAND["pictures"]
NODE_PACKAGES = {
    "pictures": NodePackages("dev/requirements/pictures", PICTURES.folder),
    "simulator": NodePackages("dev/requirements/simulator", SIMULATOR.folder),
}


def interpreter(folder: Path) -> Path:
    """Return the path of the interpreter of the virtual environment in ``folder``."""
    return folder / "bin" / "python"


def ensure(environment: Environment, checkout: Path, python: Path, variables: Mapping[str, str]) -> bool:
    """Make ``environment`` what its requirements say, in place where possible; return whether anything was done.

    :param python: the Python 3.13 to make it with.
    :param variables: the environment variables of the user.
    :raises BootstrapError: when the package index refuses or a hash does not fit.
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
        say(f"Making {environment.folder}")
        run(
            [uv.executable(checkout), "venv", "--clear", "--python", python, folder],
            cwd=checkout,
            environment=uv_environment,
            otherwise=f"The virtual environment {environment.folder} could not be made.",
        )
        present = {}
    if present.get("requirements") != wanted["requirements"]:
        say(f"Installing {environment.requirements} into {environment.folder}")
        run(
            [
                *(*pip, "sync", *options),
                # What comes as source only is built with what is hashed, too.
                *("--build-constraints", "dev/requirements/build.txt"),
                *("--require-hashes", environment.requirements),
            ],
            cwd=checkout,
            environment=uv_environment,
            otherwise=f"{environment.requirements} could not be installed: the lines above say why; "
            "PIP_INDEX_URL names another package index.",
        )
    if environment.project is not None:
        say(f"Installing {_title(environment.project)} into {environment.folder}")
        run(
            [
                *(*pip, "install", *options, "--no-deps", "--reinstall"),
                # The build backend comes hashed too.
                *("--build-constraints", "dev/requirements/build.txt"),
                *("--editable", environment.project),
            ],
            cwd=checkout,
            environment=uv_environment,
            otherwise=f"{_title(environment.project)} could not be installed into {environment.folder}.",
        )
        # LocalStack's plug-in manager remembers entry points by times too coarse to notice a reinstallation.
        shutil.rmtree(checkout / ".tools" / "cache" / "plux", ignore_errors=True)
    (folder / STAMP).write_text(json.dumps(wanted, indent=2) + "\n", encoding="utf-8")
    return True


def _title(project: str) -> str:
    return project


def _wanted(environment: Environment, checkout: Path, python: Path) -> dict[str, str]:
    try:
        requirements = (checkout / environment.requirements).read_bytes()
    except OSError as error:
        raise BootstrapError(f"{environment.requirements} cannot be read: {error.strerror}.") from error
    return {
        "checkout": str(checkout),
        "python": str(python.resolve()),
        "requirements": hashlib.sha256(requirements).hexdigest(),
        "project": "" if environment.project is None else _project(checkout / environment.project),
    }


def _project(folder: Path) -> str:
    """Return the SHA-256 of what an editable installation depends on; the settings of tools are no part of that."""
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
    """Tell whether the environment can be brought up to date in place: made here, with this very interpreter."""
    if not interpreter(folder).exists():
        return False
    if str(interpreter(folder).resolve()) != wanted["python"]:
        return False
    # Without a stamp, an interrupted installation or one made by hand: its contents are put right, whatever they are.
    return all(present.get(key, wanted[key]) == wanted[key] for key in ("checkout", "python"))
