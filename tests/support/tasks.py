"""The list of tasks, ``asl/tasks.json``, for tests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[2]

TASKS: Final[dict[str, dict[str, Any]]] = json.loads((ROOT / "asl" / "tasks.json").read_text("utf-8"))

FUNCTIONS: Final = ("trigger", *TASKS)
"""The keys of all functions."""


def module_of(key: str) -> str:
    """Return the module with the handler of a function."""
    return "changegate.pipeline.trigger" if key == "trigger" else f"changegate.states.{key}"


def environment_of(key: str) -> list[str]:
    """Return the names of the environment variables of a function, without those for the log."""
    return ["STATE_MACHINE_ARN"] if key == "trigger" else list(TASKS[key]["environment"])
