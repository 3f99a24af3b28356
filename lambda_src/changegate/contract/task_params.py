"""``taskParams``: every field of the state machine's data, its type, who sets it and who reads it.

The execution's input gives the first fields; each task state adds its own. mypy checks the uses of the fields, a test
compares ``set_by`` and ``read_by`` with the code and the definition, and ``docs/concepts.md`` has the table.
:mod:`changegate.contract.parsing` checks the values.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Final, Literal, TypedDict

from changegate.contract.field import Field, fields_of
from changegate.json_types import Json  # noqa: TC001  # the types of fields are read at run time
from changegate.stacks.operations import Progress  # noqa: TC001
from changegate.stacks.statuses import Phase  # noqa: TC001

# API reference: CreateStack (Capabilities, NotificationARNs), RollbackConfiguration, RollbackTrigger.
_CAPABILITY: Final = "CAPABILITY_IAM|CAPABILITY_NAMED_IAM|CAPABILITY_AUTO_EXPAND"
_TOPIC_ARN: Final = r"arn:[a-z-]+:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_.-]+"
_MAX_TOPICS: Final = 5
_MAX_TRIGGERS: Final = 5
_MAX_MONITORING_MINUTES: Final = 180
_ROLE_ARN: Final = r"arn:[a-z-]+:iam::[0-9]{12}:role/[\w+=,.@/-]+"
# API reference, AssumeRole: ExternalId.
_EXTERNAL_ID: Final = r"[\w+=,.@:/-]{2,1224}"
_REGION: Final = r"[a-z]{2,4}(-[a-z]+)+-[0-9]+"

_INPUT: Final = ("input",)
_DEPLOYMENT: Final = ("contract.deployment",)
_BOTH: Final = (*_DEPLOYMENT, "contract.parsing")
_SUMMARY: Final = "pipeline.executions"


class OnUnsafeUpdate(StrEnum):
    """What happens to an update that would delete or replace something."""

    REJECT = "reject"
    """The deployment fails."""
    BLUE_GREEN = "blue_green"
    """The stack stays as it is; the revision is deployed to a stack with another name, its successor."""


class TargetParams(TypedDict, total=False):
    """``target``: where the stack is, if not in the account and region of the state machine."""

    roleArn: Annotated[str, Field("the role to assume", _INPUT, _DEPLOYMENT, pattern=_ROLE_ARN)]
    externalId: Annotated[str, Field("its external ID", _INPUT, _DEPLOYMENT, pattern=_EXTERNAL_ID)]
    region: Annotated[str, Field("the stack's region", _INPUT, _DEPLOYMENT, pattern=_REGION)]


class RollbackTriggerParams(TypedDict):
    """An alarm that makes CloudFormation roll back."""

    arn: Annotated[str, Field("the alarm", pattern=r"arn:.*")]
    type: Literal["AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm"]


class RollbackConfigurationParams(TypedDict, total=False):
    """``rollbackConfiguration``, as CreateStack and CreateChangeSet take it."""

    monitoringTimeInMinutes: Annotated[int, Field("how long", minimum=0, maximum=_MAX_MONITORING_MINUTES)]
    rollbackTriggers: Annotated[list[RollbackTriggerParams], Field("the alarms", maximum=_MAX_TRIGGERS)]


# "for" is a keyword of Python.
WaitParams = TypedDict("WaitParams", {"for": str, "seconds": int, "total": int})
"""``wait``: the Wait state, the seconds of its next wait, and the seconds in all with that one."""


class TaskParams(TypedDict, total=False):
    """The fields of ``taskParams``."""

    environmentName: Annotated[
        str, Field("the prefix of the stack's name", _INPUT, ("contract.parsing", _SUMMARY), required=True)
    ]
    stackName: Annotated[
        str,
        Field(
            "the stack's name without the prefix",
            _INPUT,
            ("contract.parsing", "contract.task", _SUMMARY),
            required=True,
        ),
    ]
    templatePath: Annotated[str, Field("the template in the revision", _INPUT, _DEPLOYMENT, required=True)]
    templateConfigurationPath: Annotated[str, Field("the template configuration in the revision", _INPUT, _DEPLOYMENT)]
    parameters: Annotated[dict[str, str], Field("parameters of the template", _INPUT, _DEPLOYMENT)]
    tags: Annotated[dict[str, str], Field("tags of the stack", _INPUT, _DEPLOYMENT)]
    capabilities: Annotated[
        list[str],
        Field(
            "capabilities that are acknowledged",
            _INPUT,
            _DEPLOYMENT,
            pattern=_CAPABILITY,
            maximum=3,
            expected=f"a list of at most 3 of {_CAPABILITY.replace('|', ', ')}",
        ),
    ]
    roleArn: Annotated[str, Field("the role of CloudFormation", _INPUT, _BOTH, pattern=_ROLE_ARN)]
    notificationArns: Annotated[
        list[str],
        Field(
            "topics for the stack's events",
            _INPUT,
            _DEPLOYMENT,
            pattern=_TOPIC_ARN,
            maximum=_MAX_TOPICS,
            expected=f"a list of at most {_MAX_TOPICS} ARNs of SNS topics",
        ),
    ]
    rollbackConfiguration: Annotated[
        RollbackConfigurationParams,
        Field(
            "alarms that roll the stack back",
            _INPUT,
            _DEPLOYMENT,
            expected=(
                f"an object of monitoringTimeInMinutes, an integer from 0 to {_MAX_MONITORING_MINUTES}, and "
                f"rollbackTriggers, at most {_MAX_TRIGGERS} objects of an arn and a type (AWS::CloudWatch::Alarm or "
                "AWS::CloudWatch::CompositeAlarm)"
            ),
        ),
    ]
    terminationProtection: Annotated[bool, Field("whether a new stack is protected from deletion", _INPUT, _DEPLOYMENT)]
    recreateFailedStack: Annotated[
        bool, Field("whether a stack whose creation failed is deleted and created again", _INPUT, _DEPLOYMENT)
    ]
    onUnsafeUpdate: Annotated[OnUnsafeUpdate, Field("what happens to an unsafe update", _INPUT, _BOTH)]
    target: Annotated[TargetParams, Field("the stack's account and region", _INPUT, _BOTH)]

    revisionS3Bucket: Annotated[
        str, Field("the bucket of the revision", ("pipeline.executions",), _DEPLOYMENT, required=True)
    ]
    revisionS3Key: Annotated[
        str, Field("the key of the revision", ("pipeline.executions",), _DEPLOYMENT, required=True)
    ]

    doesStackExist: Annotated[
        bool, Field("whether there is a stack", ("states.check_stack_existence",), ("definition", _SUMMARY))
    ]
    deployedStackName: Annotated[
        str, Field("the stack, or its successor", ("states.check_stack_existence",), ("definition",))
    ]
    stackPhase: Annotated[
        Phase,
        Field(
            "what the stack's status means",
            ("states.check_stack_existence",),
            ("definition", "states.create_change_set", "states.execute_change_set", _SUMMARY),
        ),
    ]
    stackId: Annotated[
        str,
        Field(
            "the stack's ARN",
            ("states.check_stack_existence", "states.create_change_set", "states.create_stack"),
            (
                "states.create_change_set",
                "states.delete_failed_stack",
                "states.execute_change_set",
                "states.get_change_set_execution_status",
                "states.get_stack_creation_status",
                "states.get_stack_deletion_status",
                "states.set_stack_policy",
            ),
        ),
    ]
    stackStatus: Annotated[
        str, Field("the stack's status, for people", ("contract.progress", "states.check_stack_existence"))
    ]
    wait: Annotated[
        WaitParams,
        Field(
            "the next wait",
            (
                "contract.progress",
                "states.check_stack_existence",
                "states.create_change_set",
                "states.create_stack",
                "states.delete_failed_stack",
                "states.execute_change_set",
                "states.get_change_set_creation_status",
            ),
            ("contract.waiting", "definition"),
        ),
    ]
    stackDeletionStatus: Annotated[
        Progress,
        Field("how the deletion stands", ("states.get_stack_deletion_status",), ("definition", _SUMMARY)),
    ]
    stackCreationStatus: Annotated[
        Progress, Field("how the creation stands", ("states.get_stack_creation_status",), ("definition",))
    ]

    changeSetName: Annotated[
        str,
        Field("the change set's name, for people", ("states.check_stack_existence", "states.create_change_set")),
    ]
    changeSetId: Annotated[
        str,
        Field(
            "the change set's ARN",
            ("states.check_stack_existence", "states.create_change_set"),
            (
                "states.delete_change_set",
                "states.execute_change_set",
                "states.get_change_set_creation_status",
                "states.get_change_set_execution_status",
                "states.inspect_change_set_changes",
            ),
        ),
    ]
    templateFingerprint: Annotated[
        str,
        Field("what tells revisions apart", ("states.create_change_set",), ("states.inspect_change_set_changes",)),
    ]
    stackPolicy: Annotated[
        str,
        Field(
            "the stack policy of the template configuration",
            ("states.create_change_set",),
            ("definition", "states.set_stack_policy"),
        ),
    ]
    changeSetCreationStatus: Annotated[
        Progress,
        Field("how the change set's creation stands", ("states.get_change_set_creation_status",), ("definition",)),
    ]
    changeSetEmpty: Annotated[
        bool,
        Field(
            "whether there is nothing to change",
            ("states.check_stack_existence", "states.get_change_set_creation_status"),
            (_SUMMARY,),
        ),
    ]
    changeSetAction: Annotated[
        str,
        Field(
            "the verdict",
            ("states.inspect_change_set_changes",),
            ("definition", "states.execute_change_set"),
            # Anything but the safe one refuses.
            pattern=r".*",
        ),
    ]
    verdict: Annotated[
        dict[str, Json],
        Field("the verdict's counts and first findings, for people", ("states.inspect_change_set_changes",)),
    ]
    successorStackName: Annotated[
        str,
        Field(
            "the stack's successor (blue/green)",
            ("states.inspect_change_set_changes",),
            ("contract.task", "definition", _SUMMARY),
        ),
    ]
    unsafeUpdate: Annotated[str, Field("why there is a successor", ("states.inspect_change_set_changes",), (_SUMMARY,))]
    changeSetExecutionStatus: Annotated[
        Progress, Field("how the update stands", ("states.get_change_set_execution_status",), ("definition",))
    ]


FIELDS: Final = fields_of(TaskParams)
