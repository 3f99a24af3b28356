"""Lets a run clean up after itself, whichever way it is told to end."""

from __future__ import annotations

import contextlib
import signal
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

# What a shell reports for a process that a signal ended.
EXIT_BY_SIGNAL = 128


class Terminated(BaseException):
    """SIGTERM or SIGHUP arrived.

    Like KeyboardInterrupt it is no Exception, so that it passes every ``except Exception`` on its way out.
    """

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.exit_code = EXIT_BY_SIGNAL + number


@contextlib.contextmanager
def as_exceptions() -> Iterator[None]:
    """Turn SIGINT into KeyboardInterrupt, SIGTERM and SIGHUP into :class:`Terminated`, for the ``with`` block.

    SIGINT is set too: a shell that starts a process in the background has it ignored.
    """
    before = {
        signal.SIGINT: signal.signal(signal.SIGINT, signal.default_int_handler),
        signal.SIGTERM: signal.signal(signal.SIGTERM, _raise_terminated),
        signal.SIGHUP: signal.signal(signal.SIGHUP, _raise_terminated),
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def ignored() -> Iterator[None]:
    """Ignore the signals for the ``with`` block, which has to be short: cleaning up is not to be cut off."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, signal.SIG_IGN) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _raise_terminated(number: int, frame: FrameType | None) -> NoReturn:
    del frame
    raise Terminated(number)
