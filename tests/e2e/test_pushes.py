"""The four pushes of the demonstration in detail; the first is made before the tests start."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from changegate_cli.local.demo import PUSHES, PushReport, make_push
from changegate_cli.local.stack import change_sets, snapshot
from changegate_cli.watch.display import open_display
from changegate_cli.watch.result import PushOutcome

if TYPE_CHECKING:
    from changegate_cli.local.checkout import Checkout
    from changegate_cli.local.installation import Installation
    from changegate_cli.local.provisioned import ProvisionedAws
    from changegate_cli.local.stack import StackSnapshot
    from tests.e2e.conftest import Commands, FirstPush

pytestmark = pytest.mark.on_account

REFUSED = "Changegate.Rejected: The change set was rejected and nothing was changed:"


class Pushed:
    """The reports of the last three pushes, and the stack after each."""

    def __init__(self, run: Installation[ProvisionedAws], checkout: Checkout) -> None:
        self.created = snapshot(run.aws.client("cloudformation"), run.stack_name)
        self.reports: list[PushReport] = []
        self.stacks: list[StackSnapshot] = []
        for push in PUSHES[1:]:
            self.reports.append(make_push(run, checkout, open_display(), push))
            self.stacks.append(snapshot(run.aws.client("cloudformation"), run.stack_name))


@pytest.fixture(scope="module")
def pushed(run: Installation[ProvisionedAws], checkout: Checkout) -> Pushed:
    return Pushed(run, checkout)


def test_the_first_push_creates_the_stack(first_push: FirstPush, pushed: Pushed) -> None:
    run = first_push.run
    assert "state Create Stack" in first_push.shown
    # A narrow display wraps lines.
    shown = " ".join(first_push.shown.split())
    assert f"stage {run.stage}: Succeeded: Stack {run.stack_name} was created." in shown
    assert [resource.logical_id for resource in pushed.created.resources] == [
        "AlertTopic",
        "DeadLetterQueue",
        "OrderQueue",
        "OrderQueueUrl",
    ]
    assert pushed.created.status == "CREATE_COMPLETE"


def test_the_outcomes_are_those_of_the_demonstration(pushed: Pushed) -> None:
    assert [(report.result.outcome, report.problems) for report in pushed.reports] == [
        (PushOutcome.UPDATED, ()),
        (PushOutcome.REJECTED, ()),
        (PushOutcome.REJECTED, ()),
    ]
    assert [report.result.pipeline for report in pushed.reports] == ["Succeeded", "Failed", "Failed"]


def test_the_reasons_name_what_would_be_lost(pushed: Pushed) -> None:
    assert [report.result.reason for report in pushed.reports] == [
        "",
        f"{REFUSED} OrderQueue (AWS::SQS::Queue) would be replaced.",
        f"{REFUSED} AlertTopic (AWS::SNS::Topic) would be deleted.",
    ]


def test_the_safe_update_reaches_the_resources(run: Installation[ProvisionedAws], pushed: Pushed) -> None:
    updated, *_ = pushed.stacks
    assert updated.status == "UPDATE_COMPLETE"
    assert "OrderRetentionDays" in {resource.logical_id for resource in updated.resources}
    attributes = queue_attributes(run, f"{run.stack_name}-orders")
    assert attributes["VisibilityTimeout"] == "60"
    parameter = run.aws.client("ssm").get_parameter(Name=f"/{run.stack_name}/order-retention-days")
    assert parameter["Parameter"]["Value"] == "14"


def test_the_rejections_touch_nothing(run: Installation[ProvisionedAws], pushed: Pushed) -> None:
    updated, after_replacement, after_removal = pushed.stacks
    assert after_replacement == updated
    assert after_removal == updated
    assert change_sets(run.aws.client("cloudformation"), run.stack_name) == ()
    queues = run.aws.client("sqs").list_queues(QueueNamePrefix=f"{run.stack_name}-")["QueueUrls"]
    assert sorted(url.rpartition("/")[2] for url in queues) == [
        f"{run.stack_name}-orders",
        f"{run.stack_name}-orders-dead",
    ]
    pages = run.aws.client("sns").get_paginator("list_topics").paginate()
    topics = [topic["TopicArn"].rpartition(":")[2] for page in pages for topic in page["Topics"]]
    assert f"{run.stack_name}-alerts" in topics


@pytest.mark.usefixtures("pushed")
def test_whole_verdicts_are_kept(run: Installation[ProvisionedAws]) -> None:
    s3, bucket = run.aws.client("s3"), run.outputs["bucket_name"]
    listed = s3.list_objects_v2(Bucket=bucket, Prefix=f"verdicts/{run.stack_name}/")["Contents"]
    verdicts = [
        json.loads(s3.get_object(Bucket=bucket, Key=entry["Key"])["Body"].read())
        for entry in sorted(listed, key=lambda entry: entry["LastModified"])
    ]
    assert [verdict["safe"] for verdict in verdicts[:3]] == [True, False, False]
    assert [
        [(finding["kind"], finding["path"], finding["rule"]) for finding in verdict["findings"]]
        for verdict in verdicts[:3]
    ] == [
        [],
        [("replacement", "OrderQueue", "default for replacement")],
        [("removal", "AlertTopic", "default for removal")],
    ]


def test_an_execution_that_has_ended_can_be_watched(
    commands: Commands, run: Installation[ProvisionedAws], pushed: Pushed
) -> None:
    region = run.outputs["environment"]["region"]
    newest = commands.watch(run, "--region", region)
    assert newest.returncode == 1
    reason = f"{REFUSED} AlertTopic (AWS::SNS::Topic) would be deleted."
    assert newest.stderr == f"changegate: {reason}\n"
    lines = [line.partition(" ")[2] for line in newest.stdout.splitlines()]
    shown = ("stage Source has", f"stage {run.stage}", "verdict ", "pipeline Failed")
    assert [line for line in lines if line.startswith(shown)] == [
        "stage Source has started",
        f"stage {run.stage} has started",
        "verdict RESOURCES-BEING-DELETED-OR-REPLACED; AlertTopic (AWS::SNS::Topic) would be deleted",
        f"stage {run.stage}: Failed: {reason}",
        "pipeline Failed",
    ]
    assert "state Inspect Change Set Changes" in lines

    executions = run.aws.client("codepipeline").list_pipeline_executions(pipelineName=run.pipeline["name"])
    update = executions["pipelineExecutionSummaries"][2]["pipelineExecutionId"]
    older = commands.watch(run, "--region", region, "--execution", update)
    assert (older.returncode, older.stderr) == (0, "")
    assert f"pipeline execution {update} has started" in older.stdout
    assert f"stack {run.stack_name} (AWS::CloudFormation::Stack) UPDATE_COMPLETE" in older.stdout

    unknown = commands.watch(run, "--region", region, "--execution", "0" * 8)
    assert (unknown.returncode, unknown.stdout) == (2, "")


@pytest.mark.usefixtures("pushed")
def test_a_commit_starts_the_pipeline_once_and_by_its_event(run: Installation[ProvisionedAws]) -> None:
    executions = run.aws.client("codepipeline").list_pipeline_executions(pipelineName=run.pipeline["name"])
    summaries = executions["pipelineExecutionSummaries"]
    # Creating the pipeline has started the oldest, without a commit.
    assert summaries[-1]["trigger"]["triggerType"] == "CreatePipeline"
    assert summaries[-1]["status"] == "Failed"
    by_commit = [summary for summary in summaries if summary.get("sourceRevisions")]
    revisions = [summary["sourceRevisions"][0]["revisionId"] for summary in by_commit]
    assert len(revisions) == len(set(revisions)) == len(summaries) - 1
    assert {summary["trigger"]["triggerType"] for summary in by_commit} == {"CloudWatchEvent"}


def queue_attributes(run: Installation[ProvisionedAws], name: str) -> dict[str, Any]:
    sqs = run.aws.client("sqs")
    url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
    answer: dict[str, Any] = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
    attributes: dict[str, Any] = answer["Attributes"]
    return attributes
