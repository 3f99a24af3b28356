"""The failures that a person is told in one sentence, without a traceback."""

from __future__ import annotations


class LocalRunError(Exception):
    """A run on this machine cannot go on; the message is one sentence that says why and what to do."""
