"""Calls that are throttled, fail temporarily or are answered too late: retried, and performed once."""

from __future__ import annotations

from tests.machine.scenarios import revision
from tests.machine.scenarios.scenario import CREATED, UPDATED, Scenario, breaks, rejected, succeeds
from tests.machine.scenarios.scripts import (
    BROKEN,
    SDK_ATTEMPTS,
    THROTTLING,
    UNAVAILABLE,
    Script,
    comparison,
    fault,
    removed,
    script,
    stack,
)

READY = stack("UPDATE_COMPLETE")
RECREATE = {"recreateFailedStack": True}
CREATE_STACK = succeeds("Stack {stack} was created.")
UPDATE_STACK = succeeds("Stack {stack} was updated.")
CREATE_AGAIN = succeeds("created again")

TOO_EARLY = {"code": "InvalidChangeSetStatus", "message": "The change set is in CREATE_IN_PROGRESS."}

TRANSIENT = "Changegate.Transient"
TIMED_OUT = "Sandbox.Timedout"

# Longer than the timeout of a function with side effects on the hasty machine.
TOO_LATE = 20


def throttled(operation: str) -> Script:
    """Throttle a call so often that the function gives up and the machine retries."""
    return fault(operation, THROTTLING, *range(1, SDK_ATTEMPTS + 1))


def broken(operation: str) -> Script:
    """Fail as often with service errors, the last of them after the effect."""
    return script(
        fault(operation, UNAVAILABLE, 1, 2),
        fault(operation, BROKEN, 3, when="after"),
    )


def too_late(operation: str) -> Script:
    """Perform the call, but answer after the function has timed out."""
    return fault(operation, None, 1, when="after", delay=TOO_LATE)


def refused(operation: str) -> list[str]:
    """Return the effects of a throttled operation before it succeeds."""
    return [f"{operation}!Throttling"] * SDK_ATTEMPTS


def repeated(operation: str) -> list[str]:
    """Return the effects of a broken operation: performed once, then the same answer again."""
    return [*[f"{operation}!ServiceUnavailable"] * 2, f"{operation}+InternalFailure", f"{operation}="]


SCENARIOS = [
    Scenario(
        "throttled-once",
        script(READY, fault("CreateChangeSet", THROTTLING, 1), fault("ExecuteChangeSet", THROTTLING, 1)),
        UPDATE_STACK,
        ["CreateChangeSet!Throttling", "CreateChangeSet", "ExecuteChangeSet!Throttling", "ExecuteChangeSet"],
    ),
    Scenario(
        "throttled-creation",
        script(throttled("DescribeStacks"), throttled("CreateStack")),
        CREATE_STACK,
        [*refused("CreateStack"), *CREATED],
        retried=[("Check Stack Existence", TRANSIENT), ("Create Stack", TRANSIENT)],
    ),
    Scenario(
        "throttled-update",
        script(READY, throttled("CreateChangeSet"), throttled("DescribeChangeSet"), throttled("ExecuteChangeSet")),
        UPDATE_STACK,
        [*refused("CreateChangeSet"), "CreateChangeSet", *refused("ExecuteChangeSet"), "ExecuteChangeSet"],
        retried=[
            ("Create Change Set", TRANSIENT),
            ("Get Change Set Creation Status", TRANSIENT),
            ("Execute Change Set", TRANSIENT),
        ],
    ),
    Scenario(
        "throttled-deletion",
        script(stack("CREATE_FAILED"), throttled("DeleteStack")),
        CREATE_AGAIN,
        [*refused("DeleteStack"), "DeleteStack", "CreateStack"],
        told=RECREATE,
        retried=[("Delete Failed Stack", TRANSIENT)],
    ),
    Scenario(
        "throttled-deletion-of-a-change-set",
        script(READY, comparison(removed("Queue")), throttled("DeleteChangeSet")),
        rejected("would be deleted"),
        ["CreateChangeSet", *refused("DeleteChangeSet"), "DeleteChangeSet"],
        retried=[("Delete Change Set", TRANSIENT)],
    ),
    # It is still being created and cannot be deleted yet.
    Scenario(
        "deletion-of-a-change-set-too-early",
        script(READY, comparison(removed("Queue")), fault("DeleteChangeSet", TOO_EARLY, 1)),
        rejected("would be deleted"),
        ["CreateChangeSet", "DeleteChangeSet!InvalidChangeSetStatus", "DeleteChangeSet"],
        retried=[("Delete Change Set", TRANSIENT)],
    ),
    Scenario(
        "throttled-policy",
        script(READY, throttled("SetStackPolicy")),
        UPDATE_STACK,
        [*UPDATED, *refused("SetStackPolicy"), "SetStackPolicy"],
        told={"templateConfigurationPath": revision.CONFIGURATION_PATH},
        retried=[("Set Stack Policy", TRANSIENT)],
    ),
    Scenario(
        "throttled-for-ever",
        script(READY, fault("CreateChangeSet", THROTTLING)),
        breaks(TRANSIENT, "Rate exceeded"),
        ["CreateChangeSet!Throttling"] * (SDK_ATTEMPTS * 7),
        retried=[("Create Change Set", TRANSIENT)] * 6,
    ),
    Scenario(
        "broken-creation",
        broken("CreateStack"),
        CREATE_STACK,
        repeated("CreateStack"),
        retried=[("Create Stack", TRANSIENT)],
    ),
    Scenario(
        "broken-change-set",
        script(READY, broken("CreateChangeSet")),
        UPDATE_STACK,
        [*repeated("CreateChangeSet"), "ExecuteChangeSet"],
        retried=[("Create Change Set", TRANSIENT)],
    ),
    # The retry finds the started execution and starts none.
    Scenario(
        "broken-execution",
        script(READY, broken("ExecuteChangeSet")),
        UPDATE_STACK,
        ["CreateChangeSet", *repeated("ExecuteChangeSet")[:-1]],
        retried=[("Execute Change Set", TRANSIENT)],
    ),
    Scenario(
        "broken-deletion",
        script(stack("ROLLBACK_COMPLETE"), broken("DeleteStack")),
        CREATE_AGAIN,
        [*repeated("DeleteStack")[:-1], "CreateStack"],
        told=RECREATE,
        retried=[("Delete Failed Stack", TRANSIENT)],
    ),
    Scenario(
        "late-creation",
        too_late("CreateStack"),
        CREATE_STACK,
        ["CreateStack", "CreateStack="],
        retried=[("Create Stack", TIMED_OUT)],
        hasty=True,
    ),
    Scenario(
        "late-change-set",
        script(READY, too_late("CreateChangeSet")),
        UPDATE_STACK,
        ["CreateChangeSet", "CreateChangeSet=", "ExecuteChangeSet"],
        retried=[("Create Change Set", TIMED_OUT)],
        hasty=True,
    ),
    Scenario(
        "late-execution",
        script(READY, too_late("ExecuteChangeSet")),
        UPDATE_STACK,
        UPDATED,
        retried=[("Execute Change Set", TIMED_OUT)],
        hasty=True,
    ),
    Scenario(
        "late-deletion",
        script(stack("ROLLBACK_COMPLETE"), too_late("DeleteStack")),
        CREATE_AGAIN,
        ["DeleteStack", "CreateStack"],
        told=RECREATE,
        retried=[("Delete Failed Stack", TIMED_OUT)],
        hasty=True,
    ),
]
