"""Failures in CloudFormation, in the input or for lack of a permission, and their messages."""

from __future__ import annotations

from typing import Any

from tests.machine.scenarios.scenario import (
    CREATED,
    NOTHING,
    REFUSED,
    UPDATED,
    End,
    Scenario,
    breaks,
    misconfigured,
    needs_operator,
    rejected,
    rolled_back,
    succeeds,
)
from tests.machine.scenarios.scripts import (
    Entry,
    comparison,
    creation,
    deletion,
    denied,
    empty,
    entry,
    event,
    execution,
    fault,
    meanwhile,
    removed,
    script,
    stack,
)

READY = stack("UPDATE_COMPLETE")
QUEUE = {"LogicalResourceId": "Queue", "ResourceType": "AWS::SQS::Queue", "ResourceStatus": "CREATE_COMPLETE"}
ABSENT = script()
RECREATE = {"recreateFailedStack": True}
RECREATED = ("DeleteStack", "CreateStack")
ALWAYS_EMPTY = empty("No updates are to be performed.")

# One resource fails, CloudFormation cancels the others, and the event of the stack summarizes.
CANCELLED = event("Topic", "UPDATE_FAILED", "Resource update cancelled", "AWS::SNS::Topic")
QUEUE_FAILED = event("Queue", "UPDATE_FAILED", "Value 99 for parameter DelaySeconds is invalid.")
SUMMED_UP = "The following resource(s) failed to update: [Queue, Topic]. "
TOPIC_NOT_CREATED = event("Topic", "CREATE_FAILED", "Resource creation cancelled", "AWS::SNS::Topic")
QUEUE_NOT_CREATED = event("Queue", "CREATE_FAILED", "orders already exists.")
NOT_CREATED = "The following resource(s) failed to create: [Queue, Topic]. "

ROLLING_BACK = entry("UPDATE_ROLLBACK_IN_PROGRESS", reason=SUMMED_UP, events=[QUEUE_FAILED, CANCELLED])
BUCKET_NOT_DELETED = event("Bucket", "DELETE_FAILED", "It is not empty.", "AWS::S3::Bucket")
CREATION_ROLLING_BACK = entry("ROLLBACK_IN_PROGRESS", reason=NOT_CREATED, events=[QUEUE_NOT_CREATED, TOPIC_NOT_CREATED])

NESTED_FAILED: dict[str, Any] = {
    "nested": {
        "{stack}-Network-1A2B3C4D5E6F": {"status": "UPDATE_ROLLBACK_COMPLETE", "events": [QUEUE_FAILED, CANCELLED]}
    },
    "events": [
        event(
            "Network",
            "UPDATE_FAILED",
            "Embedded stack {stack_id:{stack}-Network-1A2B3C4D5E6F} was not successfully updated.",
            "AWS::CloudFormation::Stack",
            PhysicalResourceId="{stack_id:{stack}-Network-1A2B3C4D5E6F}",
        )
    ],
}


def _update(name: str, *timeline: Entry, end: End, **members: Any) -> Scenario:
    return Scenario(name, script(READY, execution("UPDATE_IN_PROGRESS", *timeline, **members)), end, UPDATED)


def _creation(name: str, *timeline: Entry, end: End, **told: Any) -> Scenario:
    return Scenario(name, creation("CREATE_IN_PROGRESS", *timeline), end, CREATED, told=told)


UPDATES = [
    _update(
        "update-rolls-back",
        ROLLING_BACK,
        "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
        "UPDATE_ROLLBACK_COMPLETE",
        end=rolled_back(
            "CloudFormation rolled back stack {stack}",
            "Queue (AWS::SQS::Queue) is UPDATE_FAILED: Value 99 for parameter DelaySeconds is invalid",
            "The stack is as it was before",
        ),
    ),
    _update(
        "nested-update-rolls-back",
        entry("UPDATE_ROLLBACK_IN_PROGRESS", **NESTED_FAILED),
        "UPDATE_ROLLBACK_COMPLETE",
        end=rolled_back(
            "in nested stack Network, Queue (AWS::SQS::Queue) is UPDATE_FAILED",
            "Value 99 for parameter DelaySeconds is invalid",
        ),
    ),
    _update(
        "update-rollback-fails",
        ROLLING_BACK,
        entry(
            "UPDATE_ROLLBACK_FAILED",
            events=[event("Policy", "UPDATE_FAILED", "Topic orders does not exist.", "AWS::SNS::TopicPolicy")],
        ),
        end=needs_operator(
            "Stack {stack} is in UPDATE_ROLLBACK_FAILED because Policy (AWS::SNS::TopicPolicy) is UPDATE_FAILED",
            "Value 99 for parameter DelaySeconds is invalid",
            "aws cloudformation continue-update-rollback --stack-name {stack}",
            "--resources-to-skip Policy",
        ),
    ),
    _update(
        "update-fails",
        entry("UPDATE_FAILED", events=[QUEUE_FAILED]),
        end=needs_operator(
            "Stack {stack} is in UPDATE_FAILED because Queue",
            "aws cloudformation rollback-stack --stack-name {stack}",
        ),
    ),
    _update(
        "alarm-rolls-back",
        entry("UPDATE_ROLLBACK_IN_PROGRESS", reason="Alarm Errors went to state ALARM"),
        "UPDATE_ROLLBACK_COMPLETE",
        end=rolled_back("CloudFormation rolled back stack {stack}", "Alarm Errors went to state ALARM"),
    ),
    Scenario(
        "execution-fails",
        script(READY, execution(execution=["EXECUTE_IN_PROGRESS", "EXECUTE_FAILED"])),
        rolled_back("EXECUTE_FAILED"),
        UPDATED,
    ),
    Scenario(
        "stack-deleted-while-updated",
        script(READY, execution("UPDATE_IN_PROGRESS"), meanwhile("after", "ExecuteChangeSet", delete_stack=True)),
        needs_operator("was deleted during its deployment"),
        UPDATED,
    ),
    # The status before the update must not be taken for its end.
    Scenario(
        "update-begins-late",
        script(
            READY,
            execution(
                entry("UPDATE_COMPLETE", 2),
                entry("UPDATE_IN_PROGRESS", 2),
                "UPDATE_COMPLETE",
                execution=[entry("EXECUTE_IN_PROGRESS", 5), "EXECUTE_COMPLETE"],
            ),
        ),
        succeeds("Stack {stack} was updated."),
        UPDATED,
    ),
]

CREATIONS = [
    _creation(
        "creation-rolls-back",
        CREATION_ROLLING_BACK,
        "ROLLBACK_COMPLETE",
        end=needs_operator(
            "Stack {stack} is in ROLLBACK_COMPLETE because Queue (AWS::SQS::Queue) is CREATE_FAILED",
            "orders already exists",
            "aws cloudformation delete-stack --stack-name {stack}",
        ),
    ),
    _creation(
        "creation-fails",
        entry("CREATE_FAILED", events=[QUEUE_NOT_CREATED]),
        end=needs_operator("Stack {stack} is in CREATE_FAILED because Queue", "orders already exists"),
    ),
    _creation(
        "creation-rollback-fails",
        CREATION_ROLLING_BACK,
        entry("ROLLBACK_FAILED", events=[BUCKET_NOT_DELETED]),
        end=needs_operator(
            "Stack {stack} is in ROLLBACK_FAILED because Bucket (AWS::S3::Bucket) is DELETE_FAILED: It is not empty",
            "aws cloudformation delete-stack --stack-name {stack}",
        ),
    ),
    _creation(
        "creation-rolls-back-recreatable",
        CREATION_ROLLING_BACK,
        "ROLLBACK_COMPLETE",
        end=rolled_back(
            "The creation of stack {stack} failed because Queue", "the next deployment deletes the stack, which is in"
        ),
        **RECREATE,
    ),
    Scenario(
        "stack-created-meanwhile",
        meanwhile("before", "CreateStack", create_stack={"status": "CREATE_IN_PROGRESS"}),
        rejected("Another operation created stack {stack} meanwhile"),
        ["CreateStack!AlreadyExistsException"],
    ),
    Scenario(
        "stack-deleted-while-created",
        script(creation("CREATE_IN_PROGRESS"), meanwhile("after", "CreateStack", delete_stack=True)),
        needs_operator("was deleted during its deployment"),
        CREATED,
    ),
    Scenario(
        "review-with-resources",
        stack(entry("REVIEW_IN_PROGRESS", resources=[QUEUE])),
        needs_operator("Stack {stack} is in REVIEW_IN_PROGRESS, yet it has resources"),
        NOTHING,
    ),
    Scenario(
        "review-unsafe",
        script(stack("REVIEW_IN_PROGRESS"), comparison(removed("Queue"))),
        rejected("Queue (AWS::SQS::Queue) would be deleted"),
        REFUSED,
        sent={"CreateChangeSet": {"ChangeSetType": "CREATE"}},
    ),
]

RECREATIONS = [
    Scenario(
        "recreate-after-rollback",
        stack("ROLLBACK_COMPLETE"),
        succeeds("Stack {stack} was deleted, because its creation had failed, and created again."),
        RECREATED,
        told=RECREATE,
    ),
    Scenario(
        "recreate-after-failure",
        script(stack("CREATE_FAILED"), deletion("CREATE_FAILED", entry("DELETE_IN_PROGRESS", 3), "DELETE_COMPLETE")),
        succeeds("created again"),
        RECREATED,
        told=RECREATE,
    ),
    Scenario(
        "recreate-fails-again",
        script(stack("ROLLBACK_COMPLETE"), creation("CREATE_IN_PROGRESS", CREATION_ROLLING_BACK, "ROLLBACK_COMPLETE")),
        rolled_back("The creation of stack {stack} failed because Queue", "orders already exists"),
        RECREATED,
        told=RECREATE,
    ),
    Scenario(
        "recreate-when-rolled-back",
        stack(entry("ROLLBACK_IN_PROGRESS", 2), "ROLLBACK_COMPLETE"),
        succeeds("created again"),
        RECREATED,
        told=RECREATE,
        waited={"Wait Stack Operation": 10},
    ),
    Scenario(
        "deletion-fails",
        script(
            stack("CREATE_FAILED"),
            deletion(
                "DELETE_IN_PROGRESS",
                entry("DELETE_FAILED", events=[BUCKET_NOT_DELETED]),
            ),
        ),
        needs_operator(
            "Stack {stack} is in DELETE_FAILED because Bucket (AWS::S3::Bucket) is DELETE_FAILED: It is not empty",
            "--retain-resources Bucket",
        ),
        ["DeleteStack"],
        told=RECREATE,
    ),
    Scenario(
        "failed-stack-protected",
        stack("ROLLBACK_COMPLETE", termination_protection=True),
        needs_operator("Stack {stack} is in ROLLBACK_COMPLETE and protected from deletion", "nothing"),
        NOTHING,
        told=RECREATE,
    ),
    Scenario(
        "failed-stack-protected-meanwhile",
        script(stack("ROLLBACK_COMPLETE"), meanwhile("before", "DeleteStack", termination_protection=True)),
        needs_operator("CloudFormation refuses to delete it", "nothing"),
        ["DeleteStack!ValidationError"],
        told=RECREATE,
    ),
    Scenario(
        "failed-stack-deleted-meanwhile",
        script(stack("ROLLBACK_COMPLETE"), meanwhile("after", "DescribeStacks", 1, delete_stack=True)),
        succeeds("Stack {stack} was"),
        CREATED,
        told=RECREATE,
    ),
    Scenario(
        "failed-stack-fixed-meanwhile",
        script(stack("ROLLBACK_COMPLETE"), meanwhile("after", "DescribeStacks", 1, timeline=["UPDATE_COMPLETE"])),
        rejected("Stack {stack} is in UPDATE_COMPLETE"),
        NOTHING,
        told=RECREATE,
    ),
]

LIMITS = [
    Scenario(
        "busy-limit",
        stack("UPDATE_IN_PROGRESS"),
        rejected("Stack {stack} is still UPDATE_IN_PROGRESS after 120 seconds", "changed nothing"),
        NOTHING,
        waited={"Wait Stack Operation": 120},
        hasty=True,
    ),
    Scenario(
        "creation-limit",
        creation("CREATE_IN_PROGRESS"),
        needs_operator("Stack {stack} is still CREATE_IN_PROGRESS after 150 seconds"),
        CREATED,
        waited={"Wait Stack Creation": 150},
        hasty=True,
    ),
    Scenario(
        "execution-limit",
        script(READY, execution("UPDATE_IN_PROGRESS")),
        needs_operator("Stack {stack} is still UPDATE_IN_PROGRESS after 150 seconds"),
        UPDATED,
        waited={"Wait Change Set Execution": 150},
        hasty=True,
    ),
    Scenario(
        "deletion-limit",
        script(stack("ROLLBACK_COMPLETE"), deletion("DELETE_IN_PROGRESS")),
        needs_operator("Stack {stack} is still DELETE_IN_PROGRESS after 150 seconds"),
        ["DeleteStack"],
        told=RECREATE,
        waited={"Wait Stack Deletion": 150},
        hasty=True,
    ),
]

INVALID = {"code": "ValidationError", "message": "Template format error: unresolved resource dependencies [Topic]"}
NOT_CAPABLE = {"code": "InsufficientCapabilitiesException", "message": "Requires capabilities : [CAPABILITY_IAM]"}

CONFIGURATION = [
    Scenario(
        "template-invalid-at-creation",
        fault("CreateStack", INVALID),
        misconfigured("infra/template.yaml", "unresolved resource dependencies [Topic]"),
        ["CreateStack!ValidationError"],
    ),
    Scenario(
        "template-invalid-at-update",
        script(READY, fault("CreateChangeSet", INVALID)),
        misconfigured("infra/template.yaml", "unresolved resource dependencies [Topic]"),
        ["CreateChangeSet!ValidationError"],
    ),
    Scenario(
        "not-capable-at-creation",
        fault("CreateStack", NOT_CAPABLE),
        misconfigured("CAPABILITY_IAM", "'capabilities'"),
        ["CreateStack!InsufficientCapabilitiesException"],
    ),
    Scenario(
        "not-capable-at-update",
        script(READY, fault("CreateChangeSet", NOT_CAPABLE)),
        misconfigured("CAPABILITY_IAM", "'capabilities'"),
        ["CreateChangeSet!InsufficientCapabilitiesException"],
    ),
    Scenario(
        "template-missing",
        READY,
        misconfigured("The revision has no file 'nowhere.yaml'", "templatePath"),
        NOTHING,
        told={"templatePath": "nowhere.yaml"},
    ),
    Scenario(
        "configuration-missing",
        ABSENT,
        misconfigured("The revision has no file 'nowhere.json'", "templateConfigurationPath"),
        NOTHING,
        told={"templateConfigurationPath": "nowhere.json"},
    ),
    Scenario(
        "input-wrong",
        ABSENT,
        misconfigured("'onUnsafeUpdate'"),
        NOTHING,
        told={"onUnsafeUpdate": "hope"},
    ),
    Scenario(
        "unknown-status",
        stack("UPDATE_PAUSED"),
        breaks("UnknownStackStatusError", "UPDATE_PAUSED"),
        NOTHING,
    ),
    # Only the exact error "does not exist" means that the stack does not exist.
    Scenario(
        "strange-answer",
        fault("DescribeStacks", {"code": "ValidationError", "message": "Stack name is not what it was"}),
        breaks("ClientError", "Stack name is not what it was"),
        NOTHING,
    ),
    # CodePipeline accepts 5,000 characters.
    Scenario(
        "long-message",
        script(READY, comparison(timeline=["CREATE_PENDING", entry("FAILED", reason="Too long. " * 2_000)])),
        misconfigured("Too long. Too long."),
        REFUSED,
    ),
]

PERMISSION = misconfigured("A permission is missing")

PERMISSIONS = [
    Scenario("denied-check", script(READY, denied("DescribeStacks")), PERMISSION, NOTHING),
    Scenario("denied-creation", denied("CreateStack"), PERMISSION, ["CreateStack!AccessDenied"]),
    Scenario("denied-creation-status", denied("DescribeStacks", 2), PERMISSION, CREATED),
    Scenario(
        "denied-deletion",
        script(stack("ROLLBACK_COMPLETE"), denied("DeleteStack")),
        PERMISSION,
        ["DeleteStack!AccessDenied"],
        told=RECREATE,
    ),
    Scenario(
        "denied-deletion-status",
        script(stack("ROLLBACK_COMPLETE"), denied("DescribeStacks", 3)),
        PERMISSION,
        ["DeleteStack"],
        told=RECREATE,
    ),
    Scenario(
        "denied-change-set",
        script(READY, denied("CreateChangeSet")),
        PERMISSION,
        ["CreateChangeSet!AccessDenied"],
    ),
    Scenario("denied-change-set-status", script(READY, denied("DescribeChangeSet", 1)), PERMISSION, REFUSED),
    Scenario("denied-inspection", script(READY, denied("DescribeChangeSet", 3)), PERMISSION, REFUSED),
    Scenario(
        "denied-execution",
        script(READY, denied("ExecuteChangeSet")),
        PERMISSION,
        ["CreateChangeSet", "ExecuteChangeSet!AccessDenied", "DeleteChangeSet"],
    ),
    Scenario("denied-execution-status", script(READY, denied("DescribeChangeSet", 5)), PERMISSION, UPDATED),
    Scenario(
        "denied-deletion-of-an-empty-change-set",
        script(READY, ALWAYS_EMPTY, denied("DeleteChangeSet")),
        PERMISSION,
        ["CreateChangeSet", "DeleteChangeSet!AccessDenied"],
        leaves=["FAILED/UNAVAILABLE"],
    ),
    # The message must be about the first failure.
    Scenario(
        "denied-deletion-of-a-refused-change-set",
        script(READY, comparison(removed("Queue")), denied("DeleteChangeSet")),
        rejected("Queue (AWS::SQS::Queue) would be deleted"),
        ["CreateChangeSet", "DeleteChangeSet!AccessDenied"],
        leaves=["CREATE_COMPLETE/AVAILABLE"],
    ),
]

SCENARIOS = [*UPDATES, *CREATIONS, *RECREATIONS, *LIMITS, *CONFIGURATION, *PERMISSIONS]
