"""Kills process groups.

Run as a script, it is the helper process of :class:`~localstack_pipelines.lambda_process.reaper.Reaper`: it reads
``+GROUP`` lines, which add a process group, and ``-GROUP`` lines, which remove it, from standard input. At the end of
the input, which means that LocalStack has ended in whatever way, it kills the remaining groups. It imports only the
standard library.
"""

import contextlib
import os
import signal
import sys


def kill_group(group: int) -> None:
    """Kill every process of a group; do nothing if the group no longer exists."""
    # macOS can answer EPERM for a group that has only zombies.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)


def main() -> None:
    """Read the groups until the end of the input, then kill those that remain."""
    groups: set[int] = set()
    for line in sys.stdin:
        group = int(line[1:])
        if line[0] == "+":
            groups.add(group)
        else:
            groups.discard(group)
    for group in groups:
        kill_group(group)


if __name__ == "__main__":
    main()
