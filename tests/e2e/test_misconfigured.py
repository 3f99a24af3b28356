"""A mistake in a push or in the pipeline's settings is reported in one sentence, and nothing changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from changegate_cli.local.stack import change_sets, snapshot
from changegate_cli.watch.result import PushOutcome

if TYPE_CHECKING:
    from collections.abc import Iterator

    from changegate_cli.local.installation import Installation
    from changegate_cli.local.provisioned import ProvisionedAws
    from tests.e2e.conftest import Pusher

pytestmark = pytest.mark.on_account


@pytest.fixture(autouse=True)
def untouched(run: Installation[ProvisionedAws]) -> Iterator[None]:
    """Check that the stack is the same after the test, and that no change set is left."""
    cloudformation = run.aws.client("cloudformation")
    before = snapshot(cloudformation, run.stack_name)
    yield
    assert snapshot(cloudformation, run.stack_name) == before
    assert change_sets(cloudformation, run.stack_name) == ()


@pytest.fixture
def state_machine_input(run: Installation[ProvisionedAws]) -> Iterator[tuple[str, str]]:
    """The object with the state machine's input; the test may overwrite or delete it."""
    s3 = run.aws.client("s3")
    where = {"Bucket": run.outputs["bucket_name"], "Key": run.pipeline["deployments"][0]["state_machine_file"]}
    original = s3.head_object(**where)["VersionId"]
    yield where["Bucket"], where["Key"]
    # Remove the versions that the test has added, so that the original is the latest again.
    versions = s3.list_object_versions(Bucket=where["Bucket"], Prefix=where["Key"])
    for version in [*versions.get("Versions", []), *versions.get("DeleteMarkers", [])]:
        if version["VersionId"] != original:
            s3.delete_object(**where, VersionId=version["VersionId"])
    assert s3.head_object(**where)["VersionId"] == original


def check(pusher: Pusher, message: str, *words: str) -> None:
    result = pusher.push(message)
    assert (result.outcome, result.pipeline) == (PushOutcome.FAILED, "Failed")
    reported = pusher.pipeline_message()
    assert result.reason == reported
    assert reported.startswith("Changegate.Misconfigured: ")
    assert "\n" not in reported
    for word in words:
        assert word in reported, reported


def test_a_template_that_is_no_yaml(pusher: Pusher) -> None:
    pusher.template.write_text("Resources: [unclosed\n")
    check(pusher, "a template that is no YAML", "infra/template.yaml")


def test_a_template_with_a_reference_to_nothing(pusher: Pusher) -> None:
    text = pusher.template.read_text()
    assert text.count("Value: !Ref OrderQueue") == 2
    pusher.template.write_text(text.replace("Value: !Ref OrderQueue", "Value: !Ref OrderQeue"))
    check(pusher, "a reference to nothing", "OrderQeue")


def test_a_template_path_that_does_not_exist(pusher: Pusher) -> None:
    pusher.template.rename(pusher.content / "template.yaml")
    check(pusher, "the template is elsewhere", "infra/template.yaml")


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff\xfe", b'{"environmentName": "prod"}'])
def test_a_state_machine_input_that_is_no_input(
    run: Installation[ProvisionedAws], pusher: Pusher, state_machine_input: tuple[str, str], body: bytes
) -> None:
    bucket, key = state_machine_input
    run.aws.client("s3").put_object(Bucket=bucket, Key=key, Body=body)
    words = (f"s3://{bucket}/{key}", "fix the file") if body != b'{"environmentName": "prod"}' else ("stackName",)
    check(pusher, f"the input is {body!r}", *words)


def test_a_state_machine_input_that_is_not_there(
    run: Installation[ProvisionedAws], pusher: Pusher, state_machine_input: tuple[str, str]
) -> None:
    bucket, key = state_machine_input
    run.aws.client("s3").delete_object(Bucket=bucket, Key=key)
    check(pusher, "there is no input", f"s3://{bucket}/{key}", "upload it")
