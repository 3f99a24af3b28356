"""The EventBridge target ``arn:aws:codepipeline:<region>:<account>:<pipeline>``: an event starts the pipeline.

As on AWS, the pipeline does not receive the content of the event (EventBridge User Guide, "Amazon EventBridge
targets"). The trigger of the execution is ``CloudWatchEvent``, with the ARN of the rule as its detail (CodePipeline API
reference, ``ExecutionTrigger``).
"""

from __future__ import annotations

import logging
from typing import Any

from localstack.services.events.target import TargetSender
from localstack.utils.aws.arns import parse_arn

from localstack_pipelines.common.clients import clients_of

LOG = logging.getLogger(__name__)

SERVICE = "codepipeline"


class CodePipelineTargetSender(TargetSender):
    """Starts a pipeline for each event that matches the rule."""

    def send_event(self, event: Any, trace_header: Any) -> None:  # noqa: ARG002  # the base class's signature
        """Start the pipeline. A failure is logged: an event has no caller to receive an error."""
        pipeline_name = parse_arn(self.target["Arn"])["resource"]
        try:
            client = clients_of(self.target_account_id, self.target_region).codepipeline
            # The CodePipeline plug-in reads the trigger of the execution from this metadata of LocalStack's internal
            # calls; the public API has no parameter for it.
            client.request_metadata(source_arn=self.rule_arn, service_principal="events").start_pipeline_execution(
                name=pipeline_name
            )
        except Exception as error:  # whatever CodePipeline or the client raises
            LOG.error("Rule %s could not start the pipeline %s: %s", self.rule_arn, pipeline_name, error)  # noqa: TRY400
            LOG.debug("Traceback of the failure:", exc_info=error)
