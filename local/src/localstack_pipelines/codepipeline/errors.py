# ruff: noqa: N818 (the names are the API's)
"""The exceptions of the CodePipeline API (API reference, section "Errors" of each action). All answer HTTP 400."""

from __future__ import annotations

from localstack.aws.api import ServiceException


class CodePipelineError(ServiceException):
    """Base of the API's exceptions; the code that reaches the client is the name of the subclass."""

    status_code = 400
    sender_fault = False

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.code = type(self).__name__


class ValidationException(CodePipelineError):
    """A request member breaks a constraint of the service model, or contradicts another one."""


class SerializationException(CodePipelineError):
    """A request member has another JSON type than the service model says."""


class PipelineNotFoundException(CodePipelineError):
    """No pipeline has the name."""


class PipelineNameInUseException(CodePipelineError):
    """A pipeline of that name exists in the account and region."""


class PipelineVersionNotFoundException(CodePipelineError):
    """The pipeline has no such version."""


class PipelineExecutionNotFoundException(CodePipelineError):
    """The execution does not exist or belongs to another pipeline."""


class PipelineExecutionNotStoppableException(CodePipelineError):
    """The execution has ended."""


class DuplicatedStopRequestException(CodePipelineError):
    """The execution is stopping already, in the way asked for or in a stronger one."""


class ConcurrentPipelineExecutionsLimitExceededException(CodePipelineError):
    """As many executions are in progress as the execution mode allows."""


class NotLatestPipelineExecutionException(CodePipelineError):
    """A later execution has entered the stage."""


class StageNotFoundException(CodePipelineError):
    """The pipeline has no stage of that name."""


class StageNotRetryableException(CodePipelineError):
    """The stage has not failed, or the pipeline has changed since it did."""


class ActionNotFoundException(CodePipelineError):
    """The stage has no action of that name."""


class InvalidStructureException(CodePipelineError):
    """The pipeline declaration breaks a rule of the pipeline structure."""


class InvalidStageDeclarationException(CodePipelineError):
    """A stage declaration breaks a rule of the pipeline structure."""


class InvalidActionDeclarationException(CodePipelineError):
    """An action declaration breaks a rule of its action type."""


class InvalidNextTokenException(CodePipelineError):
    """The token does not come from an earlier answer of the same operation."""


class JobNotFoundException(CodePipelineError):
    """No job has the id."""


class InvalidJobStateException(CodePipelineError):
    """The job has been answered, has timed out or was given up with its action."""


class InvalidNonceException(CodePipelineError):
    """The nonce is not the job's."""


class OutputVariablesSizeExceededException(CodePipelineError):
    """The output variables are larger than the quota."""


class InvalidApprovalTokenException(CodePipelineError):
    """The token is not that of the open approval request."""


class ApprovalAlreadyCompletedException(CodePipelineError):
    """The approval request has been answered."""


class InvalidArnException(CodePipelineError):
    """The ARN is not that of a CodePipeline resource of this account and region."""


class ResourceNotFoundException(CodePipelineError):
    """The ARN names no existing resource."""


class InvalidTagsException(CodePipelineError):
    """A tag key is reserved or given twice."""


class TooManyTagsException(CodePipelineError):
    """The resource would have more than 50 tags."""
