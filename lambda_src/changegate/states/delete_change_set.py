"""State *Delete Change Set*: deletes a change set that is empty, refused or failed."""

from __future__ import annotations

from botocore.exceptions import ClientError

from changegate.clients import cloudformation
from changegate.contract.task import TaskInput, TaskOutput, task
from changegate.errors import TransientError, error_code, error_message
from changegate.stacks.change_sets import EXECUTION_STARTED, delete, find_execution_status


@task
def handler(task_input: TaskInput) -> TaskOutput:
    """Delete the change set by its ARN, unless it no longer exists or was executed. Add nothing.

    If *Create Change Set* failed after CloudFormation created the change set, find it by its name and description.
    """
    client = cloudformation(task_input.deployment.target)
    change_set_id = task_input.params.get("changeSetId") or task_input.own_change_set.find(client)
    if change_set_id is None or find_execution_status(client, change_set_id) in {None, *EXECUTION_STARTED}:
        return TaskOutput()
    try:
        delete(client, change_set_id)
    except ClientError as error:
        if error_code(error) == "InvalidChangeSetStatus":
            # It is still being created, and cannot be deleted before that has ended (API reference, DeleteChangeSet).
            raise TransientError(error_message(error)) from error
        raise
    return TaskOutput()
