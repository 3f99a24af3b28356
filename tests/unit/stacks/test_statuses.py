from __future__ import annotations

import re

import boto3
import pytest

from changegate.stacks.explanations import Explanation
from changegate.stacks.statuses import (
    PHASES,
    OperationOutcome,
    Phase,
    UnknownStackStatusError,
    outcome_of,
    phase_of,
    way_out,
)
from tests.support.checkout import ROOT

MODEL_STATUSES = (
    boto3.client("cloudformation", region_name="eu-west-1").meta.service_model.shape_for("StackStatus").enum  # type: ignore[attr-defined]
)


@pytest.mark.parametrize("status", MODEL_STATUSES)
def test_every_status_of_the_installed_api_model_is_known(status: str) -> None:
    assert phase_of(status) in Phase
    assert outcome_of(status) in OperationOutcome


def test_no_status_is_listed_that_the_api_model_does_not_have() -> None:
    assert set(PHASES) == set(MODEL_STATUSES)


@pytest.mark.parametrize("status", MODEL_STATUSES)
def test_every_status_in_progress_is_waited_for(status: str) -> None:
    if status == "REVIEW_IN_PROGRESS":
        assert phase_of(status) is Phase.IN_REVIEW
    else:
        assert (phase_of(status) is Phase.BUSY) == status.endswith("_IN_PROGRESS")


@pytest.mark.parametrize(
    ("phase", "statuses"),
    [
        (
            Phase.READY,
            {
                "CREATE_COMPLETE",
                "UPDATE_COMPLETE",
                "UPDATE_ROLLBACK_COMPLETE",
                "IMPORT_COMPLETE",
                "IMPORT_ROLLBACK_COMPLETE",
            },
        ),
        (Phase.FAILED_CREATION, {"ROLLBACK_COMPLETE", "CREATE_FAILED"}),
        (
            Phase.BROKEN,
            {"ROLLBACK_FAILED", "DELETE_FAILED", "UPDATE_FAILED", "UPDATE_ROLLBACK_FAILED", "IMPORT_ROLLBACK_FAILED"},
        ),
        (Phase.ABSENT, {"DELETE_COMPLETE"}),
        (Phase.IN_REVIEW, {"REVIEW_IN_PROGRESS"}),
    ],
)
def test_the_phases_are_the_contracts(phase: Phase, statuses: set[str]) -> None:
    assert {status for status, its_phase in PHASES.items() if its_phase is phase} == statuses


@pytest.mark.parametrize("status", MODEL_STATUSES)
def test_only_the_three_complete_statuses_are_a_success(status: str) -> None:
    succeeded = outcome_of(status) is OperationOutcome.COMPLETE
    assert succeeded == (status in {"CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE"})


def test_a_rolled_back_update_is_stable_and_not_a_success() -> None:
    assert outcome_of("UPDATE_ROLLBACK_COMPLETE") is OperationOutcome.ROLLED_BACK
    assert outcome_of("ROLLBACK_COMPLETE") is OperationOutcome.NEEDS_OPERATOR
    assert outcome_of("UPDATE_ROLLBACK_FAILED") is OperationOutcome.NEEDS_OPERATOR


def test_an_unknown_status_raises() -> None:
    with pytest.raises(UnknownStackStatusError, match="SIDEWAYS"):
        phase_of("SIDEWAYS")
    with pytest.raises(UnknownStackStatusError, match="SIDEWAYS"):
        outcome_of("SIDEWAYS")


@pytest.mark.parametrize("status", [s for s in MODEL_STATUSES if PHASES[s] in {Phase.BROKEN, Phase.FAILED_CREATION}])
def test_every_status_that_stops_a_deployment_has_its_own_way_out(status: str) -> None:
    explanation = Explanation(cause="Queue failed", resource="Queue", resource_to_skip="prod-app-Inner.Queue")
    sentence = way_out("prod-app", status, explanation)
    assert sentence.startswith(f"Stack prod-app is in {status} because Queue failed. ")
    assert "--stack-name prod-app" in sentence
    assert "{" not in sentence


def test_the_resource_in_the_way_is_named_as_the_command_takes_it() -> None:
    explanation = Explanation(resource="Inner", resource_to_skip="prod-app-Inner.Queue")
    assert "--resources-to-skip prod-app-Inner.Queue`" in way_out("prod-app", "UPDATE_ROLLBACK_FAILED", explanation)
    assert "--retain-resources Inner`" in way_out("prod-app", "DELETE_FAILED", explanation)
    assert "--retain-resources LOGICAL_ID`" in way_out("prod-app", "DELETE_FAILED", Explanation())


def test_the_reference_has_each_status_once() -> None:
    page = (ROOT / "docs/reference/messages.md").read_text()
    table = page.partition("## What each status of a stack leads to")[2].partition("\nThe message has")[0]
    first_column = "".join(line.split("|")[1] for line in table.splitlines() if line.startswith("|"))
    assert sorted(re.findall(r"`([A-Z_]+)`", first_column)) == sorted(MODEL_STATUSES)
