"""The CodeCommit source action: the newest commit of a branch becomes a zip in the artifact store.

Source: User Guide, "CodeCommit source action reference" (configuration, output artifact and output variables).
Changes are found through events alone; nothing polls, whatever ``PollForSourceChanges`` says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from localstack_pipelines.codepipeline.aws import CallError
from localstack_pipelines.codepipeline.model import ErrorDetails, Outcome, Revision

if TYPE_CHECKING:
    from datetime import datetime

    from localstack_pipelines.codepipeline.aws import Aws
    from localstack_pipelines.codepipeline.model import Assignment

# A revision summary has at most 2,048 characters (API reference, SourceRevision).
MAX_SUMMARY = 2048


def fetch(aws: Aws, assignment: Assignment, now: datetime) -> Outcome:
    """Fetch the source of one action run into its output artifact.

    It takes the branch's newest commit, or the one that the execution was started with.

    :return: an outcome with the revision; with an error where repository, branch, commit or bucket is missing.
    """
    run, region = assignment.run, assignment.pipeline.region
    commit_id = assignment.execution.source_overrides.get(run.name)
    repository, branch = run.configuration["RepositoryName"], run.configuration["BranchName"]
    artifact = run.output_artifacts[0]
    try:
        commit = aws.commit(repository, commit_id or aws.head_commit(repository, branch))
        content = aws.export_zip(repository, commit.id)
    except CallError as error:
        return Outcome(error=ErrorDetails("RevisionUnavailable", _why(error, repository, branch, commit_id)))
    try:
        aws.put_artifact(artifact, content, assignment.artifact_store.get("encryptionKey"))
    except CallError as error:
        message = f"The source could not be stored in the artifact bucket {artifact.bucket}: {error}"
        return Outcome(error=ErrorDetails("ConfigurationError", message))
    url = f"https://{region}.console.aws.amazon.com/codecommit/home#/repository/{repository}/commit/{commit.id}"
    # An empty summary is not valid, an empty commit message is.
    summary = commit.message.strip()[:MAX_SUMMARY] or commit.id
    return Outcome(
        summary=summary,
        external_execution_id=commit.id,
        external_execution_url=url,
        revision=Revision(run.name, artifact.name, commit.id, summary, url, now),
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
