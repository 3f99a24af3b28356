"""Runs the scenarios concurrently on one local AWS and reports the states and Catches that they covered."""

from __future__ import annotations

import time
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from changegate_cli.local.environment import isolate
from tests.machine.scenarios.coverage import Coverage, measure
from tests.machine.scenarios.play import Ended, play
from tests.machine.scenarios.scenario import Scenario
from tests.machine.scenarios.world import World, world

if TYPE_CHECKING:
    from collections.abc import Iterator

# Enough to keep the machine busy; more would only mean more processes of the same functions.
PLAYED_AT_ONCE = 3

COVERAGE = pytest.StashKey[Coverage]()
SLOWEST = pytest.StashKey[list[tuple[float, str]]]()


class Theatre:
    """Runs scenarios in the requested order, some of them concurrently."""

    def __init__(self, stage: World) -> None:
        self.stage = stage
        self._pool = ThreadPoolExecutor(PLAYED_AT_ONCE, thread_name_prefix="scenario")
        self._played: dict[str, Future[Ended]] = {}
        self.began = time.monotonic()

    def announce(self, scenario: Scenario) -> None:
        """Queue a scenario unless it is queued already."""
        if scenario.name not in self._played:
            self._played[scenario.name] = self._pool.submit(play, self.stage, scenario)

    def ended(self, scenario: Scenario) -> Ended:
        """Wait for the end of a scenario and return its result."""
        self.announce(scenario)
        return self._played[scenario.name].result()

    def so_far(self) -> dict[str, Ended]:
        """Return the results of the scenarios that have ended, by name."""
        return {
            name: future.result()
            for name, future in self._played.items()
            if future.done() and not future.cancelled() and future.exception() is None
        }

    def close(self) -> None:
        """Start no more scenarios; wait for those that run."""
        self._pool.shutdown(cancel_futures=True)


@pytest.fixture(scope="session")
def theatre(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Theatre]:
    """Start the local AWS and queue the scenarios of the selected tests."""
    isolate()
    with world(tmp_path_factory.mktemp("scenarios") / "aws") as stage:
        theatre = Theatre(stage)
        try:
            for scenario in _wanted(request.session.items):
                theatre.announce(scenario)
            yield theatre
        finally:
            theatre.close()
            played = theatre.so_far()
            request.config.stash[COVERAGE] = measure(played.values())
            request.config.stash[SLOWEST] = sorted(
                ((ended.seconds, name) for name, ended in played.items()), reverse=True
            )


def _wanted(items: list[pytest.Item]) -> Iterator[Scenario]:
    for item in items:
        parameters = getattr(item, "callspec", None)
        if parameters is not None and isinstance(scenario := parameters.params.get("scenario"), Scenario):
            yield scenario


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of this folder."""
    for item in items:
        if "tests/machine/scenarios" in item.path.as_posix():
            item.add_marker(pytest.mark.local_aws)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Report the states and Catches that the scenarios covered."""
    coverage = config.stash.get(COVERAGE, None)
    if coverage is None:
        return
    terminalreporter.section("states and Catches, by the scenarios that covered them")
    for line in coverage.table():
        terminalreporter.write_line(line)
    slowest = ", ".join(f"{name} {seconds:.0f} s" for seconds, name in config.stash[SLOWEST][:5])
    terminalreporter.write_line(f"the longest: {slowest}")
