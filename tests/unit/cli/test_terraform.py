"""Running Terraform, and reading what it writes."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

from changegate_cli.local.family import is_running
from changegate_cli.signals import Terminated
from changegate_cli.terraform import (
    Difference,
    Progress,
    Terraform,
    executable,
    read_differences,
    read_errors,
    read_events,
    read_progress,
)

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

    def test_errors_without_a_reason(self) -> None:
        assert read_errors([]) == "it reported no reason."

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

    @pytest.mark.parametrize(("after", "changed"), [('{"a":2}', False), ('{"a": 3}', True), ("{a", True)])
    def test_a_document_is_compared_by_what_it_says(self, after: str, changed: bool) -> None:
        actions = {"actions": ["update"], "after_unknown": {}}
        change = {**actions, "before": {"definition": '{"a": 2.0}'}, "after": {"definition": after}}
        (difference,) = read_differences({"resource_changes": [{"address": "it", "change": change}]})
        assert difference.attributes == ({"definition"} if changed else set())

    def test_events_among_other_lines(self) -> None:
        assert list(read_events('Warning: old\n{"type": "version"}\n\n')) == [{"type": "version"}]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with a Terraform that prints its arguments, folder, settings and standard input."""
    folder = tmp_path / "checkout"
    script(folder, 'echo "$*"; pwd; env | grep -e ^TF_ -e ^CHECKPOINT | sort; cat; echo warning >&2; exit 3')
    return folder


def script(checkout: Path, body: str) -> Path:
    program = checkout / ".tools" / "bin" / "terraform"
    program.parent.mkdir(parents=True)
    program.write_text(f"#!/bin/sh\n{body}\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return program


def test_a_run_has_the_settings_of_the_checkout(checkout: Path, tmp_path: Path) -> None:
    (checkout / ".tools" / "terraform.rc").touch()
    variables = {"PATH": os.environ["PATH"], "TF_WORKSPACE": "theirs", "TF_VAR_name": "ours"}
    terraform = Terraform.of(checkout, variables, folder=tmp_path, data=tmp_path / "data")
    done = terraform.run("console", "-no-color", stdin="1 + 1\n")
    assert (done.returncode, done.stderr) == (3, "warning\n")
    assert done.stdout.splitlines() == [
        "console -no-color",
        str(tmp_path),
        "CHECKPOINT_DISABLE=1",
        f"TF_CLI_CONFIG_FILE={checkout}/.tools/terraform.rc",
        f"TF_DATA_DIR={tmp_path}/data",
        "TF_IN_AUTOMATION=1",
        "TF_VAR_name=ours",
        "1 + 1",
    ]


def test_a_person_gets_hints_and_a_checkout_without_settings_those_of_the_user(checkout: Path) -> None:
    variables = {"PATH": os.environ["PATH"], "TF_CLI_CONFIG_FILE": "/theirs"}
    done = Terraform.of(checkout, variables, unattended=False).run("version")
    assert done.stdout.splitlines() == [
        "version",
        str(checkout),
        "CHECKPOINT_DISABLE=1",
        "TF_CLI_CONFIG_FILE=/theirs",
    ]


def test_without_a_terraform_of_its_own_the_one_on_the_path_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = script(tmp_path / "other", "exit 0")
    monkeypatch.setenv("PATH", str(program.parent))
    assert executable(tmp_path) == program


def test_lines_come_one_by_one_from_both_streams(checkout: Path) -> None:
    lines: list[str] = []
    assert Terraform.of(checkout, {"PATH": os.environ["PATH"]}).stream("plan", on_line=lines.append) == 3
    assert (lines[0], lines[-1]) == ("plan", "warning")


@pytest.mark.parametrize("reason", [KeyboardInterrupt(), Terminated(15)])
def test_what_ends_us_ends_terraform_and_its_providers(tmp_path: Path, reason: BaseException) -> None:
    # The provider ignores the signal: it is ended all the same.
    script(
        tmp_path,
        f"(trap '' INT; sleep 60 & echo $! > {tmp_path}/provider; wait) & echo '{{}}'; "
        f"trap 'touch {tmp_path}/interrupted; exit 1' INT; wait",
    )

    def interrupt(_: str) -> None:
        deadline = time.monotonic() + 10
        while not (tmp_path / "provider").exists() or not (tmp_path / "provider").read_text().strip():
            assert time.monotonic() < deadline
            time.sleep(0.02)
        raise reason

    with pytest.raises(type(reason)):
        Terraform.of(tmp_path).stream("apply", on_line=interrupt)
    assert (tmp_path / "interrupted").exists()
    pid = int((tmp_path / "provider").read_text())
    deadline = time.monotonic() + 5
    while is_running(pid):
        assert time.monotonic() < deadline, "the provider is still running"
        time.sleep(0.05)


def test_a_process_is_replaced(checkout: Path) -> None:
    program = (
        "from pathlib import Path; from changegate_cli.terraform import Terraform; "
        f"Terraform.of(Path({str(checkout)!r})).replace_process('apply', Path('x'))"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.splitlines()[:2]) == (3, ["apply x", str(checkout)])
