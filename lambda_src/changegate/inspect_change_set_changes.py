"""State *Inspect Change Set Changes*: the verdict on the change set."""

from __future__ import annotations

import datetime as dt
import json
import os

from changegate.change_sets import answers
from changegate.clients import cloudformation, s3
from changegate.errors import MisconfiguredError, RejectedError
from changegate.safety import Policy, PolicyError, assemble, judge
from changegate.safety.report import as_json, refusal
from changegate.task import TaskInput, TaskOutput, task

# The state's data has 256 KiB at most ("Step Functions service quotas"), parameters and all; a finding has some
# hundred bytes. The whole verdict is in S3.
MAX_FINDINGS = 20


@task
def handler(task_input: TaskInput) -> TaskOutput:
    """Add ``changeSetAction`` and ``verdict``, its counts and first findings; the whole verdict goes to S3.

    Judged are all pages and all nested change sets, by the policy in the definition: it comes with the task, never
    with the deployment.

    :raises MisconfiguredError: when the policy is not of the documented shape.
    """
    policy = _policy(task_input)
    today = dt.datetime.now(dt.UTC).date()
    verdict = judge(assemble(answers(cloudformation(), task_input.text("changeSetId"))), policy, today)
    bucket = os.environ["VERDICT_BUCKET"]
    key = f"verdicts/{task_input.deployment.full_stack_name}/{task_input.client_token}.json"
    s3().put_object(Bucket=bucket, Key=key, Body=json.dumps(as_json(verdict)).encode(), ContentType="application/json")
    short = {**as_json(verdict, max_findings=MAX_FINDINGS), "s3Bucket": bucket, "s3Key": key}
    failure = None
    if not verdict.safe:
        failure = RejectedError(f"The change set was rejected and nothing was changed: {refusal(verdict)}.")
    return TaskOutput({"changeSetAction": verdict.change_set_action, "verdict": short}, failure)


def _policy(task_input: TaskInput) -> Policy:
    try:
        return Policy.parse(task_input.settings.get("policy", {}))
    except PolicyError as error:
        raise MisconfiguredError(f"The policy of the deployment is wrong: {error}") from error
