"""The output file of the processes of one execution environment, read one invocation at a time."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

ENCODING = "utf-8"


class Output:
    """An output file that other processes append to; bytes that are not UTF-8 are replaced.

    :ivar path: its path; the file may not exist yet, or no longer.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._taken = 0

    def take(self) -> str:
        """Return the output since the last call, with a final line end unless it is empty."""
        written = self._read(self._taken)
        self._taken += len(written)
        text = written.decode(ENCODING, "replace")
        return text if not text or text.endswith("\n") else f"{text}\n"

    def everything(self) -> str:
        """Return all output."""
        return self._read(0).decode(ENCODING, "replace")

    def append(self, text: str) -> None:
        """Append ``text``."""
        with self.path.open("ab") as stream:
            stream.write(text.encode(ENCODING))

    def _read(self, offset: int) -> bytes:
        # The environment may be removed with its file while LocalStack reads the log.
        with contextlib.suppress(FileNotFoundError), self.path.open("rb") as stream:
            stream.seek(offset)
            return stream.read()
        return b""
