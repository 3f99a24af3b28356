"""Change sets: empty, unsafe, of several pages, nested, in the way of another operation."""

from __future__ import annotations

from tests.machine.scenarios.scenario import (
    REFUSED,
    UPDATED,
    Delivery,
    Scenario,
    misconfigured,
    rejected,
    succeeds,
)
from tests.machine.scenarios.scripts import (
    CHANGE_SET_NAME,
    SDK_ATTEMPTS,
    added,
    change_sets,
    comparison,
    denied,
    empty,
    entry,
    fault,
    meanwhile,
    nested,
    removed,
    replaced,
    script,
    stack,
    updated,
)

READY = stack("UPDATE_COMPLETE")
NO_CHANGES = succeeds("Stack {stack} has no changes.")
UPDATE_STACK = succeeds("Stack {stack} was updated.")

OURS = "Changegate: arn:aws:states:eu-west-1:000000000000:execution:patient:an-old-one"
OUR_FAILED = {"name": "old-failed", "description": OURS, "status": "FAILED", "reason": "Of old."}
OUR_OBSOLETE = {"name": "old-obsolete", "description": OURS, "execution_status": "OBSOLETE"}
OUR_AVAILABLE = {"name": "old-available", "description": OURS}
FOREIGN_FAILED = {"name": "foreign", "description": "by hand", "status": "FAILED", "reason": "Of old."}

# The SDK treats it as throttling and retries by itself.
EXHAUSTED = ["CreateChangeSet!LimitExceededException"] * SDK_ATTEMPTS

# Calls of DescribeChangeSet: two during the creation (the second after a wait), then the inspection and the execution.
INSPECTION = 3
EXECUTION = 4

NOTHING_SUBMITTED = (
    "The submitted information didn't contain changes. Submit different information to create a change set."
)


def _empty(name: str, reason: str) -> Scenario:
    return Scenario(name, script(READY, empty(reason)), NO_CHANGES, REFUSED, avoids=["Inspect Change Set Changes"])


EMPTY = [
    _empty(
        "empty",
        NOTHING_SUBMITTED,
    ),
    _empty("empty-no-updates", "No updates are to be performed."),
    # Only Outputs would change: nothing to judge, but the change set is executed.
    Scenario("outputs-only", script(READY, comparison(changes=[])), UPDATE_STACK, UPDATED),
]

VERDICTS = [
    Scenario(
        "replacement",
        script(READY, comparison(updated("Topic"), replaced("Queue"))),
        rejected("Queue (AWS::SQS::Queue) would be replaced", "nothing was changed"),
        REFUSED,
    ),
    Scenario(
        "removal",
        script(READY, comparison(added("Topic"), removed("Queue"))),
        rejected("Queue (AWS::SQS::Queue) would be deleted", "nothing was changed"),
        REFUSED,
    ),
    Scenario(
        "removal-on-the-last-page",
        script(READY, comparison(*(updated(f"Queue{number}") for number in range(4)), removed("Last"), page_size=2)),
        rejected("Last (AWS::SQS::Queue) would be deleted"),
        REFUSED,
    ),
    Scenario(
        "safe-pages",
        script(READY, comparison(*(updated(f"Queue{number}") for number in range(5)), page_size=2)),
        UPDATE_STACK,
        UPDATED,
    ),
    Scenario(
        "safe-nested",
        script(READY, comparison(nested("Network"), nested={"Network": {"changes": [updated("Queue")]}})),
        UPDATE_STACK,
        UPDATED,
    ),
    Scenario(
        "removal-nested",
        script(READY, comparison(nested("Network"), nested={"Network": {"changes": [removed("Queue")]}})),
        rejected("Network/Queue (AWS::SQS::Queue) would be deleted"),
        REFUSED,
    ),
    Scenario(
        "replacement-nested-twice",
        script(
            READY,
            comparison(
                nested("Network"),
                nested={
                    "Network": {
                        "changes": [nested("Inner")],
                        "nested": {"Inner": {"changes": [updated("Topic"), replaced("Queue")]}},
                    }
                },
            ),
        ),
        rejected("Queue (AWS::SQS::Queue) would be replaced"),
        REFUSED,
    ),
]

CREATION = [
    Scenario(
        "change-set-takes-long",
        script(READY, comparison(timeline=["CREATE_PENDING", entry("CREATE_IN_PROGRESS", 30), "CREATE_COMPLETE"])),
        UPDATE_STACK,
        UPDATED,
    ),
    Scenario(
        "nested-change-set-takes-long",
        script(
            READY,
            comparison(
                nested("Network"),
                nested={"Network": {"timeline": [entry("CREATE_IN_PROGRESS", 3), "CREATE_COMPLETE"]}},
            ),
        ),
        UPDATE_STACK,
        UPDATED,
    ),
    Scenario(
        "change-set-fails",
        script(READY, comparison(timeline=["CREATE_PENDING", entry("FAILED", reason="Transform failed: no macro.")])),
        misconfigured("CloudFormation could not create the change set: Transform failed: no macro."),
        REFUSED,
    ),
    Scenario(
        "nested-change-set-fails",
        script(
            READY,
            comparison(
                nested("Network"), nested={"Network": {"timeline": [entry("FAILED", reason="Access to it is denied.")]}}
            ),
        ),
        misconfigured("of nested stack {stack}-Network-1A2B3C4D5E6F: Access to it is denied"),
        REFUSED,
    ),
    # It was created although the answer is an error: it must not remain.
    Scenario(
        "change-set-not-heard-of",
        script(READY, denied("CreateChangeSet", when="after")),
        misconfigured("A permission is missing"),
        ["CreateChangeSet+AccessDenied", "DeleteChangeSet"],
    ),
    Scenario(
        "change-set-deleted-while-created",
        script(READY, meanwhile("after", "DescribeChangeSet", 1, delete_change_sets=["*"])),
        rejected("it was deleted, alone or with its stack"),
        ["CreateChangeSet"],
    ),
    Scenario(
        "stack-deleted-while-compared",
        script(READY, meanwhile("after", "DescribeChangeSet", 1, delete_stack=True)),
        rejected("it was deleted, alone or with its stack"),
        ["CreateChangeSet"],
    ),
    Scenario(
        "change-set-limit",
        script(READY, comparison(timeline=["CREATE_PENDING"])),
        rejected("The change set of stack {stack} is still CREATE_PENDING after 90 seconds"),
        REFUSED,
        waited={"Wait Change Set Creation": 90},
        hasty=True,
    ),
]

IN_THE_WAY = [
    # The change set exists, and the answer says that its name is taken: a retry after the side effect.
    Scenario(
        "change-set-is-ours",
        script(
            READY,
            fault("CreateChangeSet", {"code": "AlreadyExistsException", "message": "It exists."}, 1, when="after"),
        ),
        UPDATE_STACK,
        ["CreateChangeSet+AlreadyExistsException", "ExecuteChangeSet"],
    ),
    Scenario(
        "change-set-is-foreign",
        script(READY, change_sets({"name": CHANGE_SET_NAME, "description": "by hand"})),
        rejected("not this deployment's"),
        ["CreateChangeSet!AlreadyExistsException"],
        delivery=Delivery.BY_HAND,
    ),
    Scenario(
        "too-many-change-sets",
        script(READY, change_sets(OUR_FAILED, OUR_OBSOLETE, OUR_AVAILABLE, FOREIGN_FAILED), {"max_change_sets": 4}),
        UPDATE_STACK,
        [*EXHAUSTED, "DeleteChangeSet", "DeleteChangeSet", *UPDATED],
    ),
    Scenario(
        "too-many-foreign-change-sets",
        script(READY, change_sets(OUR_AVAILABLE, FOREIGN_FAILED), {"max_change_sets": 2}),
        rejected("quota"),
        EXHAUSTED,
    ),
]

MEANWHILE = [
    Scenario(
        "stack-deleted-before-comparison",
        script(READY, meanwhile("before", "CreateChangeSet", delete_stack=True)),
        rejected("Another operation changed stack {stack} meanwhile"),
        ["CreateChangeSet!ValidationError"],
    ),
    Scenario(
        "stack-busy-before-comparison",
        script(READY, meanwhile("before", "CreateChangeSet", timeline=["UPDATE_IN_PROGRESS"])),
        rejected("Another operation changed stack {stack} meanwhile", "UPDATE_IN_PROGRESS"),
        ["CreateChangeSet!ValidationError"],
    ),
    Scenario(
        "change-set-deleted-before-inspection",
        script(READY, meanwhile("before", "DescribeChangeSet", INSPECTION, delete_change_sets=["*"])),
        rejected("it was deleted, alone or with its stack"),
        ["CreateChangeSet"],
    ),
    Scenario(
        "obsolete-after-inspection",
        script(READY, meanwhile("after", "DescribeChangeSet", INSPECTION, obsolete_change_sets=["*"])),
        rejected("Another operation changed stack {stack} meanwhile", "is OBSOLETE", "deploy again"),
        REFUSED,
    ),
    Scenario(
        "obsolete-before-execution",
        script(READY, meanwhile("before", "ExecuteChangeSet", obsolete_change_sets=["*"])),
        rejected("Another operation changed stack {stack} meanwhile", "is OBSOLETE", "deploy again"),
        ["CreateChangeSet", "ExecuteChangeSet!InvalidChangeSetStatus", "DeleteChangeSet"],
    ),
    Scenario(
        "change-set-deleted-before-execution",
        script(READY, meanwhile("before", "ExecuteChangeSet", delete_change_sets=["*"])),
        rejected("Another operation changed stack {stack} meanwhile", "no longer exists"),
        ["CreateChangeSet", "ExecuteChangeSet!ChangeSetNotFound"],
    ),
    Scenario(
        "stack-deleted-before-execution",
        script(READY, meanwhile("before", "ExecuteChangeSet", delete_stack=True)),
        rejected("no longer exists"),
        ["CreateChangeSet", "ExecuteChangeSet!ChangeSetNotFound"],
    ),
    Scenario(
        "stack-busy-before-execution",
        script(READY, meanwhile("before", "ExecuteChangeSet", timeline=["UPDATE_IN_PROGRESS"])),
        rejected("Another operation changed stack {stack} meanwhile", "UPDATE_IN_PROGRESS"),
        ["CreateChangeSet", "ExecuteChangeSet!ValidationError", "DeleteChangeSet"],
    ),
]

SCENARIOS = [*EMPTY, *VERDICTS, *CREATION, *IN_THE_WAY, *MEANWHILE]
