"""The GitHub workflows run what make and .ci/run are, with no more rights than they need."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tests.support.checkout import ROOT

if TYPE_CHECKING:
    from pathlib import Path

WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.y*ml"))


def read(path: Path) -> dict[str, Any]:
    # PyYAML reads YAML 1.1, where the key "on" is true.
    content = yaml.safe_load(path.read_text("utf-8"))
    return {"on" if key is True else key: value for key, value in content.items()}


def test_runs_the_gate_on_pushes_and_pull_requests() -> None:
    workflow = read(ROOT / ".github/workflows/ci.yml")
    assert workflow["on"] == {"push": None, "pull_request": None}
    [job] = workflow["jobs"].values()
    assert [step["run"] for step in job["steps"] if "run" in step] == [".ci/run"]
    assert (ROOT / ".ci/run").stat().st_mode & 0o111


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_may_read_the_checkout_and_has_no_secrets(path: Path) -> None:
    workflow = read(path)
    assert workflow["permissions"] == {"contents": "read"}
    assert "secrets" not in path.read_text("utf-8")
    # With this event, code from a fork would run with the rights of the repository.
    assert "pull_request_target" not in workflow["on"]
    # Only a release writes anything, and nothing but that.
    writing = {"contents": "write"} if path.name == "release.yml" else None
    for job in workflow["jobs"].values():
        assert job.get("permissions") == writing


def test_a_tag_releases_what_make_builds() -> None:
    workflow = read(ROOT / ".github/workflows/release.yml")
    assert workflow["on"] == {"push": {"tags": ["v[0-9]+.[0-9]+.[0-9]+"]}}
    [job] = workflow["jobs"].values()
    build, publish = (step["run"] for step in job["steps"] if "run" in step)
    assert build == 'make release VERSION="${GITHUB_REF_NAME#v}"'
    assert publish.startswith('gh release create "$GITHUB_REF_NAME" --verify-tag --notes-file dist/notes.md ')
    assert {"dist/*.zip", "dist/SHA256SUMS"} <= set(publish.split())


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_runs_end_and_do_not_pile_up(path: Path) -> None:
    workflow = read(path)
    assert workflow["concurrency"]["cancel-in-progress"] is True
    assert all(job["timeout-minutes"] <= 60 for job in workflow["jobs"].values())


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_actions_are_pinned_and_leave_no_credentials(path: Path) -> None:
    steps = [step for job in read(path)["jobs"].values() for step in job["steps"] if "uses" in step]
    assert steps
    for step in steps:
        assert re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40}", step["uses"])
        if step["uses"].startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False


def test_sets_up_the_python_that_the_project_needs() -> None:
    [job] = read(ROOT / ".github/workflows/ci.yml")["jobs"].values()
    [python] = [step for step in job["steps"] if step.get("uses", "").startswith("actions/setup-python@")]
    assert f">={python['with']['python-version']}" in (ROOT / "cli" / "pyproject.toml").read_text("utf-8")
