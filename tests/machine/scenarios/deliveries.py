"""Jobs that reach the trigger twice, late, or just before it dies."""

from __future__ import annotations

from tests.machine.scenarios.scenario import CREATED, REFUSED, UPDATED, Delivery, Scenario, rejected, succeeds
from tests.machine.scenarios.scripts import comparison, removed, script, stack

READY = stack("UPDATE_COMPLETE")
UPDATE_STACK = succeeds("Stack {stack} was updated.")
CREATE_STACK = succeeds("Stack {stack} was created.")

SCENARIOS = [
    Scenario("twice-created", script(), CREATE_STACK, CREATED, delivery=Delivery.TWICE),
    Scenario("twice-updated", READY, UPDATE_STACK, UPDATED, delivery=Delivery.TWICE),
    Scenario(
        "twice-refused",
        script(READY, comparison(removed("Queue"))),
        rejected("Queue (AWS::SQS::Queue) would be deleted"),
        REFUSED,
        delivery=Delivery.TWICE,
    ),
    Scenario("late-again", READY, UPDATE_STACK, UPDATED, delivery=Delivery.LATE),
    Scenario("trigger-dies", READY, UPDATE_STACK, UPDATED, delivery=Delivery.TO_A_DYING_TRIGGER),
]
