"""State *Create Change Set*: asks CloudFormation what the revision's template would change."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from changegate.clients import cloudformation, s3
from changegate.contract.task import TaskInput, TaskOutput, task
from changegate.errors import RejectedError, error_code
from changegate.revision.template import publish, read_source
from changegate.stacks import own_change_sets
from changegate.stacks.requests import CHANGED_NOTHING, raise_refusal, stack_request
from changegate.stacks.statuses import Phase

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudformation.literals import ChangeSetTypeType

    from changegate.json_types import Json

type _Arns = tuple[str, str]


@task
def handler(task_input: TaskInput) -> TaskOutput:
    """Add ``changeSetName``, ``changeSetId`` (its ARN), ``stackId``, ``templateFingerprint`` and ``wait``.

    Where the revision's template configuration has a StackPolicy, ``stackPolicy`` is its document as text. A retry
    finds the first try's change set. A stack in REVIEW_IN_PROGRESS has no resources yet, so its change set is of type
    CREATE.

    :raises MisconfiguredError: when the revision, the template or the input is wrong.
    :raises RejectedError: when the stack was changed meanwhile, or a quota is exhausted.
    """
    wait = task_input.waiting.begin()
    source = read_source(s3(), task_input.deployment)
    url = publish(s3(), source, os.environ["TEMPLATE_BUCKET"], task_input.stack_name)
    client = cloudformation(task_input.deployment.target)
    name = own_change_sets.name_of(task_input)
    in_review = task_input.text("stackPhase") == Phase.IN_REVIEW
    change_set_type: ChangeSetTypeType = "CREATE" if in_review else "UPDATE"

    def create() -> _Arns:
        answer = client.create_change_set(
            **stack_request(task_input, source, url),
            ChangeSetName=name,
            Description=own_change_sets.description_of(task_input),
            ChangeSetType=change_set_type,
            ClientToken=task_input.client_token(own_change_sets.OPERATION),
            IncludeNestedStacks=True,
        )
        return answer["Id"], answer["StackId"]

    try:
        change_set_id, stack_id = _create_with_room(client, task_input, create)
    except ClientError as error:
        if error_code(error) != "AlreadyExistsException":
            raise_refusal(error, task_input)
        change_set_id, stack_id = _created_before(client, task_input)
    added: dict[str, Json] = {
        "changeSetName": name,
        "changeSetId": change_set_id,
        "stackId": stack_id,
        "templateFingerprint": source.fingerprint,
        "wait": wait,
    }
    if source.stack_policy is not None:
        added["stackPolicy"] = source.stack_policy
    return TaskOutput(added)


def _create_with_room(client: CloudFormationClient, task_input: TaskInput, create: Callable[[], _Arns]) -> _Arns:
    """Create the change set; where the stack has too many, delete useless ones of ours and try once more."""
    try:
        return create()
    except ClientError as error:
        exhausted = error_code(error) == "LimitExceededException"
        if exhausted and own_change_sets.delete_useless(client, task_input.stack_name):
            return create()
        raise


def _created_before(client: CloudFormationClient, task_input: TaskInput) -> _Arns:
    """Return the ARNs of the change set that the first try of this very call created, and of its stack.

    :raises RejectedError: when the change set of that name is not this execution's.
    """
    change_set_id = own_change_sets.find(client, task_input)
    if change_set_id is None:
        raise RejectedError(
            f"Stack {task_input.stack_name} has a change set {own_change_sets.name_of(task_input)} that is not this "
            f"deployment's. {CHANGED_NOTHING}"
        )
    return change_set_id, task_input.text("stackId")
