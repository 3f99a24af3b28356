"""The recorder writes the calls that have a role's credentials, and no others."""

from __future__ import annotations

import json
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from localstack.aws.chain import CompositeResponseHandler
from localstack.aws.handlers import run_custom_response_handlers

from changegate_cli.local import instance
from localstack_pipelines.call_record.plugin import VARIABLE
from localstack_pipelines.call_record.recorder import identified, plain

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ROLE = "arn:aws:iam::000000000000:role/reader"


def test_the_hook_is_found_by_localstack() -> None:
    found = {point.name: point.value for point in entry_points(group="localstack.hooks.on_infra_start")}
    assert found["call_record"] == "localstack_pipelines.call_record.plugin:record_calls"


def test_localstack_has_a_place_for_handlers_of_responses() -> None:
    assert isinstance(run_custom_response_handlers, CompositeResponseHandler)


@pytest.fixture(scope="module")
def recording(
    tmp_path_factory: pytest.TempPathFactory, localstack_python: Path, lambda_python: Path
) -> Iterator[tuple[instance.LocalAws, Path]]:
    """An instance that records, and the directory of its record."""
    folder = tmp_path_factory.mktemp("recording")
    with instance.start(
        folder / "aws", localstack_python, lambda_python, extra_env={VARIABLE: str(folder / "calls")}
    ) as aws:
        yield aws, folder / "calls"


def lines(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for path in folder.glob("*.jsonl") for line in path.read_text().splitlines()]


def test_what_a_role_calls_is_recorded_and_what_others_call_is_not(recording: tuple[instance.LocalAws, Path]) -> None:
    aws, folder = recording
    bucket = {"Bucket": "things", "CreateBucketConfiguration": {"LocationConstraint": instance.REGION}}
    aws.client("s3").create_bucket(**bucket)
    answer = aws.client("sts").assume_role(RoleArn=ROLE, RoleSessionName="me")["Credentials"]
    client = boto3.client(
        "s3",
        endpoint_url=aws.endpoint_url,
        region_name=instance.REGION,
        aws_access_key_id=answer["AccessKeyId"],
        aws_secret_access_key=answer["SecretAccessKey"],
        aws_session_token=answer["SessionToken"],
        config=boto3.session.Config(s3={"addressing_style": "path"}),
    )
    client.put_object(Bucket="things", Key="one", Body=b"secret")
    with pytest.raises(client.exceptions.NoSuchKey):
        client.get_object(Bucket="things", Key="two")

    put, got = lines(folder)
    assert {name: put[name] for name in ("role", "session", "service", "operation", "account", "region", "error")} == {
        "role": ROLE,
        "session": "me",
        "service": "s3",
        "operation": "PutObject",
        "account": "000000000000",
        "region": instance.REGION,
        "error": None,
    }
    assert (put["parameters"]["Bucket"], put["parameters"]["Key"], put["parameters"]["Body"]) == ("things", "one", None)
    assert (got["operation"], got["error"]) == ("GetObject", "NoSuchKey")


def test_bodies_are_no_part_of_it() -> None:
    assert plain({"Body": b"x", "Tags": ({"Key": "a"},), "None": None}) == {"Body": None, "Tags": [{"Key": "a"}]}


def test_of_an_answer_what_identifies_something_is_kept() -> None:
    answer = {
        "StackId": "s",
        "Status": "x",
        "Id": None,
        "Summaries": [{"ChangeSetId": "c", "Status": "x"}],
        "Parameters": [{}],
    }
    assert identified(answer) == {"StackId": "s", "Summaries": [{"ChangeSetId": "c"}]}
