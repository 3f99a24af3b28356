"""Demos side by side, and demos that are cut off: none leaves a process or a folder behind."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import psutil
import pytest

from changegate_cli.local.environment import isolated
from changegate_cli.local.family import Family
from changegate_cli.processes import wait_until
from tests.e2e.conftest import Commands, make_checkout

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import TracebackType

TIMEOUT_SECONDS = 900


class Demo:
    """One ``changegate local demo``, its output so far, and every process that it has had."""

    def __init__(self, commands: Commands) -> None:
        self.instances = commands.checkout.instances
        self.process = subprocess.Popen(
            commands.line("demo"),
            env=isolated(os.environ),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.home = self.instances / f"demo-{self.process.pid}"
        self.logs = self.instances / f"{self.home.name}.logs"
        self.output: list[str] = []
        self.family = Family(self.process.pid)
        self._threads = [threading.Thread(target=self._read), threading.Thread(target=self._look)]
        for thread in self._threads:
            thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.family.kill()
        for thread in self._threads:
            thread.join()

    @property
    def text(self) -> str:
        """Standard output so far."""
        return "".join(self.output)

    def wait_for(self, pattern: str) -> None:
        """Wait for a line that matches ``pattern``."""
        until(lambda: re.search(pattern, self.text) is not None or self.process.poll() is not None, pattern)
        if re.search(pattern, self.text) is None:
            code, error = self.end()
            pytest.fail(f"The demo has ended with {code}.\n{self.text}\n{error}")

    def end(self) -> tuple[int, str]:
        """Wait for its end; return its exit code and what it wrote to standard error."""
        code = self.process.wait(TIMEOUT_SECONDS)
        for thread in self._threads:
            thread.join()
        assert self.process.stderr is not None
        return code, self.process.stderr.read()

    def remains(self) -> list[str]:
        """Return what is left of it: processes and folders."""
        # The last ones may be ending.
        wait_until(lambda: not self.family.remaining(), 5)
        processes = [f"{process}" for process in self.family.remaining()]
        return [*processes, *([str(self.home)] if self.home.exists() else [])]

    def has_process(self, name: str) -> bool:
        """Return whether a process with ``name`` in its name has been seen."""
        return any(name in _name(process) for process in list(self.family.members))

    def local_aws(self) -> psutil.Process:
        """Return the process of its local AWS."""
        return next(
            child for child in psutil.Process(self.process.pid).children() if "localstack" in " ".join(child.cmdline())
        )

    def _read(self) -> None:
        assert self.process.stdout is not None
        self.output.extend(self.process.stdout)

    def _look(self) -> None:
        while self.process.poll() is None:
            self.family.look()
            time.sleep(0.1)


def _name(process: psutil.Process) -> str:
    try:
        return process.name()
    except psutil.NoSuchProcess:
        return ""


def until(condition: Callable[[], bool], what: str) -> None:
    """Wait for ``condition``."""
    assert wait_until(condition, TIMEOUT_SECONDS), f"waited in vain: {what}"


@pytest.fixture(scope="module")
def side_by_side(commands: Commands) -> Iterator[list[tuple[Demo, int, str]]]:
    """Two whole demos at the same time: each with its exit code and standard error."""
    with Demo(commands) as first, Demo(commands) as second:
        yield [(demo, *demo.end()) for demo in (first, second)]


def test_both_show_exactly_the_four_outcomes(side_by_side: list[tuple[Demo, int, str]]) -> None:
    for demo, code, error in side_by_side:
        assert (code, error) == (0, ""), demo.text
        table = demo.text.partition("== What happened")[2]
        assert re.findall(r"│ (\d) │[^│]+│ (\w+) +│ (\w+) +│", table) == [
            ("1", "Succeeded", "Created"),
            ("2", "Succeeded", "Updated"),
            ("3", "Failed", "Rejected"),
            ("4", "Failed", "Rejected"),
        ]
        assert table.count("untouched") == 2


def test_nothing_is_left_of_either(side_by_side: list[tuple[Demo, int, str]]) -> None:
    for demo, _, _ in side_by_side:
        assert len(demo.family.members) > 10, "the processes were not seen"
        assert demo.remains() == []


@dataclass(frozen=True)
class CutOff:
    """Demos that each end early in a different way."""

    interrupted: Demo
    terminated: Demo
    orphaned: Demo
    mistaken: Demo


@pytest.fixture(scope="module")
def cut_off(commands: Commands, tmp_path_factory: pytest.TempPathFactory) -> Iterator[CutOff]:
    """Ctrl-C during a push, SIGTERM while Terraform applies, a local AWS that dies, an unexpected outcome."""
    other = make_checkout(tmp_path_factory.mktemp("mistaken"))
    shutil.copy(other.variants / "4-removal.yaml", other.variants / "2-safe-update.yaml")
    # Two at a time: each has a local AWS and a Terraform to itself.
    with Demo(commands) as interrupted, Demo(commands) as terminated:
        until(lambda: terminated.has_process("terraform-provider-aws"), "Terraform's provider")
        terminated.process.send_signal(signal.SIGTERM)
        interrupted.wait_for("state Check Stack Existence")
        interrupted.process.send_signal(signal.SIGINT)
        with Demo(commands) as orphaned, Demo(Commands(other)) as mistaken:
            orphaned.wait_for("state Check Stack Existence")
            orphaned.local_aws().kill()
            yield CutOff(interrupted, terminated, orphaned, mistaken)


def test_an_interrupted_one_ends_with_130(cut_off: CutOff) -> None:
    assert cut_off.interrupted.end() == (130, "changegate: interrupted\n")
    assert cut_off.interrupted.remains() == []


def test_a_terminated_one_ends_with_143(cut_off: CutOff) -> None:
    assert cut_off.terminated.end() == (143, "changegate: ended by SIGTERM\n")
    assert cut_off.terminated.remains() == []


def test_one_whose_local_aws_dies_says_so_and_keeps_the_logs(cut_off: CutOff) -> None:
    orphaned = cut_off.orphaned
    assert orphaned.end() == (1, "changegate: The local AWS ended while it was needed.\n")
    assert f"The logs are in {orphaned.logs}." in orphaned.text
    assert {path.name for path in orphaned.logs.iterdir()} == {"localstack.log", "terraform.log"}
    assert orphaned.remains() == []


def test_another_outcome_than_the_expected_is_a_failure(cut_off: CutOff) -> None:
    mistaken = cut_off.mistaken
    code, error = mistaken.end()
    assert code == 1
    assert error.startswith("changegate: a safe update: expected Updated, was Rejected: Changegate.Rejected: ")
    # It shows the results so far, and pushes nothing more.
    assert re.findall(r"│ (\d) │[^│]+│ (\w+) +│ (\w+) +│", mistaken.text) == [
        ("1", "Succeeded", "Created"),
        ("2", "Failed", "Rejected"),
    ]
    assert "changegate-trigger START RequestId" in (mistaken.logs / "functions.log").read_text()
    assert mistaken.remains() == []
