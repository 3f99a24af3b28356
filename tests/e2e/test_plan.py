"""A plan right after the apply."""

from __future__ import annotations

from typing import TYPE_CHECKING

from changegate_cli.terraform import Difference

if TYPE_CHECKING:
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
