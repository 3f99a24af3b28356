"""The calls that the scenarios and the end-to-end tests recorded."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass(frozen=True)
class Call:
    """A call with the credentials of a role; the plug-in ``call_record`` writes these fields."""

    suite: str
    """The suite that made the call, which is the name of the folder."""
    role: str
    session: str
    service: str
    operation: str
    account: str
    region: str
    parameters: dict[str, Any]
    error: str | None
    answer: dict[str, Any]

    @property
    def role_name(self) -> str:
        """The name of the role, without its path."""
        return self.role.rpartition("/")[2]

    @property
    def title(self) -> str:
        """The call in one line."""
        return f"{self.suite}: {self.role_name} calls {self.service} {self.operation}"


def read(folder: Path) -> Iterator[Call]:
    """Yield the calls of every record in the folder of a suite, in the order in which each instance answered them."""
    for path in sorted(folder.glob("*.jsonl")):
        with path.open(encoding="utf-8") as file:
            for line in file:
                yield Call(suite=folder.name, **json.loads(line))
