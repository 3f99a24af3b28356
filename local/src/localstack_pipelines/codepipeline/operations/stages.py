"""Operations on stages: transitions and approvals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from localstack_pipelines.common.arns import caller_arn
from localstack_pipelines.common.clock import utc_now

from .. import executions, progress
from ..errors import ActionNotFoundException
from ..models import StageTransition
from ..request import Operations, find_pipeline, find_stage, operation

if TYPE_CHECKING:
    from localstack.aws.api import RequestContext

    from localstack_pipelines.common.operation import Request, Response


class StageOperations(Operations):
    """The handlers."""

    @operation("DisableStageTransition")
    def disable_stage_transition(self, context: RequestContext, request: Request) -> Response:
        """Keep executions from entering or leaving a stage."""
        return self._change_transition(context, request, enabled=False)

    @operation("EnableStageTransition")
    def enable_stage_transition(self, context: RequestContext, request: Request) -> Response:
        """Let executions enter or leave a stage again."""
        return self._change_transition(context, request, enabled=True)

    @operation("PutApprovalResult")
    def put_approval_result(self, context: RequestContext, request: Request) -> Response:
        """Approve or reject a manual approval action."""
        pipeline = find_pipeline(context, request["pipelineName"])
        stage = find_stage(pipeline, request["stageName"])
        if request["actionName"] not in {
            action["name"] for action in stage["actions"] if action["actionTypeId"]["category"] == "Approval"
        }:
            raise ActionNotFoundException(
                f"Stage '{stage['name']}' has no approval action named '{request['actionName']}'."
            )
        run = executions.approval_run(pipeline, stage["name"], request["actionName"], request["token"])
        self.runner.receive_approval(pipeline, run, request, caller_arn(context.account_id))
        return {"approvedAt": utc_now()}

    def _change_transition(self, context: RequestContext, request: Request, *, enabled: bool) -> Response:
        pipeline = find_pipeline(context, request["pipelineName"])
        find_stage(pipeline, request["stageName"])
        transitions = pipeline.inbound if request["transitionType"] == "Inbound" else pipeline.outbound
        now = utc_now()
        transitions[request["stageName"]] = StageTransition(
            enabled, caller_arn(context.account_id), now, request.get("reason")
        )
        self.runner.perform(pipeline, progress.advance(pipeline, now))
        return {}
