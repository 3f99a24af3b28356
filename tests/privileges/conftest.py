"""The plans, and what the simulator says of the record; both are made once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from dev.bootstrap.environments import SIMULATOR
from tests.privileges import record, rendered
from tests.privileges.deployments import DEPLOYMENTS
from tests.privileges.evaluation import Evaluation, evaluate
from tests.support.checkout import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.privileges.record import Call
    from tests.privileges.rendered import Kind, Plan

RECORDS = ROOT / "build" / "calls"
COMPLETE = "complete"
"""The file that says that a suite was run whole and has passed."""

# What no plan has: the role that the scenarios' machines and pipelines share, and that of the keeper of their jobs.
NOT_OURS = {"house", "changegate-mailbox"}


def pytest_sessionstart() -> None:
    """Ask for what the tests need, in one sentence."""
    missing = [suite for suite in DEPLOYMENTS if not (RECORDS / suite / COMPLETE).exists()]
    if missing:
        targets = " and ".join(f"make test-{suite}" for suite in missing)
        pytest.exit(f"There is no record of calls to look at: run {targets} first, whole.", returncode=1)
    if not (ROOT / SIMULATOR.folder).exists():
        pytest.exit("The policy simulator is not installed: run make check-privileges.", returncode=1)


@pytest.fixture(scope="session")
def plans() -> Mapping[Kind, Plan]:
    """Every plan, by the kind of its deployment."""
    return rendered.plans()


@pytest.fixture(scope="session")
def calls() -> list[Call]:
    """Every recorded call of a role that is ours."""
    found = [call for suite in DEPLOYMENTS for call in record.read(RECORDS / suite)]
    return [call for call in found if call.role_name not in NOT_OURS]


@pytest.fixture(scope="session")
def evaluation(calls: list[Call], plans: Mapping[Kind, Plan]) -> Evaluation:
    """What the simulator says of them."""
    return evaluate(calls, plans)
