"""Mutation testing of the verdict: changes ``safety`` in small ways and sees whether its tests notice.

``python -m dev.checks.mutation`` copies package and tests to ``build/mutation`` (mutmut wants sources below ``src``),
runs mutmut there and prints the mutants that survived; ``tests/README.md`` says which ones are known and why.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WORK = ROOT / "build" / "mutation"
RECORDINGS = ROOT.parent / "shared" / "aws-recordings" / "change-sets.json"

COPIES = {"lambda_src/changegate": "src/changegate", "tests": "tests", "cli": "cli", "tools": "tools"}

SETTINGS = """
[tool.mutmut]
source_paths = ["src"]
only_mutate = ["src/changegate/safety/*"]
also_copy = ["cli", "tools"]
pytest_add_cli_args = ["-p", "no:cacheprovider"]
pytest_add_cli_args_test_selection = ["tests/unit/safety", "{current}", "{speed}"]

[tool.pytest.ini_options]
pythonpath = ["src", "cli", "."]
"""
# They test the checkout, not the code: whether the generated table is current, and how fast the machine is.
LEFT_OUT = {
    "current": "--deselect=tests/unit/safety/test_identity.py::test_the_table_is_current",
    "speed": "--ignore=tests/unit/safety/test_speed.py",
}


def prepare() -> None:
    """Make the work folder anew: mutmut remembers results, and would not ask a changed test again."""
    shutil.rmtree(WORK, ignore_errors=True)
    for source, name in COPIES.items():
        shutil.copytree(ROOT / source, WORK / name, ignore=shutil.ignore_patterns("__pycache__"))
    (WORK / "pyproject.toml").write_text(SETTINGS.format(**LEFT_OUT), "utf-8")


def main() -> int:
    """Run mutmut and print what survived; a mutant that never ends was noticed, too."""
    prepare()
    environment = {**os.environ, "CHANGEGATE_RECORDINGS": str(RECORDINGS)}
    mutmut = [sys.executable, "-m", "mutmut"]
    subprocess.run([*mutmut, "run", *sys.argv[1:]], cwd=WORK, env=environment, check=False)
    results = subprocess.run(
        [*mutmut, "results"], cwd=WORK, env=environment, check=True, capture_output=True, text=True
    )
    left = [line.split(":")[0].strip() for line in results.stdout.splitlines() if line.endswith(": survived")]
    for name in left:
        shown = subprocess.run(
            [*mutmut, "show", name], cwd=WORK, env=environment, check=False, capture_output=True, text=True
        )
        sys.stdout.write(f"\n{shown.stdout}")
    sys.stdout.write(f"\n{len(left)} mutants survived.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
