"""The wheel of the command, installed with its hashed requirements into a fresh environment."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tomllib
import zipfile
from pathlib import Path

import pytest

from dev.bootstrap import uv

ROOT = Path(__file__).resolve().parents[3]
PYTHON = ROOT / ".tools" / "bin" / "python3.13"
VERSION = tomllib.loads((ROOT / "cli" / "pyproject.toml").read_text("utf-8"))["project"]["version"]


def run_uv(*arguments: str | Path) -> None:
    """Run uv; it needs no network unless its cache has been cleared since the setup."""
    for network in ({"UV_OFFLINE": "1"}, {}):
        done = subprocess.run(
            [str(part) for part in (uv.executable(ROOT), *arguments)],
            cwd=ROOT,
            env=uv.environment({**os.environ, **network}),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode == 0:
            return
    raise AssertionError(done.stderr)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built as ``make wheel`` builds it."""
    folder = tmp_path_factory.mktemp("dist")
    # A copy: setuptools writes next to the sources.
    sources = tmp_path_factory.mktemp("sources")
    for name in ("cli", "lambda_src"):
        made = shutil.ignore_patterns("__pycache__", "build", "*.egg-info")
        shutil.copytree(ROOT / name, sources / name, ignore=made)
    hashes = ("--build-constraints", "dev/requirements/build.txt", "--require-hashes")
    run_uv("build", "--wheel", "--python", PYTHON, *hashes, "--out-dir", folder, sources / "cli")
    (found,) = folder.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def command(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command of the installed wheel."""
    environment = tmp_path_factory.mktemp("environment") / "venv"
    python = environment / "bin" / "python"
    run_uv("venv", "--python", PYTHON, environment)
    run_uv("pip", "install", "--python", python, "--require-hashes", "--requirements", "dev/requirements/cli.txt")
    run_uv("pip", "install", "--python", python, "--no-deps", wheel)
    return environment / "bin" / "changegate"


def run(command: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command in ``folder``, with nothing of this checkout in its environment."""
    return subprocess.run(
        [str(command), *arguments],
        cwd=folder,
        env={"PATH": os.defpath, "LANG": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_has_the_command_and_the_code_of_the_verdict(wheel: Path) -> None:
    assert wheel.name == f"changegate-{VERSION}-py3-none-any.whl"
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert names == {
        path.relative_to(package.parent).as_posix()
        for package in (ROOT / "cli" / "changegate_cli", ROOT / "lambda_src" / "changegate")
        for path in package.rglob("*")
        if path.suffix in {".py", ".json"} or path.name == "py.typed"
    }


def test_it_tells_its_version(command: Path, tmp_path: Path) -> None:
    done = run(command, tmp_path, "--version")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"changegate {VERSION}\n", "")


@pytest.mark.parametrize(("case", "code", "verdict"), [("allowed/add", 0, True), ("refused/replace", 3, False)])
def test_it_judges_a_change_set(command: Path, tmp_path: Path, case: str, code: int, verdict: bool) -> None:
    answers = json.loads((ROOT / "tests" / "changesets" / f"{case}.json").read_text("utf-8"))["answers"]
    (tmp_path / "change-set.json").write_text(json.dumps(answers))
    done = run(command, tmp_path, "inspect", "change-set.json", "--json")
    assert (done.returncode, done.stderr) == (code, "")
    assert json.loads(done.stdout)["safe"] is verdict
    shown = run(command, tmp_path, "inspect", "change-set.json")
    assert shown.stdout.splitlines()[-1].startswith("Safe: " if verdict else "Unsafe: ")


def test_a_local_run_needs_a_checkout(command: Path, tmp_path: Path) -> None:
    done = run(command, tmp_path, "local", "demo")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "changegate: `changegate local` needs a checkout of the project (--checkout DIR).\n"
    done = run(command, tmp_path, "local", "down", "--checkout", str(tmp_path))
    assert (done.returncode, done.stdout) == (0, "No local AWS is up.\n")


def test_watch_starts_without_the_extra(command: Path, tmp_path: Path) -> None:
    python = command.with_name("python")
    run_uv("pip", "uninstall", "--python", python, "psutil")
    done = run(command, tmp_path, "watch", "orders")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "changegate: The pipeline orders cannot be followed: You must specify a region.\n"
    done = run(command, tmp_path, "local", "demo")
    assert done.stderr == (
        "changegate: `changegate local` needs a checkout of the project (--checkout DIR) "
        "and psutil (the extra `local`).\n"
    )
