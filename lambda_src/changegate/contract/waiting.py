"""How long the state machine waits before it looks again, and how long in all. Pure.

The definition's Wait states wait (``SecondsPath``); a function says how long. Time is counted by the seconds waited,
not by a clock, so a deployment does the same in the same situation.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from changegate.errors import MisconfiguredError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from changegate.contract.task_params import TaskParams, WaitParams
    from changegate.json_types import Json

# A wait is a quarter of the time waited so far: the end of a long operation is noticed at most that much later.
_DIVISOR: Final = 4


@dataclass(frozen=True, slots=True)
class Waiting:
    """The limits of one Wait state, in seconds: of a single wait, and in all."""

    state: str
    """The Wait state's name, which tells its waits from another's."""
    minimum: int
    maximum: int
    limit: int

    @classmethod
    def of(cls, settings: Mapping[str, Json]) -> Waiting:
        """Return the limits in the settings of a task.

        :raises MisconfiguredError: when the definition gives none.
        """
        return cls.parse(settings.get("wait"))

    @classmethod
    def parse(cls, setting: Json) -> Waiting:
        """Read ``{"state", "minimumSeconds", "maximumSeconds", "limitSeconds"}``, which the definition passes.

        :raises MisconfiguredError: when it has another shape.
        """
        match setting:
            case {
                "state": str(state),
                "minimumSeconds": int(minimum),
                "maximumSeconds": int(maximum),
                "limitSeconds": int(limit),
            } if 1 <= minimum <= maximum and limit >= 1:
                return cls(state, minimum, maximum, limit)
        raise MisconfiguredError(
            "The definition does not tell its tasks how long to wait; apply the configuration again."
        )

    def begin(self) -> WaitParams:
        """Return ``taskParams.wait`` for the first wait."""
        return self._wait(min(self.minimum, self.limit), 0)

    def again(self, params: TaskParams) -> WaitParams | None:
        """Return ``taskParams.wait`` for the next wait, or ``None`` at the limit.

        The first wait is the minimum; a later one is a quarter of the time waited so far, within the limits.
        """
        waited = self._waited(params)
        if waited >= self.limit:
            return None
        return self._wait(min(max(waited // _DIVISOR, self.minimum), self.maximum, self.limit - waited), waited)

    def _waited(self, params: TaskParams) -> int:
        wait = params.get("wait")
        return 0 if wait is None or wait["for"] != self.state else wait["total"]

    def _wait(self, seconds: int, waited: int) -> WaitParams:
        return {"for": self.state, "seconds": seconds, "total": waited + seconds}
