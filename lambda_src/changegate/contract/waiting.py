"""How long the state machine waits before it looks again, and for how long in all. Pure.

The waiting itself is done by the Wait states of the definition (``SecondsPath``); a function only says how long.
Time is counted by what was waited, not by a clock: a deployment does the same in the same situation.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from changegate.errors import MisconfiguredError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from changegate.json_types import Json

# A wait is this part of what was waited before: what takes long is noticed late by that part at most.
_GROWTH = 4


@dataclass(frozen=True, slots=True)
class Waiting:
    """The bounds of one waiting, in seconds: those of a single wait, and the limit in all."""

    state: str
    """The Wait state's name, which tells one waiting from the next."""
    minimum: int
    maximum: int
    limit: int

    @classmethod
    def parse(cls, setting: Json) -> Waiting:
        """Read ``{"state", "minimumSeconds", "maximumSeconds", "limitSeconds"}``, which the definition passes.

        :raises MisconfiguredError: when it is of another shape.
        """
        match setting:
            case {
                "state": str(state),
                "minimumSeconds": int(minimum),
                "maximumSeconds": int(maximum),
                "limitSeconds": int(limit),
            } if 1 <= minimum <= maximum and limit >= 1:
                return cls(state, minimum, maximum, limit)
        raise MisconfiguredError("The definition must tell its tasks how long to wait; apply the configuration again.")

    def begin(self) -> dict[str, Json]:
        """Return ``taskParams.wait`` for a waiting that begins now: ``{"for", "seconds", "total"}``."""
        return self._wait(min(self.minimum, self.limit), 0)

    def again(self, params: Mapping[str, Json]) -> dict[str, Json] | None:
        """Return ``taskParams.wait`` for the next wait, or ``None`` when the limit is reached.

        The first wait is the minimum; a later one a quarter of what was waited before, within the bounds.
        """
        waited = self._waited(params)
        if waited >= self.limit:
            return None
        return self._wait(min(max(waited // _GROWTH, self.minimum), self.maximum, self.limit - waited), waited)

    def _waited(self, params: Mapping[str, Json]) -> int:
        match params.get("wait"):
            case {"for": self.state, "total": int(total)}:
                return total
        return 0

    def _wait(self, seconds: int, waited: int) -> dict[str, Json]:
        return {"for": self.state, "seconds": seconds, "total": waited + seconds}
