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

UNUSED = [
    Listed(
        "logs",
        ALL,
        ("logs:CreateLogStream", "logs:PutLogEvents"),
        ":*",
        "Lambda writes what a function prints, with the function's role; the function calls nothing.",
    ),
    Listed(
        "lost invocations",
        ("trigger",),
        ("sqs:SendMessage",),
        ":changegate-lost-invocations",
        "Lambda sends what it gives up, with the function's role; the local AWS has no such queue.",
    ),
]
