"""State *Inspect Change Set Changes*: the verdict on the change set."""

from __future__ import annotations

import datetime as dt
import json
import os
from typing import TYPE_CHECKING, Final

from changegate.clients import cloudformation, s3
from changegate.contract.task import TaskInput, TaskOutput, task
from changegate.contract.task_params import OnUnsafeUpdate
from changegate.errors import MisconfiguredError, RejectedError
from changegate.safety import Policy, PolicyError, assemble, judge
from changegate.safety.report import as_json, refusal
from changegate.stacks.change_sets import answers
from changegate.wording import shorten

if TYPE_CHECKING:
    from changegate.contract.task_params import TaskParams
    from changegate.json_types import Json
    from changegate.safety.findings import Verdict

# A state's data has at most 256 KiB ("Step Functions service quotas"), parameters included; a finding has some hundred
# bytes. The whole verdict is in S3.
MAX_FINDINGS: Final = 20


@task
def handler(task_input: TaskInput) -> TaskOutput:
    """Add ``changeSetAction`` and ``verdict``, its counts and first findings; write the whole verdict to S3.

    The verdict covers all pages and all nested change sets. Its policy is in the definition: it comes with the task,
    never with the deployment. If an unsafe update goes to a successor of the stack instead (blue/green), also add
    ``successorStackName`` and ``unsafeUpdate``, the reason, and let the deployment continue; a successor whose own
    update is unsafe has no further successor.

    :raises MisconfiguredError: when the policy does not have the documented shape.
    :raises RejectedError: when a change set no longer exists.
    """
    policy = _policy(task_input)
    deployment = task_input.deployment
    client = cloudformation(deployment.target)
    today = dt.datetime.now(dt.UTC).date()
    verdict = judge(assemble(answers(client, task_input.params["changeSetId"])), policy, today)
    added: TaskParams = {"changeSetAction": verdict.change_set_action, "verdict": _keep(task_input, verdict)}
    if verdict.safe:
        return TaskOutput(added)
    reason = refusal(verdict)
    if deployment.on_unsafe_update is OnUnsafeUpdate.BLUE_GREEN and not task_input.is_successor:
        successor = deployment.successor_name(task_input.params["templateFingerprint"])
        return TaskOutput({**added, "successorStackName": successor, "unsafeUpdate": shorten(reason)})
    return TaskOutput(added, RejectedError(f"The change set was rejected and nothing was changed: {reason}."))


def _keep(task_input: TaskInput, verdict: Verdict) -> dict[str, Json]:
    """Write the whole verdict to S3 and return it in short, with its place."""
    bucket = os.environ["VERDICT_BUCKET"]
    key = f"verdicts/{task_input.stack_name}/{task_input.client_token('DescribeChangeSet')}.json"
    s3().put_object(Bucket=bucket, Key=key, Body=json.dumps(as_json(verdict)).encode(), ContentType="application/json")
    return {**as_json(verdict, max_findings=MAX_FINDINGS), "s3Bucket": bucket, "s3Key": key}


def _policy(task_input: TaskInput) -> Policy:
    try:
        return Policy.parse(task_input.settings.get("policy", {}))
    except PolicyError as error:
        raise MisconfiguredError(f"The deployment's policy is wrong: {error}") from error
