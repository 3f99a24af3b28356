"""The command ``changegate watch``."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.stub import Stubber

from changegate_cli.main import main
from changegate_cli.watch import aws as watched
from changegate_cli.watch.aws import Account, Pace, state_machine_of

if TYPE_CHECKING:
    from collections.abc import Iterator

NOON = datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC)
PIPELINE = {
    "pipeline": {
        "name": "orders",
        "roleArn": "arn:aws:iam::111111111111:role/r",
        "stages": [
            {
                "name": "Source",
                "actions": [
                    {
                        "name": "Source",
                        "actionTypeId": {
                            "category": "Source",
                            "owner": "AWS",
                            "provider": "CodeCommit",
                            "version": "1",
                        },
                    }
                ],
            }
        ],
    },
    "metadata": {"pipelineArn": "arn:aws:codepipeline:eu-central-1:111111111111:orders"},
}
NEW, OLD = "11111111-1111-1111-1111-111111111111", "22222222-2222-2222-2222-222222222222"


class Codepipeline:
    """A stubbed client, and the regions that clients were made for."""

    def __init__(self) -> None:
        self.client = boto3.client(
            "codepipeline", region_name="eu-central-1", aws_access_key_id="test", aws_secret_access_key="test"
        )
        self.stub = Stubber(self.client)
        self.regions: list[str | None] = []

    def make(self, service: str, region: str | None) -> Any:
        assert service == "codepipeline"
        self.regions.append(region)
        return self.client

    def has(self, *executions: tuple[str, str]) -> None:
        """Have executions, the newest first: id and status."""
        self.stub.add_response("get_pipeline", PIPELINE, {"name": "orders"})
        summaries = [
            {"pipelineExecutionId": identity, "status": status, "startTime": NOON} for identity, status in executions
        ]
        self.stub.add_response(
            "list_pipeline_executions", {"pipelineExecutionSummaries": summaries}, {"pipelineName": "orders"}
        )

    def answers(self, identity: str, status: str, message: str = "") -> None:
        """Answer what is asked about an execution that has ended."""
        self.stub.add_response("get_pipeline", PIPELINE, {"name": "orders"})
        execution = {"pipelineExecutionId": identity, "status": status}
        self.stub.add_response("get_pipeline_execution", {"pipelineExecution": execution})
        action = {
            "actionExecutionId": "a",
            "stageName": "Source",
            "actionName": "Source",
            "startTime": NOON,
            "lastUpdateTime": NOON,
            "status": "Failed" if status == "Failed" else "Succeeded",
            "input": {"actionTypeId": {"category": "Source", "owner": "AWS", "provider": "CodeCommit", "version": "1"}},
            "output": {"executionResult": {"errorDetails": {"message": message}} if message else {}},
        }
        self.stub.add_response(
            "list_action_executions",
            {"actionExecutionDetails": [action]},
            {"pipelineName": "orders", "filter": {"pipelineExecutionId": identity}},
        )


@pytest.fixture
def codepipeline(monkeypatch: pytest.MonkeyPatch) -> Iterator[Codepipeline]:
    stubbed = Codepipeline()
    monkeypatch.setattr(watched, "client", stubbed.make)
    with stubbed.stub:
        yield stubbed
    stubbed.stub.assert_no_pending_responses()


def test_the_newest_execution_is_followed_in_plain_lines(
    codepipeline: Codepipeline, capsys: pytest.CaptureFixture[str]
) -> None:
    codepipeline.has((NEW, "Succeeded"), (OLD, "Failed"))
    codepipeline.answers(NEW, "Succeeded")
    assert main(["watch", "orders", "--region", "eu-central-1"]) == 0
    printed = capsys.readouterr()
    assert [line.partition(" ")[2] for line in printed.out.splitlines()] == [
        f"pipeline execution {NEW} has started",
        "stage Source has started",
        "stage Source: Succeeded",
        "pipeline Succeeded",
    ]
    assert printed.err == ""
    assert set(codepipeline.regions) == {"eu-central-1"}


def test_a_red_execution_is_1_and_its_reason(codepipeline: Codepipeline, capsys: pytest.CaptureFixture[str]) -> None:
    codepipeline.has((NEW, "Succeeded"), (OLD, "Failed"))
    codepipeline.answers(OLD, "Failed", "There is no branch main.")
    assert main(["watch", "orders", "--execution", OLD]) == 1
    printed = capsys.readouterr()
    assert "stage Source: Failed: There is no branch main." in printed.out
    assert printed.err == "changegate: There is no branch main.\n"
    assert set(codepipeline.regions) == {None}


@pytest.mark.parametrize("status", ["Stopped", "Superseded", "Cancelled"])
def test_what_ends_without_success_is_1(
    codepipeline: Codepipeline, capsys: pytest.CaptureFixture[str], status: str
) -> None:
    codepipeline.has((NEW, status))
    codepipeline.answers(NEW, status)
    assert main(["watch", "orders"]) == 1
    assert capsys.readouterr().err == f"changegate: The execution has the status {status}.\n"


@pytest.mark.parametrize(
    ("executions", "arguments", "sentence"),
    [
        ((), (), "The pipeline orders has no execution yet."),
        (((NEW, "Succeeded"),), ("--execution", OLD), f"The pipeline orders has no execution {OLD}."),
    ],
)
def test_an_execution_that_does_not_exist_is_2(
    codepipeline: Codepipeline,
    capsys: pytest.CaptureFixture[str],
    executions: tuple[tuple[str, str], ...],
    arguments: tuple[str, ...],
    sentence: str,
) -> None:
    codepipeline.has(*executions)
    assert main(["watch", "orders", *arguments]) == 2
    assert capsys.readouterr().err == f"changegate: {sentence}\n"


def test_a_pipeline_that_does_not_exist_is_2(codepipeline: Codepipeline, capsys: pytest.CaptureFixture[str]) -> None:
    codepipeline.stub.add_client_error("get_pipeline", "PipelineNotFoundException", "There is no such pipeline.")
    assert main(["watch", "orders"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("changegate: The pipeline orders cannot be followed: ")
    assert "There is no such pipeline." in line


def test_without_settings_it_is_2(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    assert main(["watch", "orders"]) == 2
    assert capsys.readouterr().err == (
        "changegate: The pipeline orders cannot be followed: You must specify a region.\n"
    )


@pytest.mark.parametrize("arguments", [["watch"], ["watch", "orders", "--execution"], ["watch", "orders", "shipping"]])
def test_wrong_arguments_are_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2


def test_in_a_terminal_it_is_a_picture(codepipeline: Codepipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    for name in ("CI", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    terminal = Terminal()
    monkeypatch.setattr("sys.stdout", terminal)
    codepipeline.has((NEW, "Succeeded"))
    codepipeline.answers(NEW, "Succeeded")
    assert main(["watch", "orders"]) == 0
    assert "\x1b[" in terminal.getvalue()
    assert "✔" in terminal.getvalue()


def test_the_state_machine_is_named_after_the_engine_of_the_pipeline() -> None:
    arn = "arn:aws-cn:codepipeline:cn-north-1:111111111111:orders_changegate-prod"
    assert state_machine_of({"metadata": {"pipelineArn": arn}}) == (
        "arn:aws-cn:states:cn-north-1:111111111111:stateMachine:changegate-prod-deploy"
    )


def test_an_account_is_asked_gently_and_without_end() -> None:
    client = Account("eu-central-1").client("codepipeline")
    assert client.meta.region_name == "eu-central-1"
    assert client.meta.config.retries["total_max_attempts"] == 10
    assert Account().pace == Pace(5, float("inf"), float("inf"))
