"""State *Execute Change Set*: executes the change set that was inspected, and no other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from changegate.clients import cloudformation
from changegate.contract.task import TaskInput, TaskOutput, task
from changegate.errors import RejectedError, error_code, error_message
from changegate.safety.findings import CAN_SAFELY_UPDATE
from changegate.stacks.change_sets import EXECUTION_STARTED, find_execution_status
from changegate.stacks.operations import EXECUTE_CHANGE_SET
from changegate.stacks.refusals import changed_meanwhile, is_change_set_gone, is_changed_meanwhile
from changegate.stacks.stack import find_stack, has_operation
from changegate.stacks.statuses import Phase
from changegate.wording import quote

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient


@task
def handler(task_input: TaskInput) -> TaskOutput:
    """Execute the change set by its ARN and add ``wait``. A retry finds the execution of the first try.

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
    """Protect a stack that its change set creates, as CreateStack does for others.

    A stack accepts this in every status but the two of its deletion (CloudFormation User Guide, "Protecting a stack
    from being deleted").
    """
    is_new = task_input.params.get("stackPhase") == Phase.IN_REVIEW
    if is_new and task_input.deployment.termination_protection:
        client.update_termination_protection(StackName=task_input.params["stackId"], EnableTerminationProtection=True)


def _execute(client: CloudFormationClient, task_input: TaskInput) -> None:
    try:
        client.execute_change_set(
            ChangeSetName=task_input.params["changeSetId"],
            ClientRequestToken=task_input.client_token(EXECUTE_CHANGE_SET),
        )
    except ClientError as error:
        # Between the check and this call: another deployment of the stack, or a duplicate of this call.
        if error_code(error) == "TokenAlreadyExistsException":
            return
        if error_code(error) == "InvalidChangeSetStatus" or is_change_set_gone(error):
            if not _is_available(client, task_input):
                return
        elif not is_changed_meanwhile(error):
            raise
        raise changed_meanwhile(task_input.stack_name, quote(error_message(error))) from error


def _is_available(client: CloudFormationClient, task_input: TaskInput) -> bool:
    """Return whether the change set can be executed; it cannot if its execution was started.

    :raises RejectedError: when it can neither be executed nor was.
    """
    status = find_execution_status(client, task_input.params["changeSetId"])
    if status == "AVAILABLE":
        return True
    if status in EXECUTION_STARTED:
        return False
    if status is None and _was_executed(client, task_input):
        return False
    state = "no longer exists" if status is None else f"is {status}"
    raise changed_meanwhile(task_input.stack_name, f"the change set that was inspected {state}")


def _was_executed(client: CloudFormationClient, task_input: TaskInput) -> bool:
    """Return whether this deployment executed a change set that no longer exists.

    When an execution has ended, CloudFormation deletes all change sets of the stack (API reference, ExecuteChangeSet).
    """
    stack = find_stack(client, task_input.params["stackId"])
    return stack is not None and has_operation(client, stack.stack_id, task_input.client_token(EXECUTE_CHANGE_SET))
