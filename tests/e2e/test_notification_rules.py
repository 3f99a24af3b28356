"""What the rules of notifications match, as the local AWS's EventBridge decides it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from dev.checks.policies.plans import plan_with_everything

if TYPE_CHECKING:
    from changegate_cli.local.installation import Installation

EXECUTION = "arn:aws:states:eu-west-1:111122223333:execution:changegate-deploy:1234"

# Of actions: events in the form of the CodePipeline User Guide, "Monitoring CodePipeline events".
EVENTS = {
    "an action without an answer": ({"state": "FAILED"}, "Invoke", {}, "not_started"),
    "an input that the trigger refuses": (
        {"state": "FAILED"},
        "Invoke",
        {"external-execution-summary": "Changegate.Misconfigured: The object does not exist."},
        "not_started",
    ),
    "an action with Lambda's id": (
        {"state": "FAILED"},
        "Invoke",
        {"external-execution-id": "b0a5f4c2-0000-4000-8000-000000000000"},
        "not_started",
    ),
    "an execution that failed, of which Step Functions tells": (
        {"state": "FAILED"},
        "Invoke",
        {"external-execution-id": EXECUTION},
        None,
    ),
    "an action that succeeded": ({"state": "SUCCEEDED"}, "Invoke", {}, None),
    "a source that failed": ({"state": "FAILED"}, "Source", {}, "source_failed"),
    "an approval that waits": ({"state": "STARTED"}, "Approval", {}, "approval_waiting"),
    "another engine's source that failed": ({"state": "FAILED", "pipeline": "orders_other"}, "Source", {}, None),
}


@pytest.fixture(scope="module")
def patterns() -> dict[str, str]:
    """Return the pattern of each outcome's rule."""
    return {
        change["index"]: change["change"]["after"]["event_pattern"]
        for change in plan_with_everything()["resource_changes"]
        if change["address"].startswith("module.notifications[0].aws_cloudwatch_event_rule.outcome[")
    }


@pytest.mark.parametrize("name", EVENTS)
def test_an_event_of_a_pipeline_is_told_once(local_run: Installation, patterns: dict[str, str], name: str) -> None:
    given, category, result, outcome = EVENTS[name]
    detail: dict[str, Any] = {"pipeline": "orders_changegate", **given, "type": {"category": category}}
    if result:
        detail["execution-result"] = result
    event = {
        "id": "1",
        "account": "111122223333",
        "source": "aws.codepipeline",
        "time": "2026-01-01T00:00:00Z",
        "region": "eu-west-1",
        "resources": [],
        "detail-type": "CodePipeline Action Execution State Change",
        "detail": detail,
    }
    events = local_run.aws.client("events")
    matching = [
        outcome
        for outcome, pattern in patterns.items()
        if events.test_event_pattern(EventPattern=pattern, Event=json.dumps(event))["Result"]
    ]
    assert matching == ([outcome] if outcome else [])
