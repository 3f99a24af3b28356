"""Blue/green: an unsafe update deploys a successor of the stack instead."""

from __future__ import annotations

from tests.machine.scenarios import revision
from tests.machine.scenarios.scenario import (
    CREATED,
    REFUSED,
    UPDATED,
    Scenario,
    misconfigured,
    needs_operator,
    rejected,
    succeeds,
)
from tests.machine.scenarios.scripts import (
    comparison,
    creation,
    denied,
    empty,
    entry,
    event,
    removed,
    replaced,
    script,
    stack,
    updated,
)

BLUE_GREEN = {"onUnsafeUpdate": "blue_green"}
READY = stack("UPDATE_COMPLETE")
UNSAFE = script(READY, comparison(replaced("Queue")))
UNTOUCHED = "It is the successor of stack {stack}, which is untouched, because Queue"

SCENARIOS = [
    Scenario(
        "successor",
        UNSAFE,
        succeeds("Stack {successor} was created.", UNTOUCHED),
        [*REFUSED, *CREATED],
        told=BLUE_GREEN,
        successor=script(),
        sent={"CreateStack": {"StackName": "{successor}"}},
    ),
    Scenario(
        "successor-with-options",
        UNSAFE,
        succeeds("Stack {successor} was created.", UNTOUCHED),
        [*REFUSED, *CREATED],
        told={**BLUE_GREEN, "parameters": {"Size": "large", "Colour": "blue"}, "terminationProtection": True},
        successor=script(),
        sent={
            "CreateStack": {
                "StackName": "{successor}",
                "Parameters": [
                    {"ParameterKey": "Colour", "ParameterValue": "blue"},
                    {"ParameterKey": "Size", "ParameterValue": "large"},
                ],
                "EnableTerminationProtection": True,
            }
        },
    ),
    # The same revision again: still unsafe for the old stack, already deployed to the successor.
    Scenario(
        "successor-again",
        UNSAFE,
        succeeds("Stack {successor} has no changes.", UNTOUCHED),
        [*REFUSED, *REFUSED],
        told=BLUE_GREEN,
        successor=script(stack("CREATE_COMPLETE"), empty("No updates are to be performed.")),
    ),
    Scenario(
        "successor-updated",
        UNSAFE,
        succeeds("Stack {successor} was updated.", UNTOUCHED),
        [*REFUSED, *UPDATED],
        told=BLUE_GREEN,
        successor=script(stack("CREATE_COMPLETE"), comparison(updated("Queue"))),
    ),
    Scenario(
        "successor-unsafe",
        UNSAFE,
        rejected("Topic (AWS::SQS::Queue) would be deleted"),
        [*REFUSED, *REFUSED],
        told=BLUE_GREEN,
        successor=script(stack("CREATE_COMPLETE"), comparison(removed("Topic"))),
    ),
    Scenario(
        "successor-change-set-not-heard-of",
        UNSAFE,
        misconfigured("A permission is missing"),
        [*REFUSED, "CreateChangeSet+AccessDenied", "DeleteChangeSet"],
        told=BLUE_GREEN,
        successor=script(stack("CREATE_COMPLETE"), denied("CreateChangeSet", when="after")),
    ),
    Scenario(
        "successor-busy",
        UNSAFE,
        succeeds("Stack {successor} was updated."),
        [*REFUSED, *UPDATED],
        told=BLUE_GREEN,
        successor=stack(entry("UPDATE_IN_PROGRESS", 2), "UPDATE_COMPLETE"),
        waited={"Wait Stack Operation": 10},
    ),
    Scenario(
        "both-busy",
        script(stack(entry("UPDATE_IN_PROGRESS", 3), "UPDATE_COMPLETE"), comparison(replaced("Queue"))),
        succeeds("Stack {successor} was updated."),
        [*REFUSED, *UPDATED],
        told=BLUE_GREEN,
        successor=stack(entry("UPDATE_IN_PROGRESS", 2), "UPDATE_COMPLETE"),
        waited={"Wait Stack Operation": 25},
    ),
    Scenario(
        "successor-fails",
        UNSAFE,
        needs_operator("Stack {successor} is in ROLLBACK_COMPLETE because Queue"),
        [*REFUSED, *CREATED],
        told=BLUE_GREEN,
        successor=creation(
            "CREATE_IN_PROGRESS",
            entry("ROLLBACK_IN_PROGRESS", events=[event("Queue", "CREATE_FAILED", "orders already exists.")]),
            "ROLLBACK_COMPLETE",
        ),
    ),
    Scenario(
        "successor-recreated",
        UNSAFE,
        succeeds("Stack {successor} was deleted, because its creation had failed, and created again.", UNTOUCHED),
        [*REFUSED, "DeleteStack", *CREATED],
        told={**BLUE_GREEN, "recreateFailedStack": True},
        successor=stack("ROLLBACK_COMPLETE"),
    ),
    Scenario(
        "successor-with-policy",
        UNSAFE,
        succeeds("Stack {successor} was updated."),
        [*REFUSED, *UPDATED, "SetStackPolicy"],
        told={**BLUE_GREEN, "templateConfigurationPath": revision.CONFIGURATION_PATH},
        successor=stack("CREATE_COMPLETE"),
    ),
    # Nothing is unsafe: an ordinary update.
    Scenario(
        "blue-green-safe",
        READY,
        succeeds("Stack {stack} was updated."),
        UPDATED,
        told=BLUE_GREEN,
        successor=script(),
    ),
    Scenario(
        "blue-green-first-creation",
        script(),
        succeeds("Stack {stack} was created."),
        CREATED,
        told=BLUE_GREEN,
        successor=script(),
    ),
    # A change set that remained on the old stack would be a trap, so there is no successor.
    Scenario(
        "blue-green-denied-deletion",
        script(UNSAFE, denied("DeleteChangeSet")),
        misconfigured("A permission is missing"),
        ["CreateChangeSet", "DeleteChangeSet!AccessDenied"],
        told=BLUE_GREEN,
        successor=script(),
        leaves=["CREATE_COMPLETE/AVAILABLE"],
    ),
]
