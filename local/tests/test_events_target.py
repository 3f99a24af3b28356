"""The EventBridge target for pipelines: LocalStack's registration of it, and what it does with an event."""

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


@pytest.mark.usefixtures("registered")
def test_an_event_starts_the_pipeline_with_the_rule_as_trigger(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[tuple[str, ...]] = []
    monkeypatch.setattr(target, "_start_from_event", lambda: lambda *arguments: started.append(arguments))
    sender().process_event({"detail": {}}, None)  # type: ignore[arg-type, typeddict-item]
    assert started == [("000000000000", "eu-west-1", "deploy", RULE_ARN)]


@pytest.mark.usefixtures("registered")
def test_another_codepipeline_is_started_through_its_public_api(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[dict[str, str]] = []
    client = SimpleNamespace(start_pipeline_execution=lambda **arguments: started.append(arguments))
    monkeypatch.setattr(target, "TRIGGERS_MODULE", "localstack_pipelines.no_such_module")
    monkeypatch.setattr(target, "connect_to", lambda **_: SimpleNamespace(codepipeline=client))
    sender().process_event({"detail": {}}, None)  # type: ignore[arg-type, typeddict-item]
    assert started == [{"name": "deploy"}]


@pytest.mark.usefixtures("registered")
def test_a_pipeline_that_cannot_be_started_is_logged_and_no_error(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(*_: str) -> None:
        raise RuntimeError("no such pipeline")

    monkeypatch.setattr(target, "_start_from_event", lambda: refuse)
    with caplog.at_level(logging.ERROR):
        sender().process_event({"detail": {}}, None)  # type: ignore[arg-type, typeddict-item]
    assert "could not start the pipeline deploy: no such pipeline" in caplog.text


def test_a_commit_starts_the_pipeline_of_a_rule(local_aws: Any) -> None:
    """The whole way: CreateCommit, event, rule, target, execution with the rule as its trigger."""
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
