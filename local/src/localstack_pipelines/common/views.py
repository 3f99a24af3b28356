"""What the responses of all services have in common."""

from __future__ import annotations

from typing import Any


def present(members: dict[str, Any]) -> dict[str, Any]:
    """Return the members that have a value: AWS omits the others from a response."""
    return {name: value for name, value in members.items() if value is not None}
