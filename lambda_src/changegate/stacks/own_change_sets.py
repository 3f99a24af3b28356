"""The change sets that deployments create: how they are named and recognised, and how useless ones are deleted."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from botocore.exceptions import ClientError

from changegate.stacks.change_sets import delete
from changegate.stacks.refusals import is_change_set_gone

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudformation.type_defs import ChangeSetSummaryTypeDef

# API reference, CreateChangeSet: ChangeSetName has at most 128 characters.
_MAX_NAME: Final = 128
_MARK_CHARACTERS: Final = 8
_TOKEN_CHARACTERS: Final = 12
_DESCRIPTION: Final = "Changegate: "


@dataclass(frozen=True, slots=True)
class OwnChangeSet:
    """The change set of one execution of the state machine on one stack, before it has an ARN."""

    stack_name: str
    execution_id: str
    client_token: str
    """The ClientToken of its CreateChangeSet."""

    @property
    def name(self) -> str:
        """The stack's name, and what tells state machines and executions apart.

        The mark of the state machine is the beginning of the SHA-256 of its executions' ARNs without their names.
        modules/iam/stacks.tf has the same: the functions have rights to change sets with the mark, of whatever stack.
        """
        machine = self.execution_id.rpartition(":")[0]
        mark = hashlib.sha256(machine.encode()).hexdigest()[:_MARK_CHARACTERS]
        suffix = f"-{mark}{self.client_token[-_TOKEN_CHARACTERS:]}"
        return f"{self.stack_name[: _MAX_NAME - len(suffix)].rstrip('-')}{suffix}"

    @property
    def description(self) -> str:
        """The description, which names the execution."""
        return f"{_DESCRIPTION}{self.execution_id}"

    def find(self, cloudformation: CloudFormationClient) -> str | None:
        """Return its ARN, or ``None`` if there is none, or the change set of the name is another's."""
        try:
            found = cloudformation.describe_change_set(ChangeSetName=self.name, StackName=self.stack_name)
        except ClientError as error:
            if is_change_set_gone(error):
                return None
            raise
        return found["ChangeSetId"] if found.get("Description") == self.description else None


def delete_useless(cloudformation: CloudFormationClient, stack_name: str) -> int:
    """Delete the stack's change sets that a deployment created and nobody can execute; return how many there were.

    A failed one holds nothing to execute; an OBSOLETE one was created before the stack was updated. Those of nested
    stacks are deleted with their root.
    """
    pages = cloudformation.get_paginator("list_change_sets").paginate(StackName=stack_name)
    useless = [summary["ChangeSetId"] for page in pages for summary in page["Summaries"] if _is_useless(summary)]
    return sum(delete(cloudformation, change_set_id) for change_set_id in useless)


def _is_useless(summary: ChangeSetSummaryTypeDef) -> bool:
    is_own = summary.get("Description", "").startswith(_DESCRIPTION) and not summary.get("ParentChangeSetId")
    return is_own and (summary.get("Status") == "FAILED" or summary.get("ExecutionStatus") == "OBSOLETE")
