"""The project's own configuration of the Terraform CLI: where providers come from.

A folder on this machine that holds the locked version of the provider is used as a filesystem mirror. Where there
is none, the registry serves it, once, into ``.tools/terraform-providers``. The user's own configuration is not read,
so that it cannot break a build; a mirror of one's own is named by ``CHANGEGATE_PROVIDER_MIRROR``.
"""

from __future__ import annotations

import glob
import json
import os
import re
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from dev.bootstrap.console import BootstrapError, run, say
from dev.bootstrap.terraform import platform_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MIRROR_VARIABLE = "CHANGEGATE_PROVIDER_MIRROR"
PROVIDER = "registry.terraform.io/hashicorp/aws"
LOCK = ".terraform.lock.hcl"

# Terraform's implied local mirror directories (CLI configuration, "Implied Local Mirror Directories") and
# the places where images and administrators put one.
USUAL_PLACES = (
    "{home}/.terraform.d/plugins",
    "{home}/Library/Application Support/io.terraform/plugins",
    "{data}/terraform/plugins",
    "/usr/local/share/terraform/plugins",
    "/usr/share/terraform/plugins",
    "/Library/Application Support/io.terraform/plugins",
    "/opt/*",
    "/opt/*/*",
    "/var/lib/terraform/*",
)


def locked_version(checkout: Path) -> str:
    """Return the version of the AWS provider that the dependency lock file selects.

    :raises BootstrapError: when the file or the provider in it is missing.
    """
    try:
        lock = (checkout / LOCK).read_text(encoding="utf-8")
    except OSError as error:
        raise BootstrapError(f"{LOCK} cannot be read ({error.strerror}): restore it from Git.") from error
    block = re.search(rf'^provider "{re.escape(PROVIDER)}" \{{(.*?)^\}}', lock, re.DOTALL | re.MULTILINE)
    version = re.search(r'^\s*version\s*=\s*"([^"]+)"', block[1], re.MULTILINE) if block else None
    if version is None:
        raise BootstrapError(f"{LOCK} selects no version of {PROVIDER}: restore it from Git.")
    return version[1]


def holds(mirror: Path, version: str, platform_name: str) -> bool:
    """Tell whether ``mirror`` has the provider, in the unpacked or in the packed layout of a filesystem mirror."""
    folder = mirror / PROVIDER
    unpacked = folder / version / platform_name
    packed = folder / f"terraform-provider-aws_{version}_{platform_name}.zip"
    return packed.is_file() or any(unpacked.glob("terraform-provider-aws_*"))


def places(variables: Mapping[str, str]) -> Iterator[Path]:
    """Yield the folders that may be a filesystem mirror, in the order of preference."""
    home = variables.get("HOME") or "/nonexistent"
    data = variables.get("XDG_DATA_HOME") or f"{home}/.local/share"
    for pattern in USUAL_PLACES:
        filled = pattern.format(home=glob.escape(home), data=glob.escape(data))
        yield from (Path(found) for found in sorted(glob.glob(filled)))  # noqa: PTH207  # absolute patterns


def find_mirror(variables: Mapping[str, str], version: str, platform_name: str) -> Path | None:
    """Return the filesystem mirror to use, None when the registry has to serve.

    :raises BootstrapError: when the user names a mirror that lacks the provider.
    """
    named = variables.get(MIRROR_VARIABLE)
    if named:
        if not holds(Path(named), version, platform_name):
            raise BootstrapError(
                f"{MIRROR_VARIABLE} names {named}, which does not hold {PROVIDER} {version} for {platform_name}: "
                f"fill it with terraform providers mirror, or unset the variable."
            )
        return Path(named).absolute()
    return next((place for place in places(variables) if holds(place, version, platform_name)), None)


def with_mirror(mirror: Path) -> str:
    """Return the CLI configuration that installs the provider from ``mirror`` and everything else from its registry."""
    return (
        "# Written by make setup.\n"
        "disable_checkpoint = true\n\n"
        "provider_installation {\n"
        "  filesystem_mirror {\n"
        f"    path    = {_quoted(str(mirror))}\n"
        f"    include = [{_quoted(PROVIDER)}]\n"
        "  }\n"
        "  direct {\n"
        f"    exclude = [{_quoted(PROVIDER)}]\n"
        "  }\n"
        "}\n"
    )


def with_registry(cache: Path) -> str:
    """Return the CLI configuration that installs from the registry and keeps what it fetched in ``cache``."""
    return (
        "# Written by make setup.\n"
        "disable_checkpoint = true\n"
        f"plugin_cache_dir   = {_quoted(str(cache))}\n"
        # The lock file holds the hash of the unpacked provider for some platforms only; for the others Terraform
        # would fetch it again at each init. What is in the cache was checked against the lock file when it was fetched.
        "plugin_cache_may_break_dependency_lock_file = true\n\n"
        "provider_installation {\n"
        "  direct {}\n"
        "}\n"
    )


def ensure(checkout: Path, terraform: Path, variables: Mapping[str, str]) -> Path:
    """Write ``.tools/terraform.rc`` and return its path; fetch the provider where no mirror has it.

    :raises BootstrapError: when a named mirror lacks the provider or the registry cannot be reached.
    """
    version = locked_version(checkout)
    configuration = checkout / ".tools" / "terraform.rc"
    mirror = find_mirror(variables, version, platform_name())
    if mirror is not None:
        if _write(configuration, with_mirror(mirror)):
            say(f"Terraform provider {PROVIDER} {version}: {mirror}")
        return configuration
    cache = checkout / ".tools" / "terraform-providers"
    _write(configuration, with_registry(cache))
    # Terraform unpacks into the cache directly: only this mark tells a provider from the half of one.
    complete = cache / f"{version}-{platform_name()}.complete"
    if not complete.exists():
        shutil.rmtree(cache, ignore_errors=True)
        cache.mkdir(parents=True)
        _fetch(checkout, terraform, configuration, version, variables)
        complete.touch()
    return configuration


def _fetch(checkout: Path, terraform: Path, configuration: Path, version: str, variables: Mapping[str, str]) -> None:
    """Fill the cache by one init in a folder of its own, so that later ones, also several at a time, only read it."""
    say(f"Terraform provider {PROVIDER} {version}: fetching it from the registry")
    with tempfile.TemporaryDirectory(dir=checkout / ".tools") as folder:
        shutil.copy(checkout / LOCK, folder)
        (Path(folder) / "versions.tf.json").write_text(_requirement(version), encoding="utf-8")
        run(
            [terraform, "init", "-backend=false", "-input=false", "-lockfile=readonly", "-no-color"],
            cwd=Path(folder),
            environment={**variables, "TF_CLI_CONFIG_FILE": str(configuration)},
            otherwise=f"The Terraform provider {PROVIDER} {version} is in no mirror on this machine and could not be "
            f"fetched from its registry: let Terraform reach it, or name a filesystem mirror in {MIRROR_VARIABLE}.",
        )


def _requirement(version: str) -> str:
    source = PROVIDER.partition("/")[2]
    return json.dumps({"terraform": {"required_providers": {"aws": {"source": source, "version": version}}}})


def _write(path: Path, content: str) -> bool:
    if path.is_file() and path.read_text(encoding="utf-8") == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.{os.getpid()}")
    unfinished.write_text(content, encoding="utf-8")
    unfinished.replace(path)
    return True


def _quoted(text: str) -> str:
    # HCL's quoted strings escape as JSON's do, and "${" and "%{" begin a template.
    return json.dumps(text).replace("${", "$${").replace("%{", "%%{")
