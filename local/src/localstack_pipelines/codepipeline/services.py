"""The other services that actions call, as the account and in the region of the pipeline."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol

from localstack_pipelines.common.clients import CallError, call
from localstack_pipelines.common.event_bus import put_event

if TYPE_CHECKING:
    from localstack_pipelines.common.event_bus import Event

    from .models import Artifact


@dataclass(frozen=True)
class Commit:
    """A commit in a CodeCommit repository. ``id`` has 40 hexadecimal digits."""

    id: str
    message: str


class Services(Protocol):
    """The calls that CodePipeline makes to other services. Each may raise :class:`CallError`."""

    def head_commit(self, repository_name: str, branch_name: str) -> str:
        """Return the id of the newest commit on a branch."""

    def commit(self, repository_name: str, commit_id: str) -> Commit:
        """Return a commit."""

    def export_zip(self, repository_name: str, commit_id: str) -> bytes:
        """Return the tree of a commit as a zip file."""

    def put_artifact(self, artifact: Artifact, content: bytes, encryption_key: dict[str, str] | None) -> None:
        """Store an artifact, encrypted with the key of the artifact store if it has one."""

    def artifact_credentials(self, role_arn: str) -> dict[str, Any]:
        """Return temporary credentials of a role: ``AWSSessionCredentials``, and ``expirationTime`` in milliseconds."""

    def invoke_function(self, function_name: str, event: dict[str, Any]) -> None:
        """Invoke a function asynchronously."""

    def publish(self, topic_arn: str, subject: str, message: dict[str, Any]) -> None:
        """Publish a message to an SNS topic."""

    def put_event(self, event: Event) -> None:
        """Put an event on the default event bus."""


class LocalStackServices:
    """The services of this LocalStack, for one account and region."""

    def __init__(self, account_id: str, region: str) -> None:
        self._account_id = account_id
        self._region = region

    def head_commit(self, repository_name: str, branch_name: str) -> str:
        """See :class:`Services`."""
        head: str = self._revisions("head_commit", repository_name, branch_name)
        return head

    def commit(self, repository_name: str, commit_id: str) -> Commit:
        """See :class:`Services`."""
        return Commit(commit_id, self._revisions("commit_message", repository_name, commit_id))

    def export_zip(self, repository_name: str, commit_id: str) -> bytes:
        """See :class:`Services`."""
        content: bytes = self._revisions("export_zip", repository_name, commit_id)
        return content

    def put_artifact(self, artifact: Artifact, content: bytes, encryption_key: dict[str, str] | None) -> None:
        """See :class:`Services`."""
        encryption = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": encryption_key["id"]} if encryption_key else {}
        self._call(
            "s3",
            "put_object",
            Bucket=artifact.bucket,
            Key=artifact.key,
            Body=content,
            ContentType="application/zip",
            **encryption,
        )

    def artifact_credentials(self, role_arn: str) -> dict[str, Any]:
        """See :class:`Services`."""
        answer = self._call("sts", "assume_role", RoleArn=role_arn, RoleSessionName="codepipeline")
        credentials = answer["Credentials"]
        expiration: datetime = credentials["Expiration"]
        return {
            "accessKeyId": credentials["AccessKeyId"],
            "secretAccessKey": credentials["SecretAccessKey"],
            "sessionToken": credentials["SessionToken"],
            "expirationTime": int(expiration.astimezone(UTC).timestamp() * 1000),
        }

    def invoke_function(self, function_name: str, event: dict[str, Any]) -> None:
        """See :class:`Services`."""
        payload = json.dumps(event).encode()
        self._call("lambda", "invoke", FunctionName=function_name, InvocationType="Event", Payload=payload)

    def publish(self, topic_arn: str, subject: str, message: dict[str, Any]) -> None:
        """See :class:`Services`."""
        # SNS limits a subject to 100 characters.
        self._call("sns", "publish", TopicArn=topic_arn, Subject=subject[:100], Message=json.dumps(message))

    def put_event(self, event: Event) -> None:
        """See :class:`Services`."""
        put_event(self._account_id, self._region, event)

    def _call(self, service: str, operation: str, **parameters: Any) -> Any:
        return call(self._account_id, self._region, service, operation, **parameters)

    def _revisions(self, function: str, *arguments: str) -> Any:
        # Loaded on first use: a pipeline without a CodeCommit action does not need CodeCommit.
        from localstack.aws.api import ServiceException  # noqa: PLC0415

        from localstack_pipelines.codecommit import revisions  # noqa: PLC0415

        try:
            return getattr(revisions, function)(self._account_id, self._region, *arguments)
        except ServiceException as error:
            raise CallError(error.code, error.message) from error
