"""The one list of tasks, ``asl/tasks.json``, as tests read it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[2]

TASKS: Final[dict[str, dict[str, Any]]] = json.loads((ROOT / "asl" / "tasks.json").read_text("utf-8"))

FUNCTIONS: Final = ("trigger", *TASKS)
"""The keys of all functions."""


def module_of(key: str) -> str:
    """Return the module that has the handler of a function."""
    return "changegate.pipeline.trigger" if key == "trigger" else f"changegate.states.{key}"
