"""The file that the processes of one execution environment write to, read in portions of one invocation."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

ENCODING = "utf-8"


class Output:
    """A text file that others append to; what is not UTF-8 is replaced, not refused.

    :ivar path: where it is; it need not exist yet, or any more.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._taken = 0

    def take(self) -> str:
        """Return what was written since the last call, ending in a line end unless it is empty."""
        written = self._read(self._taken)
        self._taken += len(written)
        text = written.decode(ENCODING, "replace")
        return text if not text or text.endswith("\n") else f"{text}\n"

    def everything(self) -> str:
        """Return all that was written, taken or not."""
        return self._read(0).decode(ENCODING, "replace")

    def append(self, text: str) -> None:
        """Write ``text`` behind what is there."""
        with self.path.open("ab") as stream:
            stream.write(text.encode(ENCODING))

    def _read(self, offset: int) -> bytes:
        # The file is removed with its environment, which may be while somebody asks for its log.
        with contextlib.suppress(FileNotFoundError), self.path.open("rb") as stream:
            stream.seek(offset)
            return stream.read()
        return b""
