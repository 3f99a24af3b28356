"""State *Create Stack*: creates the stack from the revision's template."""

from __future__ import annotations

import os

from botocore.exceptions import ClientError

from changegate.clients import cloudformation, s3
from changegate.errors import error_code
from changegate.stack_request import refusal, stack_request
from changegate.stacks import find_stack, is_created_by
from changegate.task import TaskInput, TaskOutput, task
from changegate.template import publish_template


@task
def handler(task_input: TaskInput) -> TaskOutput:
    """Add ``stackId``. A retry finds the stack that the first try created.

    CreateStack's ClientRequestToken makes CloudFormation take a repeated request for the same one (API reference,
    CreateStack); where it says AlreadyExists all the same, the stack's first event tells whose it is.

    :raises MisconfiguredError: when the revision, the template or the input is wrong.
    :raises RejectedError: when somebody else created the stack meanwhile.
    """
    deployment = task_input.deployment
    url = publish_template(s3(), deployment, os.environ["TEMPLATE_BUCKET"])
    try:
        answer = cloudformation().create_stack(
            **stack_request(deployment, url), ClientRequestToken=task_input.client_token
        )
    except ClientError as error:
        if error_code(error) == "AlreadyExistsException":
            stack = find_stack(cloudformation(), deployment.full_stack_name)
            if stack is not None and is_created_by(cloudformation(), stack, task_input.client_token):
                return TaskOutput({"stackId": stack.stack_id})
        meaning = refusal(error, deployment)
        if meaning is None:
            raise
        raise meaning from error
    return TaskOutput({"stackId": answer["StackId"]})
