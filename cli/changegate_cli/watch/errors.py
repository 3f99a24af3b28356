"""The error of following an execution."""

from __future__ import annotations

from changegate_cli.errors import CommandError


class WatchError(CommandError):
    """Something did not happen within its time."""
