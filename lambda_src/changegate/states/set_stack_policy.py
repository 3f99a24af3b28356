"""State *Set Stack Policy*: gives an updated stack the stack policy of the revision's template configuration."""

from __future__ import annotations

from botocore.exceptions import ClientError

from changegate.clients import cloudformation
from changegate.contract.task import TaskInput, TaskOutput, task
from changegate.errors import MisconfiguredError, error_code, error_message
from changegate.wording import quote


@task
def handler(task_input: TaskInput) -> TaskOutput:
    """Set the policy by the stack's ARN and add nothing. A retry sets the same policy again.

    :raises MisconfiguredError: when CloudFormation refuses the policy.
    """
    try:
        cloudformation(task_input.deployment.target).set_stack_policy(
            StackName=task_input.params["stackId"], StackPolicyBody=task_input.params["stackPolicy"]
        )
    except ClientError as error:
        if error_code(error) != "ValidationError":
            raise
        raise MisconfiguredError(
            f"Stack {task_input.stack_name} is as the template says, but CloudFormation refuses StackPolicy in the "
            f"template configuration, so the stack keeps its policy: {quote(error_message(error))}."
        ) from error
    return TaskOutput()
