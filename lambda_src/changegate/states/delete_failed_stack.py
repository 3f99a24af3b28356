"""State *Delete Failed Stack*: deletes a stack whose creation failed, if the deployment allows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from changegate.clients import cloudformation
from changegate.contract.task import TaskInput, TaskOutput, task
from changegate.errors import NeedsOperatorError, RejectedError, error_code, error_message
from changegate.stacks.operations import DELETE_STACK
from changegate.stacks.refusals import changed_meanwhile, is_changed_meanwhile
from changegate.stacks.requests import deployment_role_arn
from changegate.stacks.stack import exists, find_stack
from changegate.stacks.statuses import Phase
from changegate.wording import quote

if TYPE_CHECKING:
    from changegate.stacks.stack import Stack


@task
def handler(task_input: TaskInput) -> TaskOutput:
    """Start the deletion of the stack by its ARN and add ``wait``. A retry finds the deletion of the first try.

    The stack is checked once more: only one whose creation failed is deleted. Termination protection is never lifted.

    :raises RejectedError: when the deployment does not allow it, or the stack was changed meanwhile.
    :raises NeedsOperatorError: when the stack must not or cannot be deleted.
    """
    wait = task_input.waiting.begin()
    deployment = task_input.deployment
    client = cloudformation(deployment.target)
    stack = find_stack(client, task_input.params["stackId"])
    if not exists(stack) or stack.phase is Phase.BUSY:
        return TaskOutput({"wait": wait})
    _check(stack, is_allowed=deployment.recreate_failed_stack)
    try:
        client.delete_stack(
            StackName=stack.stack_id,
            RoleARN=deployment_role_arn(deployment.settings),
            ClientRequestToken=task_input.client_token(DELETE_STACK),
        )
    except ClientError as error:
        if is_changed_meanwhile(error):
            raise changed_meanwhile(stack.name, quote(error_message(error))) from error
        if error_code(error) == "ValidationError":
            raise NeedsOperatorError(
                f"Stack {stack.name} is in {stack.status} and CloudFormation refuses to delete it: "
                f"{quote(error_message(error))}. Delete it, then deploy again. This deployment changed nothing."
            ) from error
        raise
    return TaskOutput({"wait": wait})


def _check(stack: Stack, *, is_allowed: bool) -> None:
    if stack.phase is not Phase.FAILED_CREATION or not is_allowed:
        raise RejectedError(
            f"Stack {stack.name} is in {stack.status}: only a stack whose creation failed is deleted, and only with "
            "recreateFailedStack. Nothing was changed; deploy again."
        )
    if stack.termination_protection:
        raise NeedsOperatorError(
            f"Stack {stack.name} is in {stack.status} and protected from deletion. Run `aws cloudformation "
            f"update-termination-protection --no-enable-termination-protection --stack-name {stack.name}`, then deploy "
            "again. This deployment changed nothing."
        )
