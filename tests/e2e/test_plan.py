"""What Terraform has applied is what it finds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from changegate_cli.local.terraform import Difference

if TYPE_CHECKING:
    from changegate_cli.local.terraform import Terraform


def test_a_second_plan_differs_in_one_attribute_that_is_not_told(terraform: Terraform) -> None:
    """LocalStack stores a state machine's tracing configuration but does not return it from DescribeStateMachine.

    The provider then takes it for absent. AWS returns it (API reference, DescribeStateMachine,
    ``tracingConfiguration``), so that there the plan is empty.
    """
    assert terraform.differences() == (
        Difference(
            "module.state_machine.aws_sfn_state_machine.this", ("update",), frozenset({"tracing_configuration"})
        ),
    )
