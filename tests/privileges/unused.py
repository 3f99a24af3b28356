"""What functions are allowed and no test uses, each with the reason why they are allowed it all the same."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.privileges.evaluation import Grant


@dataclass(frozen=True)
class Listed:
    """Some grants; patterns as of shells.

    :ivar functions: the functions' names without that of the environment.
    :ivar resource: the end of the resource, under the plans' names.
    """

    title: str
    functions: tuple[str, ...]
    actions: tuple[str, ...]
    resource: str
    reason: str

    def covers(self, grant: Grant) -> bool:
        """Tell whether the entry is about ``grant``."""
        return (
            any(fnmatchcase(grant.role, f"changegate-{name}") for name in self.functions)
            and any(fnmatchcase(grant.action, action) for action in self.actions)
            and grant.resource.endswith(self.resource)
        )


ALL = ("*",)

SUCCESSOR = "stack/prod-placeholder-????????/*"

UNUSED = [
    Listed(
        "logs of rare functions",
        ("delete-failed-stack", "get-stack-deletion-status", "set-stack-policy"),
        ("logs:CreateLogStream", "logs:PutLogEvents"),
        ":*",
        "Lambda writes what a function prints, with the function's role. The end-to-end tests, which alone have logs, "
        "do not come to these functions; of the others the rights are used.",
    ),
    Listed(
        "lost invocations",
        ("trigger",),
        ("sqs:SendMessage",),
        ":changegate-lost-invocations",
        "Lambda sends what it gives up, with the function's role; the local AWS of the tests has no such queue.",
    ),
    Listed(
        "change sets by their ARNs",
        ALL,
        ("cloudformation:*ChangeSet", "cloudformation:ListChangeSets"),
        "changeSet/prod-placeholder-*/*",
        "By the Service Authorization Reference, and so by the simulator, these actions are authorised on the stack. "
        "Calls name change sets by ARN, and were reported to be authorised on that "
        "(https://github.com/widdix/complete-aws-iam-reference/issues/6). No other stack's change sets have such ARNs.",
    ),
    Listed(
        "events of nested stacks",
        ("check-stack-existence", "get-stack-deletion-status"),
        ("cloudformation:DescribeStackEvents",),
        "stack/prod-placeholder-*/*",
        "The root cause of a failure is looked for in nested stacks by the same code everywhere; the scenarios have "
        "one below the creation and the update of a stack, not below these two.",
    ),
    Listed(
        "successors",
        ("check-stack-existence", "create-change-set", "create-stack", "execute-change-set"),
        ("cloudformation:*",),
        SUCCESSOR,
        "With blue/green what is done with the stack is done with its successor, by the same code. Each of these is "
        "used on some stack; not all are repeated on a successor.",
    ),
]
