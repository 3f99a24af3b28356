"""State *Create Change Set*: asks CloudFormation what the revision's template would change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from changegate.clients import cloudformation, s3
from changegate.contract.task import TaskInput, TaskOutput, task
from changegate.errors import RejectedError, error_code
from changegate.revision.template import publish
from changegate.stacks.own_change_sets import delete_useless
from changegate.stacks.refusals import CHANGED_NOTHING, raise_meaning
from changegate.stacks.requests import stack_request
from changegate.stacks.statuses import Phase

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudformation.literals import ChangeSetTypeType

    from changegate.contract.task_params import TaskParams
    from changegate.stacks.own_change_sets import OwnChangeSet

type _Arns = tuple[str, str]


@task
def handler(task_input: TaskInput) -> TaskOutput:
    """Add ``changeSetName``, ``changeSetId`` (its ARN), ``stackId``, ``templateFingerprint`` and ``wait``.

    If the revision's template configuration has a StackPolicy, also add ``stackPolicy``, its document as a string. A
    retry finds the first try's change set. A stack in REVIEW_IN_PROGRESS has no resources yet, so its change set has
    the type CREATE.

    :raises MisconfiguredError: when the revision, the template or the input is wrong.
    :raises RejectedError: when the stack was changed meanwhile, or a quota is exhausted.
    """
    wait = task_input.waiting.begin()
    deployment, stack_name = task_input.deployment, task_input.stack_name
    source = publish(s3(), deployment.revision, stack_name, deployment.parameters, deployment.tags)
    request = stack_request(stack_name, source.template_url, source.parameters, source.tags, deployment.settings)
    own = task_input.own_change_set
    change_set_type: ChangeSetTypeType = "CREATE" if task_input.params["stackPhase"] == Phase.IN_REVIEW else "UPDATE"
    client = cloudformation(deployment.target)

    def create() -> _Arns:
        answer = client.create_change_set(
            **request,
            ChangeSetName=own.name,
            Description=own.description,
            ChangeSetType=change_set_type,
            ClientToken=own.client_token,
            IncludeNestedStacks=True,
        )
        return answer["Id"], answer["StackId"]

    try:
        change_set_id, stack_id = _create_with_room(client, stack_name, create)
    except ClientError as error:
        if error_code(error) != "AlreadyExistsException":
            raise_meaning(error, stack_name, deployment.revision.template_path)
        change_set_id, stack_id = _created_before(client, own), task_input.params["stackId"]
    added: TaskParams = {
        "changeSetName": own.name,
        "changeSetId": change_set_id,
        "stackId": stack_id,
        "templateFingerprint": source.fingerprint,
        "wait": wait,
    }
    if source.stack_policy is not None:
        added["stackPolicy"] = source.stack_policy
    return TaskOutput(added)


def _create_with_room(client: CloudFormationClient, stack_name: str, create: Callable[[], _Arns]) -> _Arns:
    """Create the change set; if the stack has too many, delete the deployments' useless ones and try once more."""
    try:
        return create()
    except ClientError as error:
        if error_code(error) == "LimitExceededException" and delete_useless(client, stack_name):
            return create()
        raise


def _created_before(client: CloudFormationClient, own: OwnChangeSet) -> str:
    """Return the ARN of the change set that the first try of this call created.

    :raises RejectedError: when the change set of that name is not this execution's.
    """
    change_set_id = own.find(client)
    if change_set_id is None:
        raise RejectedError(
            f"Stack {own.stack_name} has a change set {own.name} that is not this deployment's. {CHANGED_NOTHING}"
        )
    return change_set_id
