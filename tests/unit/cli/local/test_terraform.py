"""The copy of the configuration, and reading what Terraform says."""

from __future__ import annotations

import json
import os
import stat
import time
from typing import TYPE_CHECKING, Any

import psutil
import pytest

from changegate_cli.local.errors import LocalRunError
from changegate_cli.local.signals import Terminated
from changegate_cli.local.terraform import Difference, Progress, Terraform, read_differences, read_errors, read_progress

if TYPE_CHECKING:
    from pathlib import Path


def plan_summary(add: int, change: int = 0, remove: int = 0) -> dict[str, Any]:
    changes = {"add": add, "change": change, "remove": remove, "operation": "plan"}
    return {"type": "change_summary", "changes": changes}


def diagnostic(severity: str, summary: str, detail: str) -> dict[str, Any]:
    return {"type": "diagnostic", "diagnostic": {"severity": severity, "summary": summary, "detail": detail}}


class TestReading:
    def test_progress_counts_what_is_complete(self) -> None:
        messages: list[dict[str, Any]] = [
            {"type": "version"},
            {"type": "apply_complete", "hook": {"action": "read"}},
            plan_summary(3, 1, 2),
            {"type": "apply_start", "hook": {"action": "create"}},
            {"type": "apply_complete", "hook": {"action": "create"}},
        ]
        assert read_progress(messages) == Progress(1, 6)

    def test_no_total_before_the_plan(self) -> None:
        assert read_progress([{"type": "version"}]) == Progress(0, 0)

    def test_errors_without_warnings_and_repetitions(self) -> None:
        messages = [
            diagnostic("warning", "Old", "Use the new one."),
            diagnostic("error", "No such key", "It is\n  gone."),
            diagnostic("error", "No such key", "It is\n  gone."),
        ]
        assert read_errors(messages) == "No such key. It is gone."

    def test_errors_when_nothing_was_said(self) -> None:
        assert read_errors([]) == "it said nothing."

    def test_differences(self) -> None:
        def change(address: str, actions: list[str], **values: Any) -> dict[str, Any]:
            empty: dict[str, Any] = {"before": None, "after": None, "after_unknown": {}}
            return {"address": address, "change": {"actions": actions, **empty, **values}}

        plan = {
            "resource_changes": [
                change("same", ["no-op"]),
                change("data", ["read"]),
                change("old", ["update"], before={"a": 1, "b": 2}, after={"a": 1, "b": 3}, after_unknown={"c": True}),
            ]
        }
        assert list(read_differences(plan)) == [Difference("old", ("update",), frozenset({"b", "c"}))]


def test_the_copy_is_whole_and_the_original_is_left_alone(tmp_path: Path) -> None:
    source = tmp_path / "source"
    for name in ("main.tf", ".terraform.lock.hcl", "modules/bucket/main.tf", "asl/deploy.json.tftpl", "README.md"):
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_text(name)
    before = sorted(source.rglob("*"))
    terraform = fake(tmp_path, "exit 0")
    terraform.prepare(source)
    copied = {str(path.relative_to(terraform.folder)) for path in terraform.folder.rglob("*") if path.is_file()}
    assert copied == {
        "main.tf",
        ".terraform.lock.hcl",
        "modules/bucket/main.tf",
        "asl/deploy.json.tftpl",
        "local_override.tf.json",
    }
    override = json.loads((terraform.folder / "local_override.tf.json").read_text())
    assert override["provider"]["aws"]["s3_use_path_style"] is True
    assert sorted(source.rglob("*")) == before


def test_the_endpoint_is_in_the_environment_and_the_account_of_the_person_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("TF_VAR_name", "mine")
    terraform = fake(tmp_path, 'env > "$0.env"; exit 0')
    terraform.init()
    environment = (tmp_path / "terraform.sh.env").read_text().splitlines()
    assert "AWS_ENDPOINT_URL=http://127.0.0.1:1" in environment
    assert "AWS_ACCESS_KEY_ID=test" in environment
    assert f"TF_CLI_CONFIG_FILE={tmp_path / 'terraform.rc'}" in environment
    assert not [line for line in environment if line.startswith(("AWS_PROFILE=", "TF_VAR_"))]


def test_a_failed_init_speaks_with_terraforms_words(tmp_path: Path) -> None:
    terraform = fake(tmp_path, "echo '│ Error: Failed to query available provider packages' >&2; exit 1")
    with pytest.raises(LocalRunError, match="`terraform init` failed: Error: Failed to query available provider"):
        terraform.init()
    assert "Failed to query" in terraform.log.read_text()


def test_a_failed_apply_speaks_with_terraforms_words(tmp_path: Path) -> None:
    said = json.dumps(diagnostic("error", "Invalid value", "Mend it."))
    terraform = fake(tmp_path, f"echo 'no JSON'; echo '{said}'; exit 1")
    with pytest.raises(LocalRunError, match=r"Terraform could not apply: Invalid value\. Mend it\."):
        terraform.apply()


@pytest.mark.parametrize("reason", [KeyboardInterrupt(), Terminated(15)])
def test_what_ends_us_ends_terraform_and_its_providers(tmp_path: Path, reason: BaseException) -> None:
    # The provider ignores the signal: it is ended all the same.
    terraform = fake(
        tmp_path,
        f"(trap '' INT; sleep 60 & echo $! > {tmp_path}/provider; wait) & echo '{{}}'; trap 'exit 1' INT; wait",
    )

    def interrupt(_: Progress) -> None:
        deadline = time.monotonic() + 10
        while not (tmp_path / "provider").exists() or not (tmp_path / "provider").read_text().strip():
            assert time.monotonic() < deadline
            time.sleep(0.02)
        raise reason

    with pytest.raises(type(reason)):
        terraform.apply(interrupt)
    pid = int((tmp_path / "provider").read_text())
    deadline = time.monotonic() + 5
    while _runs(pid):
        assert time.monotonic() < deadline, "the provider is still running"
        time.sleep(0.05)


def _runs(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def fake(tmp_path: Path, script: str) -> Terraform:
    """Return a Terraform whose executable is a shell script."""
    executable = tmp_path / "terraform.sh"
    executable.write_text(f"#!/bin/sh\n{script}\n")
    executable.chmod(executable.stat().st_mode | stat.S_IXUSR)
    folder = tmp_path / "work"
    folder.mkdir()
    return Terraform(
        folder=folder,
        executable=executable,
        config_file=tmp_path / "terraform.rc",
        endpoint_url="http://127.0.0.1:1",
        variables=tmp_path / "local.tfvars",
        lambda_zip=tmp_path / os.devnull,
    )
