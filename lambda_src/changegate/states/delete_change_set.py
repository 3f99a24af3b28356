"""State *Delete Change Set*: deletes a change set that is empty, refused or failed."""

from __future__ import annotations

from botocore.exceptions import ClientError

from changegate.clients import cloudformation
from changegate.contract.task import TaskInput, TaskOutput, task
from changegate.errors import TransientError, error_code, error_message
from changegate.stacks import own_change_sets
from changegate.stacks.change_sets import EXECUTION_STARTED, find_execution_status, is_gone


@task
def handler(task_input: TaskInput) -> TaskOutput:
    """Delete the change set by its ARN; one that is gone already, or that was executed, is left alone.

    Where *Create Change Set* failed after CloudFormation had made it, it is known by its name and description.
    """
    client = cloudformation(task_input.deployment.target)
    change_set_id = task_input.params.get("changeSetId") or own_change_sets.find(client, task_input)
    if not isinstance(change_set_id, str):
        return TaskOutput()
    if find_execution_status(client, change_set_id) in {None, *EXECUTION_STARTED}:
        return TaskOutput()
    try:
        # A root change set takes those of its nested stacks with it (API reference, DeleteChangeSet).
        client.delete_change_set(ChangeSetName=change_set_id)
    except ClientError as error:
        if error_code(error) == "InvalidChangeSetStatus":
            # It is being created still, and cannot be deleted before that has ended (API reference, DeleteChangeSet).
            raise TransientError(error_message(error)) from error
        if not is_gone(error):
            raise
    return TaskOutput()
