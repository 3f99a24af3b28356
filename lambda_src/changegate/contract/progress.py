"""How something that was begun stands, in the words of the state machine's contract."""

from __future__ import annotations

from enum import StrEnum


class Progress(StrEnum):
    """The values of ``stackCreationStatus``, ``changeSetCreationStatus`` and their like in ``taskParams``."""

    IN_PROGRESS = "in_progress"
    COMPLETE = "complete"
    FAILED = "failed"
