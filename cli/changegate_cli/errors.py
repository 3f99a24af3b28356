"""The errors that a command reports in one sentence, without a traceback."""

from __future__ import annotations


class CommandError(Exception):
    """The command cannot continue; the message is one sentence that says why and what to do."""

    exit_code = 1


class UsageError(CommandError):
    """An argument, or what it names, is wrong."""

    exit_code = 2
