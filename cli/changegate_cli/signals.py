"""Turns signals into exceptions, so that a command cleans up however it is ended."""

from __future__ import annotations

import contextlib
import signal
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

# A shell reports this plus the number for a process that a signal ended.
EXIT_BY_SIGNAL = 128
EXIT_INTERRUPTED = EXIT_BY_SIGNAL + signal.SIGINT


class Terminated(BaseException):
    """SIGTERM or SIGHUP arrived.

    Like KeyboardInterrupt it is not an Exception: ``except Exception`` lets it pass.
    """

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.exit_code = EXIT_BY_SIGNAL + number


@contextlib.contextmanager
def as_exceptions() -> Iterator[None]:
    """Turn SIGINT into KeyboardInterrupt, SIGTERM and SIGHUP into :class:`Terminated`, for the ``with`` block.

    SIGINT is included because a shell makes background processes ignore it.
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
    """Ignore the signals for the ``with`` block, so that nothing cuts a clean-up off. Keep the block short."""
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
