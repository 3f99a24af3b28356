"""The CodeCommit source action: it stores the newest commit of a branch as a zip in the artifact store.

Source: User Guide, "CodeCommit source action reference" (configuration, output artifact and output variables).
Only events report changes: ``PollForSourceChanges`` has no effect, because nothing polls.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from localstack_pipelines.common.clients import CallError

from .models import ActionResult, ErrorDetails, SourceRevision

if TYPE_CHECKING:
    from datetime import datetime

    from .models import Assignment
    from .services import Services

# In characters. API reference, SourceRevision.
MAX_SUMMARY = 2048


def fetch(services: Services, assignment: Assignment, now: datetime) -> ActionResult:
    """Store the source of an action run as its output artifact.

    The source is the commit that the execution was started with, or else the newest commit of the branch.

    :return: a result with the revision, or with an error when the repository, branch, commit or bucket is missing.
    """
    run, region = assignment.run, assignment.pipeline.region
    commit_id = assignment.execution.source_overrides.get(run.name)
    repository, branch = run.configuration["RepositoryName"], run.configuration["BranchName"]
    artifact = run.output_artifacts[0]
    try:
        commit = services.commit(repository, commit_id or services.head_commit(repository, branch))
        content = services.export_zip(repository, commit.id)
    except CallError as error:
        return ActionResult(error=ErrorDetails("RevisionUnavailable", _why(error, repository, branch, commit_id)))
    try:
        services.put_artifact(artifact, content, assignment.artifact_store.get("encryptionKey"))
    except CallError as error:
        message = f"The source could not be stored in the artifact bucket {artifact.bucket}: {error}"
        return ActionResult(error=ErrorDetails("ConfigurationError", message))
    url = f"https://{region}.console.services.amazon.com/codecommit/home#/repository/{repository}/commit/{commit.id}"
    # A commit message may be empty, a summary may not.
    summary = commit.message.strip()[:MAX_SUMMARY] or commit.id
    return ActionResult(
        summary=summary,
        external_execution_id=commit.id,
        external_execution_url=url,
        revision=SourceRevision(run.name, artifact.name, commit.id, summary, url, now),
        output_variables={
            "RepositoryName": repository,
            "BranchName": branch,
            "CommitId": commit.id,
            "CommitMessage": commit.message,
        },
    )


def _why(error: CallError, repository: str, branch: str, commit_id: str | None) -> str:
    match error.code:
        case "RepositoryDoesNotExistException":
            return f"There is no CodeCommit repository named {repository}; check the action's RepositoryName."
        case "BranchDoesNotExistException":
            return (
                f"There is no branch named {branch} in the CodeCommit repository {repository}; "
                "check the action's BranchName."
            )
        case "CommitDoesNotExistException" | "CommitIdDoesNotExistException":
            return f"There is no commit {commit_id} in the CodeCommit repository {repository}."
        case _:
            return f"The source could not be read from the CodeCommit repository {repository}: {error}"
