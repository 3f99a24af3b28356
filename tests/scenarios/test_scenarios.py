"""Every status of a stack and every bad day, through the whole machine: from a pipeline's job to its answer.

The pipeline, the trigger, the definition and the functions are the real ones, CloudFormation plays a script, and only
time is left out. The scenarios are in the modules that :data:`SCENARIOS` is made of.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import botocore.session
import pytest

from tests.scenarios import blue_green, change_sets, deliveries, failures, options, retries, statuses
from tests.scenarios.checks import check
from tests.scenarios.coverage import measure

if TYPE_CHECKING:
    from tests.scenarios.conftest import Theatre
    from tests.scenarios.scenario import Scenario

SCENARIOS = [
    *statuses.SCENARIOS,
    *change_sets.SCENARIOS,
    *failures.SCENARIOS,
    *retries.SCENARIOS,
    *options.SCENARIOS,
    *blue_green.SCENARIOS,
    *deliveries.SCENARIOS,
]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: str(scenario.name))
def test_scenario(theatre: Theatre, scenario: Scenario) -> None:
    check(scenario, theatre.ended(scenario))


def test_every_status_of_the_api_model_has_a_scenario() -> None:
    service: Any = botocore.session.get_session().get_service_model("cloudformation")
    values = set(service.shape_for("StackStatus").enum)
    assert set(statuses.BY_STATUS) == values
    assert len(values) == 23


def test_every_scenario_has_a_name_of_its_own() -> None:
    assert [name for name, times in Counter(scenario.name for scenario in SCENARIOS).items() if times > 1] == []


def test_every_state_and_every_catch_is_gone_through(theatre: Theatre) -> None:
    assert measure(theatre.ended(scenario) for scenario in SCENARIOS).missing == []


def test_every_pipeline_started_one_execution_at_most(theatre: Theatre) -> None:
    arns = {theatre.ended(scenario).answer.execution_arn for scenario in SCENARIOS} - {""}
    client = theatre.stage.aws.client("stepfunctions")
    started = {
        execution["executionArn"]
        for machine in (theatre.stage.patient, theatre.stage.hasty)
        for page in client.get_paginator("list_executions").paginate(stateMachineArn=machine.arn)
        for execution in page["executions"]
    }
    assert started == arns
