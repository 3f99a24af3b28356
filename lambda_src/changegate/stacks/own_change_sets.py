"""How the change sets of deployments are named and known, and how useless ones of them are cleaned up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from botocore.exceptions import ClientError

from changegate.stacks.change_sets import is_gone

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudformation.type_defs import ChangeSetSummaryTypeDef

    from changegate.contract.task import TaskInput

OPERATION: Final = "CreateChangeSet"

# CreateChangeSet, API reference: ChangeSetName has 128 characters at most.
_MAX_NAME: Final = 128
_TOKEN_CHARACTERS: Final = 12
_MARK: Final = "Changegate: "


def name_of(task_input: TaskInput) -> str:
    """Return the name of the execution's change set: the stack's, and what tells executions apart."""
    token = task_input.client_token(OPERATION)[-_TOKEN_CHARACTERS:]
    return f"{task_input.stack_name[: _MAX_NAME - len(token) - 1].rstrip('-')}-{token}"


def description_of(task_input: TaskInput) -> str:
    """Return the description that says whose a change set is."""
    return f"{_MARK}{task_input.execution_id}"


def find(cloudformation: CloudFormationClient, task_input: TaskInput) -> str | None:
    """Return the ARN of the execution's change set, or ``None`` where there is none or it is another's."""
    try:
        found = cloudformation.describe_change_set(ChangeSetName=name_of(task_input), StackName=task_input.stack_name)
    except ClientError as error:
        if is_gone(error):
            return None
        raise
    return found["ChangeSetId"] if found.get("Description") == description_of(task_input) else None


def delete_useless(cloudformation: CloudFormationClient, stack_name: str) -> int:
    """Delete those of the stack's change sets that a deployment made and nobody can execute any more; count them.

    One that failed holds nothing to execute; one that is OBSOLETE was made before the stack was updated. Those of
    nested stacks go with their root.
    """
    pages = cloudformation.get_paginator("list_change_sets").paginate(StackName=stack_name)
    useless = [summary["ChangeSetId"] for page in pages for summary in page["Summaries"] if _is_useless(summary)]
    return sum(_delete(cloudformation, change_set_id) for change_set_id in useless)


def _is_useless(summary: ChangeSetSummaryTypeDef) -> bool:
    is_ours = summary.get("Description", "").startswith(_MARK) and not summary.get("ParentChangeSetId")
    return is_ours and (summary.get("Status") == "FAILED" or summary.get("ExecutionStatus") == "OBSOLETE")


def _delete(cloudformation: CloudFormationClient, change_set_id: str) -> bool:
    try:
        cloudformation.delete_change_set(ChangeSetName=change_set_id)
    except ClientError as error:
        if is_gone(error):
            return False
        raise
    return True
