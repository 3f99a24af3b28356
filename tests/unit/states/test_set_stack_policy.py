"""State *Set Stack Policy*."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from changegate.errors import MisconfiguredError
from changegate.states import (
    set_stack_policy,
)
from tests.unit.conftest import STACK_ID, Aws, run


def test_the_policy_is_set_by_the_stacks_arn(aws: Aws) -> None:
    aws.cloudformation.add_response("set_stack_policy", {}, {"StackName": STACK_ID, "StackPolicyBody": "{}"})
    run(set_stack_policy.handler, stackId=STACK_ID, stackPolicy="{}")


def test_a_policy_that_cloudformation_refuses_is_a_misconfiguration(aws: Aws) -> None:
    aws.fail("cloudformation", "set_stack_policy", "ValidationError", "Error validating stack policy: no Statement")
    with pytest.raises(MisconfiguredError, match=r"is as the template says.*no Statement"):
        run(set_stack_policy.handler, stackId=STACK_ID, stackPolicy="{}")
    aws.fail("cloudformation", "set_stack_policy", "SomethingElse", "new")
    with pytest.raises(ClientError):
        run(set_stack_policy.handler, stackId=STACK_ID, stackPolicy="{}")
