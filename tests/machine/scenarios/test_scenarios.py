"""Every stack status and every failure, through the whole machine: from a pipeline's job to its result.

The pipeline, the trigger, the definition and the functions are the real ones. CloudFormation replays a script, and
waits take no time. The scenarios are in the modules of :data:`SCENARIOS`.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import botocore.session
import pytest

from tests.machine.scenarios import blue_green, change_sets, deliveries, failures, options, retries, statuses
from tests.machine.scenarios.checks import check
from tests.machine.scenarios.coverage import measure
from tests.machine.scenarios.world import ROLE

if TYPE_CHECKING:
    from tests.machine.scenarios.conftest import Theatre
    from tests.machine.scenarios.scenario import Scenario

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


def test_every_scenario_has_its_own_name() -> None:
    assert [name for name, times in Counter(scenario.name for scenario in SCENARIOS).items() if times > 1] == []


def test_every_state_and_every_catch_is_covered(theatre: Theatre) -> None:
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


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        ({"Error": "States.Timeout"}, "No cause was given; the execution history shows which state failed."),
        ({"Error": "Changegate.Rejected", "Cause": "Queue would be replaced."}, "Queue would be replaced."),
    ],
)
def test_a_failure_without_a_cause_gets_one(theatre: Theatre, error: dict[str, str], cause: str) -> None:
    # Tested separately, because the interpreter always gives a cause; Step Functions does not (States.Timeout).
    client = theatre.stage.aws.client("stepfunctions")
    states = json.loads(theatre.stage.patient.definition.text)["States"]
    given: dict[str, Any] = {"taskParams": {}, "error": error}
    for name in ("Record Failure", "Complete Failure"):
        tested = client.test_state(definition=json.dumps(states[name]), roleArn=ROLE, input=json.dumps(given))
        assert tested["status"] == "SUCCEEDED", tested
        given = json.loads(tested["output"])
    assert given["failure"]["error"] == {"Error": error["Error"], "Cause": cause}
