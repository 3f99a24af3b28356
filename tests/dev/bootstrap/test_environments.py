"""The virtual environments are created once, updated in place, and created again where that is impossible."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import sys
from pathlib import Path

import pytest

from dev.bootstrap import environments, uv
from dev.console import CommandError
from tests.dev.bootstrap.helpers import Recorder
from tests.support.checkout import ROOT

ENVIRONMENT = environments.Environment("venvs/tested", "dev/requirements/tested.txt", project="project")

# A uv that records how it is called, and creates what `uv venv` creates.
UV = """
echo "$@" >>"{log}"
if [ "$1" = venv ]; then mkdir -p "$5/bin" && ln -sf "$4" "$5/bin/python"; fi
"""


class Scene(Recorder):
    """A checkout with one project, one requirements file and a uv that only records its calls."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.python = Path(sys.executable)
        (folder / "dev" / "requirements").mkdir(parents=True)
        self.requirements = folder / "dev" / "requirements" / "tested.txt"
        self.requirements.write_text("one==1\n", encoding="utf-8")
        self.project = folder / "project" / "pyproject.toml"
        self.project.parent.mkdir()
        self.project.write_text('[project]\nname = "ours"\n', encoding="utf-8")
        self.write_tool(uv.executable(folder), UV)

    def ensure(self, **variables: str) -> list[str]:
        """Run the function under test; return the commands of uv, without the paths."""
        user = {"PATH": os.environ["PATH"], **variables}
        calls = self.calls_during(lambda: environments.ensure(ENVIRONMENT, self.folder, self.python, user))
        return [" ".join(call.split()[:2]).partition(" -")[0] for call in calls]


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    """Return a checkout before any setup."""
    return Scene(tmp_path / "checkout")


MADE = ["venv", "pip sync", "pip install"]


def test_it_is_made_once(scene: Scene) -> None:
    assert scene.ensure() == MADE
    assert scene.ensure() == []


def test_everything_is_hashed_and_the_project_brings_nothing_along(scene: Scene) -> None:
    scene.ensure()

    _, sync, install = scene.log.read_text().splitlines()
    assert "--require-hashes dev/requirements/tested.txt" in sync
    assert "--build-constraints dev/requirements/build.txt" in sync
    assert "--no-deps" in install
    assert "--build-constraints dev/requirements/build.txt --editable project" in install


def test_times_of_files_play_no_part(scene: Scene) -> None:
    scene.ensure()

    for path in (scene.requirements, scene.project):
        os.utime(path, (4_000_000_000, 4_000_000_000))

    assert scene.ensure() == []


def test_new_requirements_are_installed_in_place(scene: Scene) -> None:
    scene.ensure()
    scene.requirements.write_text("one==2\n", encoding="utf-8")

    assert scene.ensure() == ["pip sync", "pip install"]


def test_new_metadata_of_the_project_reinstalls_only_the_project(scene: Scene) -> None:
    scene.ensure()
    scene.project.write_text('[project]\nname = "ours"\nversion = "2"\n', encoding="utf-8")

    assert scene.ensure() == ["pip install"]


def test_settings_of_tools_reinstall_nothing(scene: Scene) -> None:
    scene.ensure()
    scene.project.write_text('[project]\nname = "ours"\n[tool.ruff]\nline-length = 99\n', encoding="utf-8")

    assert scene.ensure() == []


def test_a_moved_checkout_is_made_anew(scene: Scene, tmp_path: Path) -> None:
    scene.ensure()
    moved = tmp_path / "elsewhere"
    scene.folder.rename(moved)
    scene.folder, scene.log = moved, moved / "calls"
    scene.write_tool(uv.executable(moved), UV)

    assert scene.ensure() == MADE


def test_another_python_makes_it_anew(scene: Scene, tmp_path: Path) -> None:
    scene.ensure()
    scene.python = tmp_path / "python3.13"
    shutil.copy(sys.executable, scene.python)

    assert scene.ensure() == MADE


def test_a_vanished_python_makes_it_anew(scene: Scene) -> None:
    scene.ensure()
    (scene.folder / ENVIRONMENT.folder / "bin" / "python").unlink()

    assert scene.ensure() == MADE


def test_one_made_without_a_stamp_is_put_right_in_place(scene: Scene) -> None:
    scene.ensure()
    (scene.folder / ENVIRONMENT.folder / environments.STAMP).unlink()

    assert scene.ensure() == ["pip sync", "pip install"]


def test_a_stamp_that_is_no_json_counts_as_none(scene: Scene) -> None:
    scene.ensure()
    (scene.folder / ENVIRONMENT.folder / environments.STAMP).write_text("{", encoding="utf-8")

    assert scene.ensure() == ["pip sync", "pip install"]


def test_a_failure_leaves_no_stamp_and_is_one_sentence(scene: Scene) -> None:
    scene.ensure()
    scene.requirements.write_text("one==3\n", encoding="utf-8")
    scene.refuses.touch()

    with pytest.raises(CommandError, match=r"dev/requirements/tested\.txt could not be installed"):
        scene.ensure()
    scene.refuses.unlink()

    assert scene.ensure() == ["pip sync", "pip install"]


def test_reinstalling_forgets_the_remembered_entry_points(scene: Scene) -> None:
    remembered = scene.folder / ".tools" / "cache" / "plux" / "some.entry_points.txt"
    remembered.parent.mkdir(parents=True)
    remembered.touch()

    scene.ensure()

    assert not remembered.exists()


@pytest.mark.parametrize(
    ("variables", "index"),
    [
        ({}, None),
        ({"PIP_INDEX_URL": "http://127.0.0.1:1/pip"}, "http://127.0.0.1:1/pip"),
        (
            {"PIP_INDEX_URL": "http://127.0.0.1:1/pip", "UV_DEFAULT_INDEX": "http://127.0.0.1:1/uv"},
            "http://127.0.0.1:1/uv",
        ),
        ({"PIP_INDEX_URL": ""}, None),
    ],
)
def test_the_index_of_pip_serves_uv(variables: dict[str, str], index: str | None) -> None:
    assert uv.environment(variables).get("UV_DEFAULT_INDEX") == index


def test_an_active_environment_of_the_user_is_left_alone() -> None:
    seen = uv.environment({"VIRTUAL_ENV": "/theirs", "CONDA_PREFIX": "/theirs", "HOME": "/home"})

    assert "VIRTUAL_ENV" not in seen
    assert "CONDA_PREFIX" not in seen
    assert seen["HOME"] == "/home"
    assert seen["UV_PYTHON_DOWNLOADS"] == "never"


@pytest.mark.parametrize("environment", environments.GROUPS["development"], ids=lambda environment: environment.folder)
def test_the_environments_of_this_checkout_are_up_to_date(environment: environments.Environment) -> None:
    stamp = json.loads((ROOT / environment.folder / environments.STAMP).read_text(encoding="utf-8"))

    assert stamp["checkout"] == str(ROOT)
    assert not environments.ensure(environment, ROOT, ROOT / ".tools" / "bin" / "python3.13", {})


@pytest.mark.parametrize(
    "environment", [*itertools.chain(*environments.GROUPS.values())], ids=lambda environment: environment.folder
)
def test_every_requirement_is_pinned_and_hashed(environment: environments.Environment) -> None:
    lines = (ROOT / environment.requirements).read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    pinned = [line for line in lines if line.strip() and not line.lstrip().startswith("#")]

    assert pinned
    assert all("==" in line and "--hash=sha256:" in line for line in pinned)
