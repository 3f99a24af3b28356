"""A tiny process that outlives the runtime by a moment, to kill what the runtime can no longer kill.

It reads lines from its standard input: ``+GROUP`` to remember a process group, ``-GROUP`` to forget it. The end
of the input means that the runtime has ended, in whatever way; the groups still remembered are then killed.
It is run as a script and imports nothing but the standard library.
"""

import contextlib
import os
import signal
import sys


def main() -> None:
    """Read until the end of the input, then kill every process group that is left."""
    groups: set[int] = set()
    for line in sys.stdin:
        group = int(line[1:])
        if line[0] == "+":
            groups.add(group)
        else:
            groups.discard(group)
    for group in groups:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)


if __name__ == "__main__":
    main()
