"""Deployments to a stack in each status."""

from __future__ import annotations

from tests.machine.scenarios.scenario import CREATED, NOTHING, UPDATED, Scenario, needs_operator, succeeds
from tests.machine.scenarios.scripts import entry, script, stack

UPDATE_STACK = succeeds("Stack {stack} was updated.")
CREATE_STACK = succeeds("Stack {stack} was created.")


def _ready(status: str) -> Scenario:
    return Scenario(_name(status), stack(status), UPDATE_STACK, UPDATED)


def _busy(status: str, then: str) -> Scenario:
    """Another operation is running for three looks and succeeds."""
    waited = {"Wait Stack Operation": 15}
    return Scenario(_name(status), stack(entry(status, 3), then), UPDATE_STACK, UPDATED, waited=waited)


def _broken(status: str, *says: str) -> Scenario:
    ends = needs_operator(f"Stack {{stack}} is in {status}", "deploy again", *says)
    return Scenario(_name(status), stack(status), ends, NOTHING)


def _name(status: str) -> str:
    return status.lower().replace("_", "-")


DELETE = "aws cloudformation delete-stack --stack-name {stack}"
CONTINUE = "aws cloudformation continue-update-rollback --stack-name {stack}"

SCENARIOS = [
    *map(
        _ready,
        [
            "CREATE_COMPLETE",
            "UPDATE_COMPLETE",
            "UPDATE_ROLLBACK_COMPLETE",
            "IMPORT_COMPLETE",
            "IMPORT_ROLLBACK_COMPLETE",
        ],
    ),
    _busy("CREATE_IN_PROGRESS", "CREATE_COMPLETE"),
    _busy("UPDATE_IN_PROGRESS", "UPDATE_COMPLETE"),
    _busy("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "UPDATE_COMPLETE"),
    _busy("UPDATE_ROLLBACK_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE"),
    _busy("UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE"),
    _busy("IMPORT_IN_PROGRESS", "IMPORT_COMPLETE"),
    _busy("IMPORT_ROLLBACK_IN_PROGRESS", "IMPORT_ROLLBACK_COMPLETE"),
    Scenario(
        "delete-in-progress",
        stack(entry("DELETE_IN_PROGRESS", 3), "DELETE_COMPLETE"),
        CREATE_STACK,
        CREATED,
        waited={"Wait Stack Operation": 15},
    ),
    Scenario(
        "rollback-in-progress",
        stack(entry("ROLLBACK_IN_PROGRESS", 3), "ROLLBACK_COMPLETE"),
        needs_operator("Stack {stack} is in ROLLBACK_COMPLETE", DELETE, "recreateFailedStack"),
        NOTHING,
        waited={"Wait Stack Operation": 15},
    ),
    Scenario("delete-complete", stack("DELETE_COMPLETE"), CREATE_STACK, CREATED),
    Scenario("review-in-progress", stack("REVIEW_IN_PROGRESS"), CREATE_STACK, UPDATED),
    _broken("ROLLBACK_COMPLETE", DELETE, "recreateFailedStack"),
    _broken("CREATE_FAILED", DELETE, "recreateFailedStack"),
    _broken("ROLLBACK_FAILED", DELETE, "--retain-resources"),
    _broken("DELETE_FAILED", DELETE, "--retain-resources"),
    _broken("UPDATE_FAILED", "aws cloudformation rollback-stack --stack-name {stack}"),
    _broken("UPDATE_ROLLBACK_FAILED", CONTINUE),
    _broken("IMPORT_ROLLBACK_FAILED", CONTINUE),
]

BY_STATUS = {scenario.name.upper().replace("-", "_"): scenario for scenario in SCENARIOS}

SCENARIOS.append(Scenario("absent", script(), CREATE_STACK, CREATED))
