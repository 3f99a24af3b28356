"""A plan right after the apply."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from changegate_cli.local.errors import LocalRunError
from changegate_cli.terraform import Difference

if TYPE_CHECKING:
    from collections.abc import Iterator

    from changegate_cli.local.installation import Installation
    from changegate_cli.local.terraform import LocalTerraform


def test_a_second_plan_differs_in_one_attribute_that_is_not_returned(terraform: LocalTerraform) -> None:
    """LocalStack stores a state machine's tracing configuration but does not return it from DescribeStateMachine.

    The provider then takes it for absent. AWS returns it (API reference, DescribeStateMachine,
    ``tracingConfiguration``), so the plan is empty there.
    """
    assert terraform.differences() == (
        Difference(
            "module.state_machine.aws_sfn_state_machine.this", ("update",), frozenset({"tracing_configuration"})
        ),
    )


@pytest.fixture
def changed_by_hand(local_run: Installation) -> Iterator[str]:
    """Overwrite an input with what would deploy another template, and return its key."""
    s3, bucket = local_run.aws.client("s3"), local_run.outputs["bucket_name"]
    key: str = local_run.pipeline["deployments"][0]["state_machine_file"]
    content = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    other = s3.put_object(Bucket=bucket, Key=key, Body=content.replace(b"template.yaml", b"other.yaml"))
    yield key
    s3.delete_object(Bucket=bucket, Key=key, VersionId=other["VersionId"])


def test_a_plan_refuses_an_input_that_was_changed_by_hand(terraform: LocalTerraform, changed_by_hand: str) -> None:
    with pytest.raises(LocalRunError, match="changed by hand") as refused:
        terraform.differences()
    assert changed_by_hand in " ".join(str(refused.value).split())
