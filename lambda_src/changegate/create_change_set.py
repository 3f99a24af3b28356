"""State *Create Change Set*: asks CloudFormation what the revision's template would change."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from changegate.clients import cloudformation, s3
from changegate.errors import error_code
from changegate.stack_request import refusal, stack_request
from changegate.stack_status import Phase
from changegate.task import TaskInput, TaskOutput, task
from changegate.template import publish_template

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.literals import ChangeSetTypeType

# CreateChangeSet, API reference: ChangeSetName has 128 characters at most.
_MAX_NAME = 128
_TOKEN_CHARACTERS = 12


def change_set_name(full_stack_name: str, client_token: str) -> str:
    """Return the name of the execution's change set: the stack's, and what tells executions apart."""
    token = client_token[-_TOKEN_CHARACTERS:]
    return f"{full_stack_name[: _MAX_NAME - len(token) - 1].rstrip('-')}-{token}"


@task
def handler(task_input: TaskInput) -> TaskOutput:
    """Add ``changeSetName``, ``changeSetId`` (its ARN) and ``stackId``. A retry finds the first try's change set.

    A stack in REVIEW_IN_PROGRESS has no resources yet, so its change set is of type CREATE.

    :raises MisconfiguredError: when the revision, the template or the input is wrong.
    """
    deployment = task_input.deployment
    name = change_set_name(deployment.full_stack_name, task_input.client_token)
    in_review = task_input.text("stackPhase") == Phase.IN_REVIEW
    change_set_type: ChangeSetTypeType = "CREATE" if in_review else "UPDATE"
    url = publish_template(s3(), deployment, os.environ["TEMPLATE_BUCKET"])
    try:
        answer = cloudformation().create_change_set(
            **stack_request(deployment, url),
            ChangeSetName=name,
            ChangeSetType=change_set_type,
            ClientToken=task_input.client_token,
            IncludeNestedStacks=True,
        )
        change_set_id, stack_id = answer["Id"], answer["StackId"]
    except ClientError as error:
        if error_code(error) == "AlreadyExistsException":
            # The name is made of this execution's token, so the change set is this execution's.
            existing = cloudformation().describe_change_set(ChangeSetName=name, StackName=deployment.full_stack_name)
            change_set_id, stack_id = existing["ChangeSetId"], existing["StackId"]
        else:
            meaning = refusal(error, deployment)
            if meaning is None:
                raise
            raise meaning from error
    return TaskOutput({"changeSetName": name, "changeSetId": change_set_id, "stackId": stack_id})
