"""Terraform's CLI configuration for this checkout: where providers come from.

A folder on this machine that has the locked version of the provider serves as a filesystem mirror. Without one,
Terraform downloads the provider once, into ``.tools/terraform-providers``. The user's configuration is ignored, so it
cannot break a build; ``CHANGEGATE_PROVIDER_MIRROR`` names another mirror.
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

from dev.bootstrap.terraform import platform_name
from dev.console import CommandError, run, say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MIRROR_VARIABLE = "CHANGEGATE_PROVIDER_MIRROR"
PROVIDER = "registry.terraform.io/hashicorp/aws"
LOCK = ".terraform.lock.hcl"

# Terraform's implied mirror directories (CLI configuration, "Implied Local Mirror Directories"), and where images and
# administrators put a mirror.
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

    :raises CommandError: when the file is missing or does not list the provider.
    """
    try:
        lock = (checkout / LOCK).read_text(encoding="utf-8")
    except OSError as error:
        raise CommandError(f"{LOCK} cannot be read ({error.strerror}): restore it from Git.") from error
    block = re.search(rf'^provider "{re.escape(PROVIDER)}" \{{(.*?)^\}}', lock, re.DOTALL | re.MULTILINE)
    version = re.search(r'^\s*version\s*=\s*"([^"]+)"', block[1], re.MULTILINE) if block else None
    if version is None:
        raise CommandError(f"{LOCK} selects no version of {PROVIDER}: restore it from Git.")
    return version[1]


def holds(mirror: Path, version: str, platform_name: str) -> bool:
    """Return whether ``mirror`` has the provider, in the unpacked or the packed layout of a filesystem mirror."""
    folder = mirror / PROVIDER
    unpacked = folder / version / platform_name
    packed = folder / f"terraform-provider-aws_{version}_{platform_name}.zip"
    return packed.is_file() or any(unpacked.glob("terraform-provider-aws_*"))


def places(variables: Mapping[str, str]) -> Iterator[Path]:
    """Yield the folders that may be a filesystem mirror, the preferred ones first."""
    home = variables.get("HOME") or "/nonexistent"
    data = variables.get("XDG_DATA_HOME") or f"{home}/.local/share"
    for pattern in USUAL_PLACES:
        filled = pattern.format(home=glob.escape(home), data=glob.escape(data))
        yield from (Path(found) for found in sorted(glob.glob(filled)))  # noqa: PTH207  # absolute patterns


def find_mirror(variables: Mapping[str, str], version: str, platform_name: str) -> Path | None:
    """Return the filesystem mirror to use; None to download from the registry.

    :raises CommandError: when the mirror that the user names lacks the provider.
    """
    named = variables.get(MIRROR_VARIABLE)
    if named:
        if not holds(Path(named), version, platform_name):
            raise CommandError(
                f"{MIRROR_VARIABLE} names {named}, which does not have {PROVIDER} {version} for {platform_name}: "
                f"add it with terraform providers mirror, or unset the variable."
            )
        return Path(named).absolute()
    return next((place for place in places(variables) if holds(place, version, platform_name)), None)


def with_mirror(mirror: Path) -> str:
    """Return a CLI configuration that installs the provider from ``mirror``, and other providers from the registry."""
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
    """Return a CLI configuration that installs from the registry and caches downloads in ``cache``."""
    return (
        "# Written by make setup.\n"
        "disable_checkpoint = true\n"
        f"plugin_cache_dir   = {_quoted(str(cache))}\n"
        # The lock file has the hash of the unpacked provider for some platforms only; for the others, each init would
        # download it again. The cached provider was checked against the lock file when it was downloaded.
        "plugin_cache_may_break_dependency_lock_file = true\n\n"
        "provider_installation {\n"
        "  direct {}\n"
        "}\n"
    )


def ensure(checkout: Path, terraform: Path, variables: Mapping[str, str]) -> Path:
    """Write ``.tools/terraform.rc`` and return its path; download the provider if no mirror has it.

    :raises CommandError: when the mirror that the user names lacks the provider, or the download fails.
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
    # Terraform unpacks into the cache directly: without this mark, the provider may be incomplete.
    complete = cache / f"{version}-{platform_name()}.complete"
    if not complete.exists():
        shutil.rmtree(cache, ignore_errors=True)
        cache.mkdir(parents=True)
        _fetch(checkout, terraform, configuration, version, variables)
        complete.touch()
    return configuration


def _fetch(checkout: Path, terraform: Path, configuration: Path, version: str, variables: Mapping[str, str]) -> None:
    """Fill the cache by an init in a separate folder, so that later inits only read it, even in parallel."""
    say(f"Terraform provider {PROVIDER} {version}: downloading it from the registry")
    with tempfile.TemporaryDirectory(dir=checkout / ".tools") as folder:
        shutil.copy(checkout / LOCK, folder)
        (Path(folder) / "versions.tf.json").write_text(_requirement(version), encoding="utf-8")
        run(
            [terraform, "init", "-backend=false", "-input=false", "-lockfile=readonly", "-no-color"],
            cwd=Path(folder),
            environment={**variables, "TF_CLI_CONFIG_FILE": str(configuration)},
            otherwise=f"The Terraform provider {PROVIDER} {version} is in no mirror on this machine and could not be "
            f"downloaded from its registry: let Terraform reach it, or set {MIRROR_VARIABLE} to a filesystem mirror.",
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
    # HCL escapes strings as JSON does; in addition, "${" and "%{" start a template.
    return json.dumps(text).replace("${", "$${").replace("%{", "%%{")
