"""Mutation testing of the verdict: changes ``safety`` in small ways and checks that a test fails.

``python -m dev.checks.mutation`` copies package and tests to ``build/mutation`` (mutmut needs the sources below
``src``), runs mutmut there and prints the mutants that survive. ``tests/README.md`` lists the known ones with reasons.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

from dev.checkout import ROOT
from dev.console import main

if TYPE_CHECKING:
    from collections.abc import Sequence

WORK = ROOT / "build" / "mutation"
RECORDINGS = ROOT.parent / "shared" / "aws-recordings" / "change-sets.json"

COPIES = {"lambda_src/changegate": "src/changegate", "tests": "tests", "cli": "cli", "dev": "dev"}

SETTINGS = """
[tool.mutmut]
source_paths = ["src"]
only_mutate = ["src/changegate/safety/*"]
also_copy = ["cli", "dev"]
pytest_add_cli_args = ["-p", "no:cacheprovider"]
pytest_add_cli_args_test_selection = ["tests/unit/safety", "{current}", "{speed}"]

[tool.pytest.ini_options]
pythonpath = ["src", "cli", "."]
"""
# These test the checkout and the machine, not the code: whether the table is current, and how fast the verdict is.
DESELECTED = {
    "current": "--deselect=tests/unit/safety/test_identity.py::test_the_table_is_current",
    "speed": "--ignore=tests/unit/safety/test_speed.py",
}


def prepare() -> None:
    """Create the work folder from scratch: mutmut remembers results and would not run a changed test again."""
    shutil.rmtree(WORK, ignore_errors=True)
    for source, name in COPIES.items():
        shutil.copytree(ROOT / source, WORK / name, ignore=shutil.ignore_patterns("__pycache__"))
    (WORK / "pyproject.toml").write_text(SETTINGS.format(**DESELECTED), "utf-8")


def command(arguments: Sequence[str]) -> None:
    """Run mutmut with ``arguments`` and print the surviving mutants; one whose tests never end does not survive."""
    prepare()
    environment = {**os.environ, "CHANGEGATE_RECORDINGS": str(RECORDINGS)}
    mutmut = [sys.executable, "-m", "mutmut"]
    subprocess.run([*mutmut, "run", *arguments], cwd=WORK, env=environment, check=False)
    results = subprocess.run(
        [*mutmut, "results"], cwd=WORK, env=environment, check=True, capture_output=True, text=True
    )
    survivors = [line.split(":")[0].strip() for line in results.stdout.splitlines() if line.endswith(": survived")]
    for name in survivors:
        shown = subprocess.run(
            [*mutmut, "show", name], cwd=WORK, env=environment, check=False, capture_output=True, text=True
        )
        sys.stdout.write(f"\n{shown.stdout}")
    sys.stdout.write(f"\n{len(survivors)} mutants survived.\n")


if __name__ == "__main__":
    main(command)
