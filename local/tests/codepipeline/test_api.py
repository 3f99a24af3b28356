"""The API on a running LocalStack, with a function that hands its events to the test, which answers them."""

from __future__ import annotations

import io
import json
import time
import uuid
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from codepipeline.declarations import approve, declaration, invoke, source

from changegate_cli.local import instance

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

PATIENCE = 30.0
UNKNOWN_ID = "11111111-2222-3333-4444-555555555555"
ROLE_ARN = "arn:aws:iam::000000000000:role/pipeline"
BUCKET = "pipeline-artifacts"
TRUST = json.dumps({"Version": "2012-10-17", "Statement": []})

# Hands its event over and leaves the answer to the test.
HANDLER = """
import json, os, boto3
sqs = boto3.client("sqs")
def handler(event, context):
    parameters = json.loads(event["CodePipeline.job"]["data"]["actionConfiguration"]["configuration"]["UserParameters"])
    sqs.send_message(QueueUrl=parameters["queue"], MessageBody=json.dumps(event))
"""


@pytest.fixture(scope="module")
def aws(
    tmp_path_factory: pytest.TempPathFactory, localstack_python: Path, lambda_python: Path
) -> Iterator[instance.LocalAws]:
    """Run a separate instance, in which jobs are continued soon."""
    extra = {"LOCALSTACK_PIPELINES_CONTINUATION_SECONDS": "0.2"}
    home = tmp_path_factory.mktemp("codepipeline")
    with instance.start(home, localstack_python, lambda_python, extra_env=extra) as running:
        region = {"LocationConstraint": instance.REGION}
        running.client("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration=region)
        running.client("iam").create_role(RoleName="pipeline", AssumeRolePolicyDocument=TRUST)
        package = io.BytesIO()
        with zipfile.ZipFile(package, "w") as archive:
            archive.writestr("main.py", HANDLER)
        functions = running.client("lambda")
        functions.create_function(
            FunctionName="trigger",
            Runtime="python3.13",
            Handler="main.handler",
            Role=ROLE_ARN,
            Timeout=30,
            Code={"ZipFile": package.getvalue()},
        )
        functions.get_waiter("function_active_v2").wait(FunctionName="trigger", WaiterConfig={"Delay": 1})
        yield running


class Delivery:
    """A pipeline with a repository, a queue for its jobs, and one commit."""

    def __init__(self, aws: instance.LocalAws, *, commit: bool = True, **members: Any) -> None:
        self.aws = aws
        self.pipelines = aws.client("codepipeline")
        self.repositories = aws.client("codecommit")
        self.sqs = aws.client("sqs")
        self.name = f"delivery-{uuid.uuid4().hex[:8]}"
        self.queue = self.sqs.create_queue(QueueName=self.name)["QueueUrl"]
        self.repositories.create_repository(repositoryName=self.name)
        if commit:
            self.commit("first")
        self.declaration = self.declare(**members)
        self.created = self.pipelines.create_pipeline(pipeline=self.declaration, tags=[{"key": "team", "value": "a"}])

    def declare(self, **members: Any) -> dict[str, Any]:
        parameters = json.dumps({"queue": self.queue})
        later = members.pop("later", None) or [invoke()]
        for action in later:
            if action["actionTypeId"]["provider"] == "Lambda":
                action["configuration"].setdefault("UserParameters", parameters)
        first = source(configuration={"RepositoryName": self.name, "BranchName": "main"}, namespace="Commit")
        return declaration(
            name=self.name,
            roleArn=ROLE_ARN,
            artifactStore={"type": "S3", "location": BUCKET},
            stages=[{"name": "Source", "actions": [first]}, {"name": "Prod", "actions": later}],
            **members,
        )

    def commit(self, message: str) -> str:
        branches = self.repositories.list_branches(repositoryName=self.name)["branches"]
        parent = {}
        if branches:
            head = self.repositories.get_branch(repositoryName=self.name, branchName="main")["branch"]
            parent = {"parentCommitId": head["commitId"]}
        commit_id: str = self.repositories.create_commit(
            repositoryName=self.name,
            branchName="main",
            commitMessage=message,
            putFiles=[{"filePath": "template.yaml", "fileContent": message.encode()}],
            **parent,
        )["commitId"]
        return commit_id

    def job(self) -> dict[str, Any]:
        """Wait for the next job that the function was invoked with."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            for message in self.sqs.receive_message(QueueUrl=self.queue, WaitTimeSeconds=5).get("Messages", []):
                self.sqs.delete_message(QueueUrl=self.queue, ReceiptHandle=message["ReceiptHandle"])
                job: dict[str, Any] = json.loads(message["Body"])["CodePipeline.job"]
                return job
        raise AssertionError("no job came")

    def jobs(self, *names: str) -> dict[str, dict[str, Any]]:
        """Wait for one job of each of the actions, and return them by the action's name."""
        found = {}
        for job in (self.job() for _ in names):
            details = self.pipelines.get_job_details(jobId=job["id"])["jobDetails"]
            found[details["data"]["pipelineContext"]["action"]["name"]] = job
        assert set(found) == set(names)
        return found

    def stage_statuses(self, stage: int = 1) -> tuple[str, list[str | None]]:
        """Return the status of a stage and those of its actions, in the order of the declaration."""
        state = self.pipelines.get_pipeline_state(name=self.name)["stageStates"][stage]
        actions = [each.get("latestExecution", {}).get("status") for each in state["actionStates"]]
        return state["latestExecution"]["status"], actions

    def no_job(self) -> None:
        assert "Messages" not in self.sqs.receive_message(QueueUrl=self.queue, WaitTimeSeconds=1)

    def executions(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.pipelines.list_pipeline_executions(pipelineName=self.name)[
            "pipelineExecutionSummaries"
        ]
        return found

    def wait_for(self, status: str) -> dict[str, Any]:
        """Wait until the newest execution has a status, and return it."""
        return wait_until(lambda: newest if (newest := self.executions()[0])["status"] == status else None)

    def action(self, stage: int = 1, action: int = 0) -> dict[str, Any]:
        state = self.pipelines.get_pipeline_state(name=self.name)["stageStates"][stage]["actionStates"][action]
        found: dict[str, Any] = state.get("latestExecution", {})
        return found


def wait_until[T](look: Callable[[], T | None]) -> T:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        found = look()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError("the condition did not become true")


def refused(call: Callable[..., Any], **request: Any) -> tuple[str, str]:
    """Return code and message of the error that a call answers."""
    with pytest.raises(ClientError) as caught:
        call(**request)
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def code_of(call: Callable[..., Any], **request: Any) -> str:
    """Return the code of the error that a call answers."""
    return refused(call, **request)[0]


def test_from_creation_to_success_with_a_continuation(aws: instance.LocalAws) -> None:
    delivery = Delivery(aws)
    first = delivery.job()
    assert first["accountId"] == instance.ACCOUNT_ID
    (artifact,) = first["data"]["inputArtifacts"]
    location = artifact["location"]["s3Location"]
    assert location["objectKey"].startswith(f"{delivery.name[:20]}/App/")

    # The credentials of the job open the artifact.
    given = first["data"]["artifactCredentials"]
    content = aws.client("s3").get_object(Bucket=location["bucketName"], Key=location["objectKey"])["Body"].read()
    assert {"accessKeyId", "secretAccessKey", "sessionToken"} <= given.keys()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.read("template.yaml") == b"first"

    delivery.pipelines.put_job_success_result(
        jobId=first["id"],
        continuationToken='{"stateMachineExecutionArn": "arn"}',
        executionDetails={"summary": "deploying", "externalExecutionId": "arn", "percentComplete": 5},
    )
    assert delivery.action()["summary"] == "deploying"
    assert delivery.action()["percentComplete"] == 5
    second = delivery.job()
    assert second["id"] != first["id"]
    assert second["data"]["continuationToken"] == '{"stateMachineExecutionArn": "arn"}'
    delivery.pipelines.put_job_success_result(jobId=second["id"], outputVariables={"stack": "prod-app"})

    (execution,) = delivery.executions()
    assert execution["status"] == "Succeeded"
    assert execution["trigger"]["triggerType"] == "CreatePipeline"
    assert execution["sourceRevisions"][0]["revisionSummary"] == "first"
    assert delivery.action()["externalExecutionId"] == "arn"
    code, message = refused(delivery.pipelines.put_job_success_result, jobId=second["id"])
    assert (code, "Succeeded" in message) == ("InvalidJobStateException", True)

    details = delivery.pipelines.list_action_executions(pipelineName=delivery.name)["actionExecutionDetails"]
    assert [detail["actionName"] for detail in details] == ["Deploy", "Source"]
    assert details[0]["output"]["outputVariables"] == {"stack": "prod-app"}
    assert details[1]["output"]["outputArtifacts"][0]["s3location"]["key"] == location["objectKey"]
    whole = delivery.pipelines.get_pipeline_execution(
        pipelineName=delivery.name, pipelineExecutionId=execution["pipelineExecutionId"]
    )["pipelineExecution"]
    assert whole["artifactRevisions"][0]["name"] == "App"
    assert whole["pipelineVersion"] == 1


def test_a_failed_job_turns_stage_and_pipeline_red_and_a_retry_green(aws: instance.LocalAws) -> None:
    delivery = Delivery(aws)
    failed = delivery.job()
    message = "Changegate.Rejected: the bucket would be replaced"
    delivery.pipelines.put_job_failure_result(
        jobId=failed["id"], failureDetails={"type": "JobFailed", "message": message, "externalExecutionId": "arn"}
    )
    execution = delivery.wait_for("Failed")
    assert delivery.action()["errorDetails"] == {"code": "JobFailed", "message": message}
    stage = delivery.pipelines.get_pipeline_state(name=delivery.name)["stageStates"][1]
    assert stage["latestExecution"]["status"] == "Failed"

    retried = {
        "pipelineName": delivery.name,
        "stageName": "Prod",
        "pipelineExecutionId": execution["pipelineExecutionId"],
        "retryMode": "FAILED_ACTIONS",
    }
    assert (
        delivery.pipelines.retry_stage_execution(**retried)["pipelineExecutionId"] == execution["pipelineExecutionId"]
    )
    code = code_of(delivery.pipelines.retry_stage_execution, **retried)
    assert code == "StageNotRetryableException"
    delivery.pipelines.put_job_success_result(jobId=delivery.job()["id"])
    delivery.wait_for("Succeeded")
    history = delivery.pipelines.list_action_executions(pipelineName=delivery.name)["actionExecutionDetails"]
    assert [(detail["actionName"], detail["status"]) for detail in history] == [
        ("Deploy", "Succeeded"),
        ("Deploy", "Failed"),
        ("Source", "Succeeded"),
    ]


def test_a_missing_branch_and_a_missing_function_are_told_in_a_sentence(aws: instance.LocalAws) -> None:
    no_branch = Delivery(aws, commit=False)
    no_branch.wait_for("Failed")
    assert "no branch named main" in no_branch.action(stage=0)["errorDetails"]["message"]

    no_function = Delivery(aws, later=[invoke(configuration={"FunctionName": "nobody"})])
    no_function.wait_for("Failed")
    details = no_function.action()["errorDetails"]
    assert details["code"] == "ConfigurationError"
    assert "nobody" in details["message"]


def test_starting_twice_with_the_same_token_starts_once(aws: instance.LocalAws) -> None:
    delivery = Delivery(aws, executionMode="QUEUED")
    second_commit = delivery.commit("second")
    start = {"name": delivery.name, "clientRequestToken": "once-and-only-once"}
    ids = {delivery.pipelines.start_pipeline_execution(**start)["pipelineExecutionId"] for _ in range(3)}
    assert len(ids) == 1
    assert len(delivery.executions()) == 2
    assert delivery.pipelines.start_pipeline_execution(name=delivery.name)["pipelineExecutionId"] not in ids

    for _ in range(3):
        delivery.pipelines.put_job_success_result(jobId=delivery.job()["id"])
    wait_until(lambda: all(each["status"] == "Succeeded" for each in delivery.executions()))
    assert delivery.executions()[0]["sourceRevisions"][0]["revisionId"] == second_commit
    assert delivery.executions()[0]["trigger"]["triggerType"] == "StartPipelineExecution"


def test_an_older_commit_can_be_run_again(aws: instance.LocalAws) -> None:
    delivery = Delivery(aws)
    delivery.pipelines.put_job_success_result(jobId=delivery.job()["id"])
    execution = delivery.wait_for("Succeeded")
    first_commit = execution["sourceRevisions"][0]["revisionId"]
    delivery.commit("second")
    delivery.pipelines.start_pipeline_execution(
        name=delivery.name,
        sourceRevisions=[{"actionName": "Source", "revisionType": "COMMIT_ID", "revisionValue": first_commit}],
    )
    delivery.job()
    assert delivery.executions()[0]["sourceRevisions"][0]["revisionId"] == first_commit


def test_stopping(aws: instance.LocalAws) -> None:
    delivery = Delivery(aws)
    job = delivery.job()
    stop = {
        "pipelineName": delivery.name,
        "pipelineExecutionId": delivery.executions()[0]["pipelineExecutionId"],
        "reason": "for lunch",
    }
    delivery.pipelines.stop_pipeline_execution(**stop)
    delivery.wait_for("Stopping")
    code = code_of(delivery.pipelines.stop_pipeline_execution, **stop)
    assert code == "DuplicatedStopRequestException"
    delivery.pipelines.stop_pipeline_execution(**stop, abandon=True)
    assert delivery.wait_for("Stopped")["stopTrigger"] == {"reason": "for lunch"}
    assert delivery.action()["status"] == "Abandoned"

    code = code_of(delivery.pipelines.stop_pipeline_execution, **stop)
    assert code == "PipelineExecutionNotStoppableException"
    code = code_of(delivery.pipelines.put_job_success_result, jobId=job["id"])
    assert code == "InvalidJobStateException"
    code = code_of(
        delivery.pipelines.stop_pipeline_execution, pipelineName=delivery.name, pipelineExecutionId=UNKNOWN_ID
    )
    assert code == "PipelineExecutionNotStoppableException"


def test_transitions_can_be_disabled_and_enabled(aws: instance.LocalAws) -> None:
    delivery = Delivery(aws)
    delivery.pipelines.put_job_success_result(jobId=delivery.job()["id"])
    way = {"pipelineName": delivery.name, "stageName": "Prod", "transitionType": "Inbound"}
    delivery.pipelines.disable_stage_transition(**way, reason="frozen")
    delivery.pipelines.start_pipeline_execution(name=delivery.name)
    delivery.no_job()
    stage = delivery.pipelines.get_pipeline_state(name=delivery.name)["stageStates"][1]
    assert stage["inboundTransitionState"]["enabled"] is False
    assert stage["inboundTransitionState"]["disabledReason"] == "frozen"
    assert stage["inboundExecution"]["pipelineExecutionId"] == delivery.executions()[0]["pipelineExecutionId"]

    delivery.pipelines.enable_stage_transition(**way)
    delivery.pipelines.put_job_success_result(jobId=delivery.job()["id"])
    delivery.wait_for("Succeeded")


def test_approvals(aws: instance.LocalAws) -> None:
    delivery = Delivery(aws, later=[approve(), invoke(runOrder=2)])
    token = wait_until(lambda: delivery.action().get("token"))
    answer = {
        "pipelineName": delivery.name,
        "stageName": "Prod",
        "actionName": "Approve",
        "result": {"status": "Approved", "summary": "go"},
    }
    assert (
        code_of(delivery.pipelines.put_approval_result, **answer, token=UNKNOWN_ID) == "InvalidApprovalTokenException"
    )
    assert code_of(delivery.pipelines.put_approval_result, **{**answer, "actionName": "Deploy"}, token=token) == (
        "ActionNotFoundException"
    )
    assert delivery.pipelines.put_approval_result(**answer, token=token)["approvedAt"]
    assert code_of(delivery.pipelines.put_approval_result, **answer, token=token) == (
        "ApprovalAlreadyCompletedException"
    )
    delivery.pipelines.put_job_success_result(jobId=delivery.job()["id"])
    delivery.wait_for("Succeeded")


def test_deployments_run_side_by_side_after_an_approval_and_fail_and_are_retried_each_for_itself(
    aws: instance.LocalAws,
) -> None:
    side_by_side = [invoke("One", runOrder=2), invoke("Two", runOrder=2)]
    delivery = Delivery(aws, later=[approve(), *side_by_side, invoke("Last", runOrder=3)])
    token = wait_until(lambda: delivery.action().get("token"))
    assert delivery.stage_statuses() == ("InProgress", ["InProgress", None, None, None])
    delivery.pipelines.put_approval_result(
        pipelineName=delivery.name,
        stageName="Prod",
        actionName="Approve",
        token=token,
        result={"status": "Approved", "summary": "go"},
    )
    jobs = delivery.jobs("One", "Two")
    assert delivery.stage_statuses() == ("InProgress", ["Succeeded", "InProgress", "InProgress", None])

    delivery.pipelines.put_job_failure_result(
        jobId=jobs["One"]["id"], failureDetails={"type": "JobFailed", "message": "no"}
    )
    assert delivery.stage_statuses() == ("InProgress", ["Succeeded", "Failed", "InProgress", None])
    retry = {
        "pipelineName": delivery.name,
        "stageName": "Prod",
        "pipelineExecutionId": delivery.executions()[0]["pipelineExecutionId"],
    }
    code, message = refused(delivery.pipelines.retry_stage_execution, **retry, retryMode="ALL_ACTIONS")
    assert (code, "in progress" in message) == ("StageNotRetryableException", True)
    delivery.pipelines.put_job_success_result(jobId=jobs["Two"]["id"])
    assert delivery.stage_statuses() == ("Failed", ["Succeeded", "Failed", "Succeeded", None])

    delivery.pipelines.retry_stage_execution(**retry, retryMode="FAILED_ACTIONS")
    assert delivery.stage_statuses() == ("InProgress", ["Succeeded", "InProgress", "Succeeded", None])
    delivery.pipelines.put_job_success_result(jobId=delivery.jobs("One")["One"]["id"])
    delivery.pipelines.put_job_success_result(jobId=delivery.jobs("Last")["Last"]["id"])
    assert delivery.wait_for("Succeeded")
    history = delivery.pipelines.list_action_executions(pipelineName=delivery.name)["actionExecutionDetails"]
    assert [(each["actionName"], each["status"]) for each in history] == [
        ("Last", "Succeeded"),
        ("One", "Succeeded"),
        ("Two", "Succeeded"),
        ("One", "Failed"),
        ("Approve", "Succeeded"),
        ("Source", "Succeeded"),
    ]


def test_a_stopped_stage_can_be_retried(aws: instance.LocalAws) -> None:
    delivery = Delivery(aws, later=[invoke("One"), invoke("Two")])
    delivery.jobs("One", "Two")
    of_execution = {
        "pipelineName": delivery.name,
        "pipelineExecutionId": delivery.executions()[0]["pipelineExecutionId"],
    }
    delivery.pipelines.stop_pipeline_execution(**of_execution, abandon=True, reason="for lunch")
    assert delivery.stage_statuses() == ("Stopped", ["Abandoned", "Abandoned"])
    delivery.pipelines.retry_stage_execution(**of_execution, stageName="Prod", retryMode="FAILED_ACTIONS")
    for job in delivery.jobs("One", "Two").values():
        delivery.pipelines.put_job_success_result(jobId=job["id"])
    assert "stopTrigger" not in delivery.wait_for("Succeeded")


def test_an_order_of_actions_that_cannot_be_is_refused(aws: instance.LocalAws) -> None:
    delivery = Delivery(aws)
    made = [{"name": "Made"}]
    side_by_side = [invoke("One", outputArtifacts=made), invoke("Two", inputArtifacts=made)]
    for broken, expected in (
        (delivery.declare(later=side_by_side), "InvalidStructureException"),
        (delivery.declare(later=[invoke(), invoke()]), "InvalidStageDeclarationException"),
        (delivery.declare(later=[invoke(runOrder=1000)]), "ValidationException"),
    ):
        assert code_of(delivery.pipelines.update_pipeline, pipeline=broken) == expected
        assert code_of(delivery.pipelines.create_pipeline, pipeline={**broken, "name": "broken"}) == expected
    assert delivery.pipelines.get_pipeline(name=delivery.name)["pipeline"]["version"] == 1


def test_an_update_makes_a_new_version_and_cancels_what_runs(aws: instance.LocalAws) -> None:
    delivery = Delivery(aws)
    delivery.job()
    changed = delivery.declare(executionMode="PARALLEL")
    assert delivery.pipelines.update_pipeline(pipeline=changed)["pipeline"]["version"] == 2
    assert delivery.executions()[0]["status"] == "Cancelled"
    assert delivery.pipelines.get_pipeline(name=delivery.name)["pipeline"]["executionMode"] == "PARALLEL"
    assert delivery.pipelines.get_pipeline(name=delivery.name, version=1)["pipeline"]["executionMode"] == "SUPERSEDED"
    assert code_of(delivery.pipelines.get_pipeline, name=delivery.name, version=3) == "PipelineVersionNotFoundException"


def test_deleting_ends_everything_and_may_be_repeated(aws: instance.LocalAws) -> None:
    delivery = Delivery(aws)
    job = delivery.job()
    for _ in range(2):
        delivery.pipelines.delete_pipeline(name=delivery.name)
    assert code_of(delivery.pipelines.get_pipeline, name=delivery.name) == "PipelineNotFoundException"
    assert code_of(delivery.pipelines.put_job_success_result, jobId=job["id"]) == "InvalidJobStateException"
    delivery.pipelines.create_pipeline(pipeline=delivery.declaration)
    assert delivery.job()["id"] != job["id"]


def test_declarations_and_names(aws: instance.LocalAws) -> None:
    delivery = Delivery(aws)
    metadata = delivery.pipelines.get_pipeline(name=delivery.name)["metadata"]
    assert metadata["pipelineArn"] == f"arn:aws:codepipeline:eu-west-1:000000000000:{delivery.name}"
    assert metadata["created"] <= metadata["updated"]
    assert delivery.created["tags"] == [{"key": "team", "value": "a"}]
    create = delivery.pipelines.create_pipeline
    assert code_of(create, pipeline=delivery.declaration) == "PipelineNameInUseException"
    assert code_of(create, pipeline={**delivery.declaration, "name": "new", "stages": []}) == (
        "InvalidStructureException"
    )
    code, message = refused(create, pipeline={**delivery.declaration, "name": "not valid"})
    assert (code, "pipeline.name" in message) == ("ValidationException", True)
    assert delivery.name in {each["name"] for each in delivery.pipelines.list_pipelines()["pipelines"]}
    assert delivery.pipelines.list_webhooks()["webhooks"] == []


def test_tags(aws: instance.LocalAws) -> None:
    delivery = Delivery(aws)
    arn = delivery.pipelines.get_pipeline(name=delivery.name)["metadata"]["pipelineArn"]
    delivery.pipelines.tag_resource(resourceArn=arn, tags=[{"key": "env", "value": "dev"}])
    delivery.pipelines.untag_resource(resourceArn=arn, tagKeys=["team", "absent"])
    assert delivery.pipelines.list_tags_for_resource(resourceArn=arn)["tags"] == [{"key": "env", "value": "dev"}]
    assert code_of(delivery.pipelines.list_tags_for_resource, resourceArn=f"{arn}-not") == "ResourceNotFoundException"
    assert (
        code_of(delivery.pipelines.tag_resource, resourceArn=arn, tags=[{"key": "aws:x", "value": ""}])
        == "InvalidTagsException"
    )


def test_pages(aws: instance.LocalAws) -> None:
    delivery = Delivery(aws, executionMode="QUEUED")
    for _ in range(4):
        delivery.pipelines.start_pipeline_execution(name=delivery.name)
    for _ in range(5):
        delivery.pipelines.put_job_success_result(jobId=delivery.job()["id"])
    wait_until(lambda: all(each["status"] == "Succeeded" for each in delivery.executions()))

    for operation, key, total in (
        ("list_pipeline_executions", "pipelineExecutionSummaries", 5),
        ("list_action_executions", "actionExecutionDetails", 10),
    ):
        pages = list(
            delivery.pipelines.get_paginator(operation).paginate(
                pipelineName=delivery.name, PaginationConfig={"PageSize": 2}
            )
        )
        assert [len(page[key]) for page in pages] == [2] * (total // 2) + [1] * (total % 2)
        times = [entry["startTime"] for page in pages for entry in page[key]]
        assert times == sorted(times, reverse=True)
        assert code_of(getattr(delivery.pipelines, operation), pipelineName=delivery.name, nextToken="x") == (
            "InvalidNextTokenException"
        )

    newest = delivery.executions()[0]["pipelineExecutionId"]
    of_one = delivery.pipelines.list_action_executions(
        pipelineName=delivery.name, filter={"pipelineExecutionId": newest}
    )["actionExecutionDetails"]
    assert {detail["pipelineExecutionId"] for detail in of_one} == {newest}
    assert len(of_one) == 2
    assert (
        code_of(
            delivery.pipelines.list_action_executions,
            pipelineName=delivery.name,
            filter={"pipelineExecutionId": UNKNOWN_ID},
        )
        == "PipelineExecutionNotFoundException"
    )


def test_jobs_are_known_by_id_and_nonce(aws: instance.LocalAws) -> None:
    delivery = Delivery(aws)
    job = delivery.job()
    details = delivery.pipelines.get_job_details(jobId=job["id"])["jobDetails"]
    assert details["data"]["pipelineContext"]["pipelineName"] == delivery.name
    assert details["data"]["inputArtifacts"][0]["location"] == job["data"]["inputArtifacts"][0]["location"]
    assert code_of(delivery.pipelines.acknowledge_job, jobId=job["id"], nonce="0") == "InvalidNonceException"
    failure = {"type": "JobFailed", "message": "m"}
    for call, request in (
        (delivery.pipelines.get_job_details, {}),
        (delivery.pipelines.acknowledge_job, {"nonce": "1"}),
        (delivery.pipelines.put_job_success_result, {}),
        (delivery.pipelines.put_job_failure_result, {"failureDetails": failure}),
    ):
        assert code_of(call, jobId=UNKNOWN_ID, **request) == "JobNotFoundException"
    code = code_of(
        delivery.pipelines.put_job_success_result, jobId=job["id"], continuationToken="t", outputVariables={"a": "b"}
    )
    assert code == "ValidationException"
    code, message = refused(delivery.pipelines.put_job_success_result, jobId=job["id"], continuationToken="t" * 2049)
    assert (code, "2048" in message) == ("ValidationException", True)


@pytest.mark.parametrize(
    ("operation", "request_"),
    [
        ("get_pipeline_state", {"name": "nobody"}),
        ("start_pipeline_execution", {"name": "nobody"}),
        ("list_pipeline_executions", {"pipelineName": "nobody"}),
        ("list_action_executions", {"pipelineName": "nobody"}),
        ("get_pipeline_execution", {"pipelineName": "nobody", "pipelineExecutionId": UNKNOWN_ID}),
        ("update_pipeline", {"pipeline": declaration(name="nobody")}),
        (
            "enable_stage_transition",
            {"pipelineName": "nobody", "stageName": "Prod", "transitionType": "Inbound"},
        ),
    ],
)
def test_there_is_no_such_pipeline(aws: instance.LocalAws, operation: str, request_: dict[str, Any]) -> None:
    code, message = refused(getattr(aws.client("codepipeline"), operation), **request_)
    assert (code, "nobody" in message) == ("PipelineNotFoundException", True)


def test_there_is_no_such_stage_or_execution(aws: instance.LocalAws) -> None:
    delivery = Delivery(aws)
    of_stage = {"pipelineName": delivery.name, "stageName": "Nowhere"}
    assert code_of(delivery.pipelines.enable_stage_transition, **of_stage, transitionType="Inbound") == (
        "StageNotFoundException"
    )
    again = {"pipelineExecutionId": UNKNOWN_ID, "retryMode": "ALL_ACTIONS"}
    assert code_of(delivery.pipelines.retry_stage_execution, **of_stage, **again) == "StageNotFoundException"
    of_stage["stageName"] = "Prod"
    assert code_of(delivery.pipelines.retry_stage_execution, **of_stage, **again) == (
        "NotLatestPipelineExecutionException"
    )
    assert (
        refused(delivery.pipelines.get_pipeline_execution, pipelineName=delivery.name, pipelineExecutionId=UNKNOWN_ID)[
            0
        ]
        == "PipelineExecutionNotFoundException"
    )


def test_a_commit_starts_the_pipeline_through_a_rule_and_its_events_reach_another(aws: instance.LocalAws) -> None:
    delivery = Delivery(aws)
    delivery.pipelines.put_job_success_result(jobId=delivery.job()["id"])
    delivery.wait_for("Succeeded")
    events = aws.client("events")
    pipeline_arn = delivery.pipelines.get_pipeline(name=delivery.name)["metadata"]["pipelineArn"]
    repository = delivery.repositories.get_repository(repositoryName=delivery.name)["repositoryMetadata"]
    rule_arn = events.put_rule(
        Name=f"{delivery.name}-commits",
        EventPattern=json.dumps(
            {
                "source": ["aws.codecommit"],
                "detail-type": ["CodeCommit Repository State Change"],
                "resources": [repository["Arn"]],
                "detail": {"event": ["referenceCreated", "referenceUpdated"], "referenceName": ["main"]},
            }
        ),
    )["RuleArn"]
    target = {"Id": "pipeline", "Arn": pipeline_arn, "RoleArn": ROLE_ARN}
    events.put_targets(Rule=f"{delivery.name}-commits", Targets=[target])
    events.put_rule(
        Name=f"{delivery.name}-states",
        EventPattern=json.dumps(
            {
                "source": ["aws.codepipeline"],
                "detail-type": ["CodePipeline Pipeline Execution State Change"],
                "detail": {"pipeline": [delivery.name]},
            }
        ),
    )
    states = delivery.sqs.create_queue(QueueName=f"{delivery.name}-states")["QueueUrl"]
    states_arn = delivery.sqs.get_queue_attributes(QueueUrl=states, AttributeNames=["QueueArn"])["Attributes"][
        "QueueArn"
    ]
    events.put_targets(Rule=f"{delivery.name}-states", Targets=[{"Id": "queue", "Arn": states_arn}])

    commit_id = delivery.commit("second")
    delivery.pipelines.put_job_success_result(jobId=delivery.job()["id"])
    delivery.wait_for("Succeeded")
    assert len(delivery.executions()) == 2
    execution = delivery.executions()[0]
    assert execution["trigger"] == {"triggerType": "CloudWatchEvent", "triggerDetail": rule_arn}
    assert execution["sourceRevisions"][0]["revisionId"] == commit_id

    seen: list[dict[str, Any]] = []
    while len(seen) < 2:
        answer = delivery.sqs.receive_message(QueueUrl=states, WaitTimeSeconds=10, MaxNumberOfMessages=10)
        assert answer.get("Messages"), f"only {seen} came"
        seen += [json.loads(message["Body"]) for message in answer["Messages"]]
    assert {event["detail"]["state"] for event in seen} == {"STARTED", "SUCCEEDED"}
    assert {event["detail"]["execution-id"] for event in seen} == {execution["pipelineExecutionId"]}
    assert {tuple(event["resources"]) for event in seen} == {(pipeline_arn,)}


def test_an_artifact_is_encrypted_with_the_key_of_its_store(aws: instance.LocalAws) -> None:
    key_arn = aws.client("kms").create_key()["KeyMetadata"]["Arn"]
    key = {"id": key_arn, "type": "KMS"}
    delivery = Delivery(aws)
    delivery.job()
    delivery.pipelines.update_pipeline(
        pipeline={
            **delivery.declaration,
            "artifactStore": {"type": "S3", "location": BUCKET, "encryptionKey": key},
        }
    )
    delivery.pipelines.start_pipeline_execution(name=delivery.name)
    job = delivery.job()
    assert job["data"]["encryptionKey"] == key
    location = job["data"]["inputArtifacts"][0]["location"]["s3Location"]
    head = aws.client("s3").head_object(Bucket=location["bucketName"], Key=location["objectKey"])
    assert (head["ServerSideEncryption"], head["SSEKMSKeyId"]) == ("aws:kms", key_arn)


def test_a_push_reaches_the_function_soon(aws: instance.LocalAws) -> None:
    delivery = Delivery(aws)
    delivery.pipelines.put_job_success_result(jobId=delivery.job()["id"])
    began = time.time()
    delivery.pipelines.start_pipeline_execution(name=delivery.name)
    delivery.job()
    history = delivery.pipelines.list_action_executions(pipelineName=delivery.name)["actionExecutionDetails"]
    # Generous, for a busy machine: usually it is a twentieth of a second.
    assert history[0]["startTime"].timestamp() - began < 1


def test_credentials_of_jobs_are_not_logged(aws: instance.LocalAws) -> None:
    delivery = Delivery(aws)
    given = delivery.job()["data"]["artifactCredentials"]
    log = aws.log.read_text()
    assert given["secretAccessKey"] not in log
    assert given["sessionToken"] not in log
