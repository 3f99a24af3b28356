"""Applying a copy of the configuration to a local AWS."""

from __future__ import annotations

import json
import stat
from typing import TYPE_CHECKING

import pytest

from changegate_cli.local.checkout import Checkout
from changegate_cli.local.errors import LocalRunError
from changegate_cli.local.terraform import LocalTerraform

if TYPE_CHECKING:
    from pathlib import Path


def test_the_copy_is_whole_and_the_original_is_left_alone(tmp_path: Path) -> None:
    source = tmp_path
    read = ("main.tf", ".terraform.lock.hcl", "modules/bucket/main.tf", "asl/deploy.json.tftpl")
    for name in (*read, "environments/root.tf", "README.md"):
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_text(name)
    terraform = fake(tmp_path, "exit 0")
    before = sorted(source.rglob("*"))
    terraform.prepare()
    copied = {str(path.relative_to(terraform.folder)) for path in terraform.folder.rglob("*") if path.is_file()}
    assert copied == {*read, "root.tf", "local_override.tf.json"}
    override = json.loads((terraform.folder / "local_override.tf.json").read_text())
    assert override["provider"]["aws"]["s3_use_path_style"] is True
    assert [path for path in sorted(source.rglob("*")) if not path.is_relative_to(terraform.folder / "")] == [
        path for path in before if path != terraform.folder
    ]


def test_the_endpoint_is_in_the_environment_and_the_account_of_the_person_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("TF_VAR_name", "mine")
    terraform = fake(tmp_path, 'env > "$0.env"; exit 0')
    terraform.init()
    environment = (tmp_path / ".tools" / "bin" / "terraform.env").read_text().splitlines()
    assert "AWS_ENDPOINT_URL=http://127.0.0.1:1" in environment
    assert "AWS_ACCESS_KEY_ID=test" in environment
    assert f"TF_CLI_CONFIG_FILE={tmp_path / '.tools' / 'terraform.rc'}" in environment
    assert not [line for line in environment if line.startswith(("AWS_PROFILE=", "TF_VAR_"))]


def test_a_failed_init_speaks_with_terraforms_words(tmp_path: Path) -> None:
    terraform = fake(tmp_path, "echo '│ Error: Failed to query available provider packages' >&2; exit 1")
    with pytest.raises(LocalRunError, match="`terraform init` failed: Error: Failed to query available provider"):
        terraform.init()
    assert "Failed to query" in terraform.log.read_text()


def test_a_failed_apply_speaks_with_terraforms_words(tmp_path: Path) -> None:
    error = {"severity": "error", "summary": "Invalid value", "detail": "Fix it."}
    message = json.dumps({"type": "diagnostic", "diagnostic": error})
    terraform = fake(tmp_path, f"echo 'no JSON'; echo '{message}'; exit 1")
    with pytest.raises(LocalRunError, match=r"Terraform could not apply: Invalid value\. Fix it\."):
        terraform.apply()


def fake(tmp_path: Path, script: str) -> LocalTerraform:
    """Return a Terraform whose executable is a shell script."""
    checkout = Checkout(tmp_path)
    checkout.terraform.parent.mkdir(parents=True)
    checkout.terraform.write_text(f"#!/bin/sh\n{script}\n")
    checkout.terraform.chmod(checkout.terraform.stat().st_mode | stat.S_IXUSR)
    (tmp_path / ".tools" / "terraform.rc").touch()
    folder = tmp_path / "work"
    folder.mkdir()
    return LocalTerraform(checkout, folder, "http://127.0.0.1:1")
