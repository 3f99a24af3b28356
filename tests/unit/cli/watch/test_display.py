"""The display, in a terminal and elsewhere."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime

import pytest

from changegate_cli.watch.display import LiveDisplay, PlainDisplay, clock, open_display
from changegate_cli.watch.events import (
    AttemptFailed,
    DeploymentEnded,
    Event,
    ExecutionEnded,
    ExecutionStarted,
    StackChanged,
    StageEnded,
    StageStarted,
    StateEntered,
    VerdictReached,
)

NOW = datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC)
LONG = "Changegate.Rejected: " + ", ".join(f"Resource{number} would be deleted" for number in range(9))
EVENTS: list[Event] = [
    ExecutionStarted(NOW, "e-1"),
    StageStarted(NOW, "Source"),
    StageEnded(NOW, "Source", "Succeeded"),
    StageStarted(NOW, "Prod"),
    StateEntered(NOW, "Prod", "Wait Change Set Creation"),
    StateEntered(NOW, "Prod", "Get Change Set Creation Status"),
    StateEntered(NOW, "Prod", "Wait Change Set Creation"),
    AttemptFailed(NOW, "Prod", "Changegate.Transient", "[throttled]"),
    VerdictReached(NOW, "Prod", "RESOURCES-BEING-DELETED-OR-REPLACED", ("OrderQueue would be replaced",)),
    StackChanged(NOW, "Prod", "OrderQueue", "AWS::SQS::Queue", "UPDATE_FAILED", "[no]"),
    DeploymentEnded(NOW, "Prod", "FAILED", "Changegate.Rejected", "no"),
    StageEnded(NOW, "Prod", "Failed", LONG),
    ExecutionEnded(NOW, "Failed", LONG),
]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("variable", ["CI", "NO_COLOR"])
def test_a_terminal_gets_plain_lines_where_a_variable_says_so(variable: str) -> None:
    assert isinstance(open_display(Terminal(), {variable: "1"}), PlainDisplay)


def test_a_terminal_that_can_do_nothing_gets_plain_lines() -> None:
    assert isinstance(open_display(Terminal(), {"TERM": "dumb"}), PlainDisplay)


def test_a_terminal_gets_the_live_display() -> None:
    assert isinstance(open_display(Terminal(), {"TERM": "xterm"}), LiveDisplay)


def test_a_file_gets_plain_lines() -> None:
    assert isinstance(open_display(io.StringIO(), {"TERM": "xterm"}), PlainDisplay)


def test_plain_lines() -> None:
    stream = io.StringIO()
    returned = open_display(stream, {}).follow(iter(EVENTS))
    time = clock(NOW)
    assert returned == EVENTS
    assert stream.getvalue().splitlines() == [
        f"{time} pipeline execution e-1 has started",
        f"{time} stage Source has started",
        f"{time} stage Source: Succeeded",
        f"{time} stage Prod has started",
        f"{time} state Wait Change Set Creation",
        f"{time} state Get Change Set Creation Status",
        f"{time} a task has failed: Changegate.Transient: [throttled]",
        f"{time} verdict RESOURCES-BEING-DELETED-OR-REPLACED; OrderQueue would be replaced",
        f"{time} stack OrderQueue (AWS::SQS::Queue) UPDATE_FAILED: [no]",
        f"{time} state machine FAILED: Changegate.Rejected: no",
        f"{time} stage Prod: Failed: {LONG}",
        f"{time} pipeline Failed",
    ]


def test_the_live_picture_ends_with_everything_that_is_known() -> None:
    stream = Terminal()
    returned = open_display(stream, {"TERM": "xterm"}).follow(iter(EVENTS))
    assert returned == EVENTS
    # The last picture: what comes after the last erasure.
    last = re.split(r"\x1b\[2K\x1b\[1A|\x1b\[2K", stream.getvalue())[-1]
    text = " ".join(re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", last).split())
    assert "✔ Source" in text
    assert "✘ Prod" in text
    assert "Get Change Set Creation Status → Wait Change Set Creation (2)" in text
    assert "OrderQueue AWS::SQS::Queue UPDATE_FAILED" in text
    assert "verdict RESOURCES-BEING-DELETED-OR-REPLACED" in text
    assert "OrderQueue would be replaced" in text
    assert LONG in text


@pytest.mark.parametrize("terminal", [True, False])
def test_a_step_says_when_it_is_done(terminal: bool) -> None:
    stream = Terminal() if terminal else io.StringIO()
    with open_display(stream, {"TERM": "xterm"}).step("Applying [all]") as update:
        update("3 of 7")
    assert "Applying [all]" in stream.getvalue()
    assert re.search(r"\d\.\d s", stream.getvalue())


def test_a_failed_step_is_not_called_done() -> None:
    stream = io.StringIO()

    def fail() -> None:
        with open_display(stream, {}).step("Applying"):
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert "done" not in stream.getvalue()


def test_lines_of_deployments_beside_each_other_say_which() -> None:
    stream = io.StringIO()
    display = open_display(stream, {"CI": "1"})
    display.follow([StateEntered(NOW, "Prod/app", "Create Stack"), StateEntered(NOW, "Prod/network", "Create Stack")])
    lines = [line.split(" ", 1)[1] for line in stream.getvalue().splitlines()]
    assert lines == ["Prod/app: state Create Stack", "Prod/network: state Create Stack"]


def test_the_picture_has_deployments_beside_each_other() -> None:
    terminal = Terminal()
    open_display(terminal, {"TERM": "xterm"}).follow(
        [
            StageStarted(NOW, "Prod"),
            StateEntered(NOW, "Prod/app", "Create Stack"),
            DeploymentEnded(NOW, "Prod/app", "SUCCEEDED"),
            DeploymentEnded(NOW, "Prod/network", "FAILED", "Changegate.Rejected", "no"),
            StageEnded(NOW, "Prod", "Failed", "no"),
        ]
    )
    picture = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", terminal.getvalue())
    assert "✘ Prod\n" in picture.replace("\r", "")
    assert "✔ Prod/app" in picture
    assert "✘ Prod/network" in picture
