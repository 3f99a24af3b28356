"""Operations on jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import jobs, views
from ..request import Operations, operation, store_of

if TYPE_CHECKING:
    from localstack.aws.api import RequestContext

    from localstack_pipelines.common.operation import Request, Response


class JobOperations(Operations):
    """The handlers."""

    @operation("GetJobDetails")
    def get_job_details(self, context: RequestContext, request: Request) -> Response:
        """Return a job."""
        return {"jobDetails": views.job_details(jobs.find_job(store_of(context).jobs, request["jobId"]))}

    @operation("AcknowledgeJob")
    def acknowledge_job(self, context: RequestContext, request: Request) -> Response:
        """Mark a job as received."""
        job = jobs.find_job(store_of(context).jobs, request["jobId"])
        return {"status": jobs.acknowledge(job, request["nonce"])}

    @operation("PutJobSuccessResult")
    def put_job_success_result(self, context: RequestContext, request: Request) -> Response:
        """Receive the answer that a job has succeeded, or continues later."""
        self.runner.receive_success(jobs.find_job(store_of(context).jobs, request["jobId"]), request)
        return {}

    @operation("PutJobFailureResult")
    def put_job_failure_result(self, context: RequestContext, request: Request) -> Response:
        """Receive the answer that a job has failed."""
        job = jobs.find_job(store_of(context).jobs, request["jobId"])
        self.runner.receive_failure(job, request["failureDetails"])
        return {}
