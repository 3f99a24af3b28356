"""State *Create Stack*: creates the stack from the revision's template."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, TypedDict

from botocore.exceptions import ClientError

from changegate.clients import cloudformation, s3
from changegate.contract.task import TaskInput, TaskOutput, task
from changegate.errors import error_code
from changegate.revision.template import publish, read_source
from changegate.stacks.requests import raise_refusal, stack_request
from changegate.stacks.stack import find_stack, is_created_by

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient

    from changegate.revision.template import Source

OPERATION = "CreateStack"


@task
def handler(task_input: TaskInput) -> TaskOutput:
    """Add ``stackId`` and ``wait``. A retry finds the stack that the first try created.

    :raises MisconfiguredError: when the revision, the template or the input is wrong.
    :raises RejectedError: when somebody else created the stack meanwhile.
    """
    wait = task_input.waiting.begin()
    source = read_source(s3(), task_input.deployment)
    url = publish(s3(), source, os.environ["TEMPLATE_BUCKET"], task_input.stack_name)
    client = cloudformation(task_input.deployment.target)
    try:
        stack_id = client.create_stack(
            **stack_request(task_input, source, url),
            **_stack_policy(source),
            ClientRequestToken=task_input.client_token(OPERATION),
            EnableTerminationProtection=task_input.deployment.termination_protection,
        )["StackId"]
    except ClientError as error:
        created = _created_before(client, task_input, error)
        if created is None:
            raise_refusal(error, task_input)
        stack_id = created
    return TaskOutput({"stackId": stack_id, "wait": wait})


class _StackPolicy(TypedDict, total=False):
    StackPolicyBody: str


def _stack_policy(source: Source) -> _StackPolicy:
    return {} if source.stack_policy is None else {"StackPolicyBody": source.stack_policy}


def _created_before(client: CloudFormationClient, task_input: TaskInput, error: ClientError) -> str | None:
    """Return the ARN of the stack that the first try of this very call created, or ``None`` where there is none.

    CreateStack's ClientRequestToken makes CloudFormation take a repeated request for the same one (API reference,
    CreateStack); where it says AlreadyExists all the same, the stack's first event tells whose it is.
    """
    if error_code(error) not in {"AlreadyExistsException", "TokenAlreadyExistsException"}:
        return None
    stack = find_stack(client, task_input.stack_name)
    if stack is None or not is_created_by(client, stack, task_input.client_token(OPERATION)):
        return None
    return stack.stack_id
