"""The list of tasks, ``asl/tasks.json``."""

from __future__ import annotations

import json
from typing import Any, Final

from tests.support.checkout import ROOT

TASKS: Final[dict[str, dict[str, Any]]] = json.loads((ROOT / "asl" / "tasks.json").read_text("utf-8"))

FUNCTIONS: Final = ("trigger", *TASKS)
"""The keys of all functions."""


def module_of(key: str) -> str:
    """Return the module of a function's handler."""
    return "changegate.pipeline.trigger" if key == "trigger" else f"changegate.states.{key}"


def environment_of(key: str) -> list[str]:
    """Return the names of the environment variables of a function, without those for the log."""
    return ["STATE_MACHINE_ARN"] if key == "trigger" else list(TASKS[key]["environment"])
