"""The permissions of functions that no test uses, each with a reason."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.privileges.evaluation import Grant


@dataclass(frozen=True)
class Listed:
    """Some grants, as shell patterns.

    :ivar functions: the names of the functions without that of the environment.
    :ivar resource: the end of the resource, with the names of the plans.
    """

    title: str
    functions: tuple[str, ...]
    actions: tuple[str, ...]
    resource: str
    reason: str

    def covers(self, grant: Grant) -> bool:
        """Return whether the entry covers ``grant``."""
        return (
            any(fnmatchcase(grant.role, f"changegate-{name}") for name in self.functions)
            and any(fnmatchcase(grant.action, action) for action in self.actions)
            and grant.resource.endswith(self.resource)
        )


ALL = ("*",)

SUCCESSOR = "stack/prod-placeholder-????????/*"
NESTED = "stack/prod-placeholder-Network-*/*"
NESTED_IN_SUCCESSOR = "stack/prod-placeholder-????????-Network-*/*"

BY_ARN = (
    "According to the Service Authorization Reference, and so the simulator, these actions are authorised on the "
    "stack. A report says that a call which names a change set by ARN is authorised on that ARN "
    "(https://github.com/widdix/complete-aws-iam-reference/issues/6). No other state machine's change sets have such "
    "ARNs."
)

UNUSED = [
    Listed(
        "logs of rare functions",
        ("delete-failed-stack", "get-stack-deletion-status", "set-stack-policy"),
        ("logs:CreateLogStream", "logs:PutLogEvents"),
        ":*",
        "Lambda writes the logs of a function with the function's role. Only the end-to-end tests have logs, and they "
        "do not invoke these functions; the other functions use the permissions.",
    ),
    Listed(
        "lost invocations",
        ("trigger",),
        ("sqs:SendMessage",),
        ":changegate-lost-invocations",
        "Lambda sends failed invocations to the queue with the function's role; the local AWS has no such queue.",
    ),
    *(
        Listed(
            title,
            ALL,
            ("cloudformation:*ChangeSet", "cloudformation:ListChangeSets"),
            end,
            BY_ARN,
        )
        for title, end in {
            "change sets by their ARNs": "????????????/*",
            "change sets of nested stacks by their ARNs": "????????????-*/*",
        }.items()
    ),
    Listed(
        "tags of change sets of nested stacks",
        ("create-change-set",),
        ("cloudformation:TagResource",),
        "????????????-*/*",
        BY_ARN,
    ),
    Listed(
        "events of nested stacks",
        ("check-stack-existence", "get-stack-creation-status", "get-stack-deletion-status"),
        ("cloudformation:DescribeStackEvents",),
        NESTED,
        "The same code finds the root cause of every failure in nested stacks; the scenarios have such a cause for the "
        "update of a stack, but not for these.",
    ),
    Listed(
        "change sets on nested stacks",
        ("create-change-set", "delete-change-set", "execute-change-set", "get-change-set-execution-status"),
        ("cloudformation:*ChangeSet", "cloudformation:TagResource"),
        NESTED,
        "CloudFormation creates, executes and deletes the change sets of nested stacks with that of the root. It is "
        "not documented whether it does so with the permissions of the caller.",
    ),
    Listed(
        "nested stacks of successors",
        ALL,
        ("cloudformation:*",),
        NESTED_IN_SUCCESSOR,
        "The scenarios have nested stacks, and successors, but no successor with nested stacks.",
    ),
    Listed(
        "successors",
        (
            "check-stack-existence",
            "create-change-set",
            "create-stack",
            "execute-change-set",
            "get-change-set-execution-status",
            "get-stack-deletion-status",
        ),
        ("cloudformation:*",),
        SUCCESSOR,
        "With blue/green, the same code deploys the stack and its successor. The scenarios use each permission on a "
        "stack, but not each on a successor.",
    ),
]
