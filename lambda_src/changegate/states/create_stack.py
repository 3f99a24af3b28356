"""State *Create Stack*: creates the stack from the revision's template."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from botocore.exceptions import ClientError

from changegate.clients import cloudformation, s3
from changegate.contract.task import TaskInput, TaskOutput, task
from changegate.errors import error_code
from changegate.revision.template import publish
from changegate.stacks.operations import CREATE_STACK
from changegate.stacks.refusals import raise_meaning
from changegate.stacks.requests import stack_request
from changegate.stacks.stack import find_stack, is_created_by

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient


@task
def handler(task_input: TaskInput) -> TaskOutput:
    """Add ``stackId`` and ``wait``. A retry finds the stack that the first try created.

    :raises MisconfiguredError: when the revision, the template or the input is wrong.
    :raises RejectedError: when another operation created the stack meanwhile.
    """
    wait = task_input.waiting.begin()
    deployment, stack_name = task_input.deployment, task_input.stack_name
    source = publish(s3(), deployment.revision, stack_name, deployment.parameters, deployment.tags)
    client = cloudformation(deployment.target)
    token = task_input.client_token(CREATE_STACK)
    try:
        stack_id = client.create_stack(
            **stack_request(stack_name, source.template_url, source.parameters, source.tags, deployment.settings),
            **_stack_policy(source.stack_policy),
            ClientRequestToken=token,
            EnableTerminationProtection=deployment.termination_protection,
        )["StackId"]
    except ClientError as error:
        created = _created_before(client, stack_name, token, error)
        if created is None:
            raise_meaning(error, stack_name, deployment.revision.template_path)
        stack_id = created
    return TaskOutput({"stackId": stack_id, "wait": wait})


class _StackPolicy(TypedDict, total=False):
    StackPolicyBody: str


def _stack_policy(document: str | None) -> _StackPolicy:
    return {} if document is None else {"StackPolicyBody": document}


def _created_before(client: CloudFormationClient, stack_name: str, token: str, error: ClientError) -> str | None:
    """Return the ARN of the stack that the first try of this call created, or ``None`` if there is none.

    With the same ClientRequestToken, CloudFormation takes a repeated request for the same one (API reference,
    CreateStack). If it says AlreadyExists nevertheless, the stack's first event shows whose stack it is.
    """
    if error_code(error) not in {"AlreadyExistsException", "TokenAlreadyExistsException"}:
        return None
    stack = find_stack(client, stack_name)
    if stack is None or not is_created_by(client, stack, token):
        return None
    return stack.stack_id
