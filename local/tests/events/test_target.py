"""The EventBridge target for pipelines: its registration in LocalStack, and its handling of an event."""

from __future__ import annotations

import inspect
import json
import logging
import time
from importlib.metadata import entry_points
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from localstack.runtime import hooks
from localstack.services.events.target import TargetSender, TargetSenderFactory
from plux import PluginManager

from localstack_pipelines.events import target
from localstack_pipelines.events.plugin import register_codepipeline_target
from localstack_pipelines.events.target import CodePipelineTargetSender

if TYPE_CHECKING:
    from collections.abc import Iterator

PIPELINE_ARN = "arn:aws:codepipeline:eu-west-1:000000000000:deploy"
RULE_ARN = "arn:aws:events:eu-west-1:000000000000:rule/on-commit"


@pytest.fixture
def registered() -> Iterator[None]:
    register_codepipeline_target()
    yield
    TargetSenderFactory.target_map.pop("codepipeline", None)


def sender() -> TargetSender:
    return TargetSenderFactory(
        {"Id": "1", "Arn": PIPELINE_ARN}, RULE_ARN, "on-commit", "eu-west-1", "000000000000"
    ).get_target_sender()


def test_the_hook_is_found_by_localstack() -> None:
    found = {point.name: point.value for point in entry_points(group="localstack.hooks.on_infra_start")}
    assert found["codepipeline_event_target"] == "localstack_pipelines.events.plugin:register_codepipeline_target"
    assert hooks.HOOKS_ON_INFRA_START == "localstack.hooks.on_infra_start"
    plugin = PluginManager(hooks.HOOKS_ON_INFRA_START).get_container("register_codepipeline_target")
    assert plugin.plugin_spec.namespace == "localstack.hooks.on_infra_start"


def test_localstack_registers_senders_by_service() -> None:
    parameters = inspect.signature(TargetSenderFactory.register_target_sender).parameters
    assert list(parameters) == ["service_name", "sender_class"]


def test_a_sender_has_one_method_to_write() -> None:
    assert TargetSender.__abstractmethods__ == frozenset({"send_event"})
    assert list(inspect.signature(TargetSender.send_event).parameters) == ["self", "event", "trace_header"]


@pytest.mark.usefixtures("registered")
def test_an_arn_of_codepipeline_gets_the_sender() -> None:
    made = sender()
    assert isinstance(made, CodePipelineTargetSender)
    assert (made.target_account_id, made.target_region, made.rule_arn) == ("000000000000", "eu-west-1", RULE_ARN)


class CodePipeline:
    """A client that records the pipelines that are started and the metadata of the calls."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.failure = failure
        self.metadata: dict[str, str] = {}
        self.started: list[tuple[dict[str, str], dict[str, str]]] = []

    def request_metadata(self, **metadata: str) -> CodePipeline:
        self.metadata = metadata
        return self

    def start_pipeline_execution(self, **arguments: str) -> None:
        if self.failure is not None:
            raise self.failure
        self.started.append((arguments, self.metadata))


@pytest.mark.usefixtures("registered")
def test_an_event_starts_the_pipeline_with_the_rule_as_trigger(monkeypatch: pytest.MonkeyPatch) -> None:
    client = CodePipeline()
    called: list[tuple[str, str]] = []

    def clients_of(account_id: str, region: str) -> SimpleNamespace:
        called.append((account_id, region))
        return SimpleNamespace(codepipeline=client)

    monkeypatch.setattr(target, "clients_of", clients_of)
    sender().process_event({"detail": {}}, None)  # type: ignore[arg-type, typeddict-item]
    assert called == [("000000000000", "eu-west-1")]
    assert client.started == [({"name": "deploy"}, {"source_arn": RULE_ARN, "service_principal": "events"})]


@pytest.mark.usefixtures("registered")
def test_a_pipeline_that_cannot_be_started_is_logged_and_no_error(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    client = CodePipeline(RuntimeError("no such pipeline"))
    monkeypatch.setattr(target, "clients_of", lambda *_: SimpleNamespace(codepipeline=client))
    with caplog.at_level(logging.ERROR):
        sender().process_event({"detail": {}}, None)  # type: ignore[arg-type, typeddict-item]
    assert "could not start the pipeline deploy: no such pipeline" in caplog.text


def test_a_commit_starts_the_pipeline_of_a_rule(local_aws: Any) -> None:
    """From CreateCommit through event, rule and target to an execution with the rule as its trigger."""
    codecommit, codepipeline = local_aws.client("codecommit"), local_aws.client("codepipeline")
    events, s3 = local_aws.client("events"), local_aws.client("s3")
    arn = codecommit.create_repository(repositoryName="rule-starts")["repositoryMetadata"]["Arn"]
    s3.create_bucket(Bucket="rule-starts-artifacts", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    codepipeline.create_pipeline(pipeline=_pipeline("rule-starts"))
    pattern = {"source": ["aws.codecommit"], "resources": [arn], "detail": {"referenceName": ["main"]}}
    rule_arn = events.put_rule(Name="rule-starts", EventPattern=json.dumps(pattern))["RuleArn"]
    events.put_targets(
        Rule="rule-starts",
        Targets=[{"Id": "1", "Arn": "arn:aws:codepipeline:eu-west-1:000000000000:rule-starts"}],
    )
    codecommit.put_file(repositoryName="rule-starts", branchName="main", filePath="a", fileContent=b"a")

    assert _wait_for_trigger(codepipeline, "rule-starts", "CloudWatchEvent") == rule_arn


def _wait_for_trigger(codepipeline: Any, pipeline: str, trigger_type: str) -> str:
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        summaries = codepipeline.list_pipeline_executions(pipelineName=pipeline)["pipelineExecutionSummaries"]
        for summary in summaries:
            if summary["trigger"]["triggerType"] == trigger_type:
                detail: str = summary["trigger"]["triggerDetail"]
                return detail
        time.sleep(0.1)
    pytest.fail(f"no execution of {pipeline} was triggered by {trigger_type}")


def _pipeline(name: str) -> dict[str, Any]:
    return {
        "name": name,
        "roleArn": "arn:aws:iam::000000000000:role/pipeline",
        "artifactStore": {"type": "S3", "location": f"{name}-artifacts"},
        "pipelineType": "V2",
        "stages": [
            {
                "name": "Source",
                "actions": [
                    {
                        "name": "Commit",
                        "actionTypeId": {
                            "category": "Source",
                            "owner": "AWS",
                            "provider": "CodeCommit",
                            "version": "1",
                        },
                        "configuration": {
                            "RepositoryName": name,
                            "BranchName": "main",
                            "PollForSourceChanges": "false",
                        },
                        "outputArtifacts": [{"name": "Revision"}],
                    }
                ],
            },
            {
                "name": "Approve",
                "actions": [
                    {
                        "name": "Approve",
                        "actionTypeId": {
                            "category": "Approval",
                            "owner": "AWS",
                            "provider": "Manual",
                            "version": "1",
                        },
                    }
                ],
            },
        ],
    }
