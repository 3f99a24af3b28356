"""Shows progress: a live picture in a terminal, a line for each event everywhere else."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TextIO

from rich.console import Console
from rich.live import Live
from rich.spinner import Spinner
from rich.text import Text

from changegate_cli.watch.events import StateEntered, describe
from changegate_cli.watch.picture import PipelineView, picture

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from contextlib import AbstractContextManager
    from datetime import datetime

    from rich.console import RenderableType

    from changegate_cli.watch.events import Event

# Of tables where there is no terminal, and COLUMNS does not say.
PLAIN_WIDTH = 110
PLAIN_PROGRESS_SECONDS = 10.0

type Update = Callable[[str], None]


class Display(Protocol):
    """Where a command reports what it does."""

    def heading(self, text: str) -> None:
        """Start a part of the output."""

    def say(self, text: str) -> None:
        """Print one line, or several."""

    def step(self, text: str) -> AbstractContextManager[Update]:
        """Show that something is running for the ``with`` block; call the value it gives with the progress."""

    def follow(self, events: Iterable[Event]) -> list[Event]:
        """Show each event as it comes, and return all of them."""

    def show(self, renderable: RenderableType) -> None:
        """Print something drawn with rich, such as a table."""


def open_display(
    stream: TextIO | None = None,
    environment: Mapping[str, str] = os.environ,
    *,
    force_terminal: bool | None = None,
) -> Display:
    """Return a live display for a terminal, a plain one elsewhere and where CI or NO_COLOR is set.

    :param stream: where to write; None for standard output.
    """
    stream = stream or sys.stdout
    is_terminal = stream.isatty() if force_terminal is None else force_terminal
    wants_plain = any(environment.get(name) for name in ("CI", "NO_COLOR")) or environment.get("TERM") == "dumb"
    if is_terminal and not wants_plain:
        return LiveDisplay(Console(file=stream, force_terminal=True))
    columns = environment.get("COLUMNS", "")
    width = int(columns) if columns.isdecimal() and int(columns) > 0 else PLAIN_WIDTH
    return PlainDisplay(Console(file=stream, width=width, force_terminal=False, no_color=True))


def clock(at: datetime) -> str:
    """Return the time of day in this machine's time zone."""
    return at.astimezone().strftime("%H:%M:%S")


@dataclass
class PlainDisplay:
    """Lines with the time of day: for files, pipes and continuous integration."""

    console: Console

    def heading(self, text: str) -> None:
        """See :class:`Display`."""
        self._line("")
        self._line(f"== {text}")

    def say(self, text: str) -> None:
        """See :class:`Display`."""
        self._line(text)

    @contextlib.contextmanager
    def step(self, text: str) -> Iterator[Update]:
        """See :class:`Display`; progress is printed at most every ten seconds."""
        started = printed = time.monotonic()

        def update(progress: str) -> None:
            nonlocal printed
            if time.monotonic() - printed >= PLAIN_PROGRESS_SECONDS:
                printed = time.monotonic()
                self._line(f"{_now()} {text}: {progress}")

        self._line(f"{_now()} {text}")
        yield update
        self._line(f"{_now()} {text}: done in {time.monotonic() - started:.1f} s")

    def follow(self, events: Iterable[Event]) -> list[Event]:
        """See :class:`Display`; a state that is entered again, as in a waiting loop, is printed once."""
        seen: list[Event] = []
        states: set[tuple[str, str]] = set()
        for event in events:
            seen.append(event)
            if isinstance(event, StateEntered):
                if (event.stage, event.state) in states:
                    continue
                states.add((event.stage, event.state))
            self._line(f"{clock(event.at)} {describe(event)}")
        return seen

    def show(self, renderable: RenderableType) -> None:
        """See :class:`Display`."""
        self.console.print(renderable)

    def _line(self, text: str) -> None:
        # Text, not markup: a line can have brackets. Lines are not wrapped, so that people can search them.
        self.console.print(Text(text), soft_wrap=True)


@dataclass
class LiveDisplay:
    """A picture that changes in place; the last one stays."""

    console: Console

    def heading(self, text: str) -> None:
        """See :class:`Display`."""
        self.console.print()
        self.console.rule(Text(text, style="bold"), align="left")

    def say(self, text: str) -> None:
        """See :class:`Display`; the terminal wraps the lines, so that people can copy them."""
        self.console.print(Text(text), soft_wrap=True)

    @contextlib.contextmanager
    def step(self, text: str) -> Iterator[Update]:
        """See :class:`Display`."""
        started = time.monotonic()
        with self.console.status(Text(text)) as status:
            yield lambda progress: status.update(Text(f"{text}: {progress}"))
        self.console.print(Text.assemble(("✔ ", "green"), text, (f" {time.monotonic() - started:.1f} s", "dim")))

    def follow(self, events: Iterable[Event]) -> list[Event]:
        """See :class:`Display`."""
        seen: list[Event] = []
        view = PipelineView()
        spinner = Spinner("dots")
        with Live(console=self.console, get_renderable=lambda: picture(view, spinner), refresh_per_second=8):
            for event in events:
                seen.append(event)
                view.apply(event)
        return seen

    def show(self, renderable: RenderableType) -> None:
        """See :class:`Display`."""
        self.console.print(renderable)


def _now() -> str:
    return time.strftime("%H:%M:%S")
