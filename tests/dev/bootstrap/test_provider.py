"""The provider comes from a filesystem mirror if there is one, or else from the registry, once."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest

from changegate_cli.terraform import Terraform
from dev.bootstrap import terraform_rc
from dev.bootstrap.terraform import platform_name
from dev.console import CommandError
from tests.dev.bootstrap.helpers import write_script
from tests.support.checkout import ROOT

if TYPE_CHECKING:
    from pathlib import Path

VERSION = "5.100.0"
LOCK = f"""
provider "registry.terraform.io/hashicorp/random" {{
  version = "3.0.0"
}}

provider "registry.terraform.io/hashicorp/aws" {{
  version     = "{VERSION}"
  constraints = "{VERSION}"
  hashes = [
    "h1:edXOJWE4ORX8Fm+dpVpICzMZJat4AX0VRCAy/xkcOc0=",
  ]
}}
"""


@pytest.fixture(autouse=True)
def only_the_home_is_searched(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hide the mirrors of the machine that runs the tests."""
    within_home = tuple(place for place in terraform_rc.USUAL_PLACES if place.startswith("{"))
    monkeypatch.setattr(terraform_rc, "USUAL_PLACES", within_home)


@pytest.fixture
def locked(checkout: Path) -> Path:
    """Return a checkout with a dependency lock file."""
    (checkout / terraform_rc.LOCK).write_text(LOCK, encoding="utf-8")
    return checkout


@pytest.fixture
def no_terraform(tmp_path: Path) -> Path:
    """Return a Terraform that no test must run."""
    return write_script(tmp_path / "no-terraform", f'touch "{tmp_path}/terraform-was-run"; exit 1')


def fill(mirror: Path, version: str = VERSION, *, packed: bool = False) -> Path:
    """Put the provider into ``mirror``, in one of the two layouts; return ``mirror``."""
    folder = mirror / terraform_rc.PROVIDER
    name = f"terraform-provider-aws_{version}_{platform_name()}.zip"
    file = folder / name if packed else folder / version / platform_name() / f"terraform-provider-aws_v{version}_x5"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"provider")
    return mirror


@pytest.mark.parametrize("packed", [False, True])
def test_the_named_mirror_is_used(locked: Path, tmp_path: Path, no_terraform: Path, packed: bool) -> None:
    mirror = fill(tmp_path / 'mirror "of" ${ours}', packed=packed)

    configuration = terraform_rc.ensure(locked, no_terraform, {terraform_rc.MIRROR_VARIABLE: str(mirror)})

    assert configuration == locked / ".tools" / "terraform.rc"
    assert configuration.read_text(encoding="utf-8") == (
        "# Written by make setup.\n"
        "disable_checkpoint = true\n\n"
        "provider_installation {\n"
        "  filesystem_mirror {\n"
        f'    path    = "{tmp_path}/mirror \\"of\\" $${{ours}}"\n'
        '    include = ["registry.terraform.io/hashicorp/aws"]\n'
        "  }\n"
        "  direct {\n"
        '    exclude = ["registry.terraform.io/hashicorp/aws"]\n'
        "  }\n"
        "}\n"
    )
    assert not (tmp_path / "terraform-was-run").exists()


@pytest.mark.parametrize("place", [".terraform.d/plugins", ".local/share/terraform/plugins"])
def test_terraforms_own_mirror_folders_are_found(locked: Path, tmp_path: Path, no_terraform: Path, place: str) -> None:
    mirror = fill(tmp_path / "home" / place)

    configuration = terraform_rc.ensure(locked, no_terraform, {"HOME": str(tmp_path / "home")})

    assert f'path    = "{mirror}"' in configuration.read_text(encoding="utf-8")


def test_data_home_moves_the_mirror_folder(tmp_path: Path) -> None:
    mirror = fill(tmp_path / "data" / "terraform" / "plugins")
    variables = {"HOME": str(tmp_path / "home"), "XDG_DATA_HOME": str(tmp_path / "data")}

    assert terraform_rc.find_mirror(variables, VERSION, platform_name()) == mirror


def test_a_mirror_with_another_version_or_platform_is_none(tmp_path: Path) -> None:
    mirror = fill(tmp_path / "home" / ".terraform.d" / "plugins", version="5.99.0")
    (mirror / terraform_rc.PROVIDER / VERSION / "plan9_mips").mkdir(parents=True)

    assert terraform_rc.find_mirror({"HOME": str(tmp_path / "home")}, VERSION, platform_name()) is None


def test_a_named_mirror_without_the_provider_is_one_sentence(locked: Path, tmp_path: Path, no_terraform: Path) -> None:
    fill(tmp_path / "home" / ".terraform.d" / "plugins")
    variables = {"HOME": str(tmp_path / "home"), terraform_rc.MIRROR_VARIABLE: str(tmp_path / "empty")}

    with pytest.raises(CommandError, match=f"names {tmp_path}/empty, which does not have .*/aws {VERSION} for"):
        terraform_rc.ensure(locked, no_terraform, variables)


def test_without_a_mirror_the_registry_serves_once(locked: Path, tmp_path: Path) -> None:
    calls = tmp_path / "calls"
    terraform = write_script(
        tmp_path / "terraform",
        f'echo "$@" >>"{calls}"\ncat "$TF_CLI_CONFIG_FILE" versions.tf.json .terraform.lock.hcl >"{tmp_path}/seen"',
    )
    variables = {"HOME": str(tmp_path / "home"), "PATH": os.environ["PATH"]}

    configuration = terraform_rc.ensure(locked, terraform, variables)
    terraform_rc.ensure(locked, terraform, variables)

    assert calls.read_text() == "init -backend=false -input=false -lockfile=readonly -no-color\n"
    text = configuration.read_text(encoding="utf-8")
    assert f'plugin_cache_dir   = "{locked}/.tools/terraform-providers"' in text
    assert "direct {}" in text
    seen = (tmp_path / "seen").read_text(encoding="utf-8")
    assert text in seen
    assert f'"source": "hashicorp/aws", "version": "{VERSION}"' in seen
    assert LOCK in seen


def test_a_registry_that_refuses_is_one_sentence_and_is_asked_again(
    locked: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    refusing = write_script(tmp_path / "refusing", "echo could not connect to the registry >&2; exit 1")
    variables = {"HOME": str(tmp_path / "home"), "PATH": os.environ["PATH"]}

    for _ in range(2):
        with pytest.raises(
            CommandError, match="is in no mirror on this machine and could not be downloaded"
        ) as refusal:
            terraform_rc.ensure(locked, refusing, variables)
        assert terraform_rc.MIRROR_VARIABLE in str(refusal.value)
        assert "could not connect to the registry" in capfd.readouterr().err


@pytest.mark.parametrize("lock", [None, 'provider "registry.terraform.io/hashicorp/random" {\n}\n'])
def test_a_lost_lock_file_is_one_sentence(checkout: Path, no_terraform: Path, lock: str | None) -> None:
    if lock is not None:
        (checkout / terraform_rc.LOCK).write_text(lock, encoding="utf-8")

    with pytest.raises(CommandError, match="restore it from Git"):
        terraform_rc.ensure(checkout, no_terraform, {})


def test_the_lock_file_of_this_checkout_names_a_version() -> None:
    assert terraform_rc.locked_version(ROOT) == VERSION


@pytest.mark.terraform
def test_terraform_installs_the_real_provider_by_the_configuration(tmp_path: Path) -> None:
    """The file that `make setup` wrote for this checkout works for an init in another folder."""
    shutil.copy(ROOT / terraform_rc.LOCK, tmp_path)
    (tmp_path / "versions.tf").write_text(
        f'terraform {{\n  required_providers {{\n    aws = {{\n      source  = "hashicorp/aws"\n'
        f'      version = "{VERSION}"\n    }}\n  }}\n}}\n',
        encoding="utf-8",
    )

    done = Terraform.of(ROOT, folder=tmp_path).run("init", "-input=false", "-lockfile=readonly", "-no-color")

    assert done.returncode == 0, done.stdout + done.stderr
    installed = tmp_path / ".terraform" / "providers" / terraform_rc.PROVIDER / VERSION / platform_name()
    assert list(installed.glob("terraform-provider-aws_*"))
