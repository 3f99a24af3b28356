"""The error of ``changegate local``."""

from __future__ import annotations

from changegate_cli.errors import CommandError


class LocalRunError(CommandError):
    """A run on this machine cannot continue."""
