"""The EventBridge target ``arn:aws:codepipeline:<region>:<account>:<pipeline>``: an event starts the pipeline.

As in AWS the event's content does not reach the pipeline ("Amazon EventBridge targets", EventBridge user guide);
the execution's trigger is ``CloudWatchEvent`` with the rule's ARN as its detail (``ExecutionTrigger``,
CodePipeline API reference).
"""

from __future__ import annotations

import importlib
import logging
from typing import TYPE_CHECKING, Any

from localstack.aws.connect import connect_to
from localstack.services.events.target import TargetSender
from localstack.utils.aws.arns import parse_arn

if TYPE_CHECKING:
    from collections.abc import Callable

LOG = logging.getLogger(__name__)

SERVICE = "codepipeline"

# The public API always says that a person has started the execution. This function of our CodePipeline also
# takes the ARN of the rule; with another CodePipeline provider the public API must do.
TRIGGERS_MODULE = "localstack_pipelines.codepipeline.triggers"


class CodePipelineTargetSender(TargetSender):
    """Starts a pipeline for each event that matches the rule."""

    def send_event(self, event: Any, trace_header: Any) -> None:  # noqa: ARG002  # the base class's signature
        """Start the pipeline. A pipeline that cannot be started is logged: an event has nobody to answer to."""
        pipeline_name = parse_arn(self.target["Arn"])["resource"]
        try:
            start = _start_from_event()
            if start is not None:
                start(self.target_account_id, self.target_region, pipeline_name, self.rule_arn)
            else:
                connect_to(
                    aws_access_key_id=self.target_account_id, region_name=self.target_region
                ).codepipeline.start_pipeline_execution(name=pipeline_name)
        except Exception as error:  # whatever CodePipeline or the client raises
            LOG.error("Rule %s could not start the pipeline %s: %s", self.rule_arn, pipeline_name, error)  # noqa: TRY400
            LOG.debug("Where that came from:", exc_info=error)


def _start_from_event() -> Callable[[str, str, str, str], object] | None:
    try:
        triggers = importlib.import_module(TRIGGERS_MODULE)
    except ModuleNotFoundError:
        return None
    function: Callable[[str, str, str, str], object] | None = getattr(triggers, "start_from_event", None)
    return function
