"""The plans, and the simulator's evaluation of the record; both are created once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from dev.bootstrap.environments import GROUPS
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
"""The file that marks the record of a complete, successful run of a suite."""

# Roles in no plan: the one that the scenarios' state machines and pipelines share, and that of the function for their
# jobs.
NOT_OURS = {"house", "changegate-mailbox"}


def pytest_sessionstart() -> None:
    """Report in one sentence what the tests need and is missing."""
    missing = [suite for suite in DEPLOYMENTS if not (RECORDS / suite / COMPLETE).exists()]
    if missing:
        targets = " and ".join(f"make test-{suite}" for suite in missing)
        pytest.exit(f"There is no complete record of calls: run {targets} first, without ARGS.", returncode=1)
    if not (ROOT / GROUPS["simulator"][0].folder).exists():
        pytest.exit("The policy simulator is not installed: run make check-privileges.", returncode=1)


@pytest.fixture(scope="session")
def plans() -> Mapping[Kind, Plan]:
    """Return every plan, by the kind of its deployment."""
    return rendered.plans()


@pytest.fixture(scope="session")
def calls() -> list[Call]:
    """Return every recorded call of one of our roles."""
    found = [call for suite in DEPLOYMENTS for call in record.read(RECORDS / suite)]
    return [call for call in found if call.role_name not in NOT_OURS]


@pytest.fixture(scope="session")
def evaluation(calls: list[Call], plans: Mapping[Kind, Plan]) -> Evaluation:
    """Return the simulator's evaluation of the calls."""
    return evaluate(calls, plans)
