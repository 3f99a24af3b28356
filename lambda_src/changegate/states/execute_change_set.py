"""State *Execute Change Set*: executes the change set that was inspected, and no other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from changegate.clients import cloudformation
from changegate.contract.task import TaskInput, TaskOutput, task
from changegate.errors import RejectedError, error_code, error_message
from changegate.safety.findings import CAN_SAFELY_UPDATE
from changegate.stacks.change_sets import EXECUTION_STARTED, find_execution_status, is_gone
from changegate.stacks.requests import changed_meanwhile, is_changed_meanwhile
from changegate.stacks.stack import find_stack, has_operation
from changegate.stacks.statuses import Phase
from changegate.wording import quote

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient

OPERATION = "ExecuteChangeSet"


@task
def handler(task_input: TaskInput) -> TaskOutput:
    """Execute the change set by its ARN and add ``wait``. A retry finds the execution that the first try started.

    :raises RejectedError: when the verdict was not safe, or the change set is no longer available.
    """
    if task_input.params.get("changeSetAction") != CAN_SAFELY_UPDATE:
        raise RejectedError("The change set was not found safe, so it is not executed.")
    wait = task_input.waiting.begin()
    client = cloudformation(task_input.deployment.target)
    if _is_available(client, task_input):
        _protect(client, task_input)
        _execute(client, task_input)
    return TaskOutput({"wait": wait})


def _protect(client: CloudFormationClient, task_input: TaskInput) -> None:
    """Give a stack that its change set creates the protection that CreateStack gives to others.

    A stack takes it in every status but the two of its deletion (CloudFormation User Guide, "Protecting a stack from
    being deleted").
    """
    is_new = task_input.params.get("stackPhase") == Phase.IN_REVIEW
    if is_new and task_input.deployment.termination_protection:
        client.update_termination_protection(StackName=task_input.text("stackId"), EnableTerminationProtection=True)


def _execute(client: CloudFormationClient, task_input: TaskInput) -> None:
    try:
        client.execute_change_set(
            ChangeSetName=task_input.text("changeSetId"), ClientRequestToken=task_input.client_token(OPERATION)
        )
    except ClientError as error:
        # Between the look and this call: another deployment of the stack, or a duplicate of this very call.
        if error_code(error) == "TokenAlreadyExistsException":
            return
        if error_code(error) == "InvalidChangeSetStatus" or is_gone(error):
            if not _is_available(client, task_input):
                return
        elif not is_changed_meanwhile(error):
            raise
        raise changed_meanwhile(task_input.stack_name, quote(error_message(error))) from error


def _is_available(client: CloudFormationClient, task_input: TaskInput) -> bool:
    """Tell whether the change set can be executed; it cannot when its execution has been started.

    :raises RejectedError: when it can neither be executed nor has been.
    """
    status = find_execution_status(client, task_input.text("changeSetId"))
    if status == "AVAILABLE":
        return True
    if status in EXECUTION_STARTED:
        return False
    if status is None and _was_executed(client, task_input):
        return False
    state = "gone" if status is None else status
    raise changed_meanwhile(task_input.stack_name, f"the change set that was inspected is {state}")


def _was_executed(client: CloudFormationClient, task_input: TaskInput) -> bool:
    """Tell whether this deployment executed a change set that is gone.

    When an execution has ended, CloudFormation deletes all change sets of the stack (API reference, ExecuteChangeSet).
    """
    stack = find_stack(client, task_input.text("stackId"))
    return stack is not None and has_operation(client, stack.stack_id, task_input.client_token(OPERATION))
