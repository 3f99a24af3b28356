# ruff: noqa: N818 (the API's names)
"""Errors of the CodePipeline API, by their names in the API reference."""

from __future__ import annotations

from localstack_pipelines.common.errors import ApiError


class CodePipelineError(ApiError):
    """Base of the API's errors."""


class PipelineNotFoundException(CodePipelineError):
    """The account and region have no pipeline with that name."""


class PipelineNameInUseException(CodePipelineError):
    """The account and region already have a pipeline with that name."""


class PipelineVersionNotFoundException(CodePipelineError):
    """The pipeline has no such version."""


class PipelineExecutionNotFoundException(CodePipelineError):
    """The execution does not exist or belongs to another pipeline."""


class PipelineExecutionNotStoppableException(CodePipelineError):
    """The execution has ended."""


class DuplicatedStopRequestException(CodePipelineError):
    """The execution is already stopping, in the requested way or by abandoning its actions."""


class ConcurrentPipelineExecutionsLimitExceededException(CodePipelineError):
    """The number of executions in progress has reached the quota."""


class NotLatestPipelineExecutionException(CodePipelineError):
    """A later execution has entered the stage."""


class StageNotFoundException(CodePipelineError):
    """The pipeline has no stage with that name."""


class StageNotRetryableException(CodePipelineError):
    """The stage has not failed, or the pipeline has changed since then."""


class ActionNotFoundException(CodePipelineError):
    """The stage has no action with that name."""


class InvalidStructureException(CodePipelineError):
    """The pipeline declaration violates a rule of the pipeline structure."""


class InvalidStageDeclarationException(CodePipelineError):
    """A stage declaration violates a rule of the pipeline structure."""


class InvalidActionDeclarationException(CodePipelineError):
    """An action declaration violates a rule of its action type."""


class InvalidNextTokenException(CodePipelineError):
    """The operation did not issue the token."""


class JobNotFoundException(CodePipelineError):
    """No job has that id."""


class InvalidJobStateException(CodePipelineError):
    """The job has been answered or has timed out, or its action has ended."""


class InvalidNonceException(CodePipelineError):
    """The nonce is not that of the job."""


class OutputVariablesSizeExceededException(CodePipelineError):
    """The output variables are larger than the quota."""


class InvalidApprovalTokenException(CodePipelineError):
    """The token is not that of the open approval request."""


class ApprovalAlreadyCompletedException(CodePipelineError):
    """The approval has been approved or rejected."""


class InvalidArnException(CodePipelineError):
    """The ARN is not that of a CodePipeline resource of this account and region."""


class ResourceNotFoundException(CodePipelineError):
    """The resource of the ARN does not exist."""


class InvalidTagsException(CodePipelineError):
    """A tag key is reserved or given twice."""


class TooManyTagsException(CodePipelineError):
    """The resource would have more than 50 tags."""
