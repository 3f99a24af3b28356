"""State *Execute Change Set*: executes the change set that was inspected, and no other."""

from __future__ import annotations

from botocore.exceptions import ClientError

from changegate.change_sets import EXECUTION_STARTED, describe
from changegate.clients import cloudformation
from changegate.errors import RejectedError, error_code
from changegate.safety.findings import CAN_SAFELY_UPDATE
from changegate.task import TaskInput, TaskOutput, task


@task
def handler(task_input: TaskInput) -> TaskOutput:
    """Execute the change set by its ARN. Adds nothing; a retry finds the execution that the first try started.

    :raises RejectedError: when the verdict was not safe, or the change set is no longer available.
    """
    if task_input.params.get("changeSetAction") != CAN_SAFELY_UPDATE:
        raise RejectedError("The change set was not found safe, so it is not executed.")
    change_set_id = task_input.text("changeSetId")
    change_set = describe(cloudformation(), change_set_id)
    if change_set.execution_status in EXECUTION_STARTED:
        return TaskOutput()
    if change_set.execution_status != "AVAILABLE":
        raise _not_available(change_set.execution_status)
    try:
        cloudformation().execute_change_set(ChangeSetName=change_set_id, ClientRequestToken=task_input.client_token)
    except ClientError as error:
        # Between the look above and this call: another deployment of the stack, or a duplicate of this very call.
        if error_code(error) == "InvalidChangeSetStatus":
            now = describe(cloudformation(), change_set_id).execution_status
            if now in EXECUTION_STARTED:
                return TaskOutput()
            raise _not_available(now) from error
        if error_code(error) == "TokenAlreadyExistsException":
            return TaskOutput()
        raise
    return TaskOutput()


def _not_available(execution_status: str) -> RejectedError:
    return RejectedError(
        f"The change set is {execution_status}: the stack was changed since it was inspected. Nothing was changed; "
        "deploy again."
    )
