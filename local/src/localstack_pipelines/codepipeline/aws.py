"""The calls that CodePipeline makes to other services, through LocalStack's internal clients.

Every call is made as the account and in the region of the pipeline.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol

from botocore.exceptions import ClientError  # type: ignore[import-untyped]  # no stubs there
from localstack.aws.connect import connect_to

if TYPE_CHECKING:
    from localstack_pipelines.codepipeline.model import Artifact


class CallError(Exception):
    """Another service refused a call.

    ``code`` is its error code (``ResourceNotFoundException``); the message is its own sentence.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Commit:
    """A commit of a CodeCommit repository; ``id`` has 40 hexadecimal digits."""

    id: str
    message: str


class Aws(Protocol):
    """What the service needs of the others; each call may raise :class:`CallError`."""

    def head_commit(self, repository_name: str, branch_name: str) -> str:
        """Return the id of the branch's newest commit."""

    def commit(self, repository_name: str, commit_id: str) -> Commit:
        """Return a commit."""

    def export_zip(self, repository_name: str, commit_id: str) -> bytes:
        """Return the tree of a commit as a zip file."""

    def put_artifact(self, artifact: Artifact, content: bytes, encryption_key: dict[str, str] | None) -> None:
        """Store an artifact, encrypted with the artifact store's key where it has one."""

    def artifact_credentials(self, role_arn: str) -> dict[str, Any]:
        """Return temporary credentials of a role: ``AWSSessionCredentials`` and ``expirationTime`` in milliseconds."""

    def invoke_function(self, function_name: str, event: dict[str, Any]) -> None:
        """Invoke a function asynchronously."""

    def publish(self, topic_arn: str, subject: str, message: dict[str, Any]) -> None:
        """Send a message to an SNS topic."""

    def put_event(self, source: str, detail_type: str, resource: str, detail: dict[str, Any]) -> None:
        """Put an event on the default event bus."""


class LocalAws:
    """The calls for one account and region, against the LocalStack this runs in."""

    def __init__(self, account_id: str, region: str) -> None:
        self._account_id = account_id
        self._region = region

    def head_commit(self, repository_name: str, branch_name: str) -> str:
        """See :class:`Aws`."""
        head: str = self._repositories("head_commit", repository_name, branch_name)
        return head

    def commit(self, repository_name: str, commit_id: str) -> Commit:
        """See :class:`Aws`."""
        return Commit(commit_id, self._repositories("commit_message", repository_name, commit_id))

    def export_zip(self, repository_name: str, commit_id: str) -> bytes:
        """See :class:`Aws`."""
        content: bytes = self._repositories("export_zip", repository_name, commit_id)
        return content

    def put_artifact(self, artifact: Artifact, content: bytes, encryption_key: dict[str, str] | None) -> None:
        """See :class:`Aws`."""
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
        """See :class:`Aws`."""
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
        """See :class:`Aws`."""
        payload = json.dumps(event).encode()
        self._call("lambda", "invoke", FunctionName=function_name, InvocationType="Event", Payload=payload)

    def publish(self, topic_arn: str, subject: str, message: dict[str, Any]) -> None:
        """See :class:`Aws`."""
        # A subject of SNS has at most 100 characters.
        self._call("sns", "publish", TopicArn=topic_arn, Subject=subject[:100], Message=json.dumps(message))

    def put_event(self, source: str, detail_type: str, resource: str, detail: dict[str, Any]) -> None:
        """See :class:`Aws`."""
        entry = {"Source": source, "DetailType": detail_type, "Resources": [resource], "Detail": json.dumps(detail)}
        answer = self._call("events", "put_events", Entries=[entry])
        for result in answer["Entries"]:
            if "ErrorCode" in result:
                raise CallError(result["ErrorCode"], result.get("ErrorMessage", ""))

    def _call(self, service: str, operation: str, **parameters: Any) -> Any:
        clients = connect_to(aws_access_key_id=self._account_id, region_name=self._region)
        try:
            return getattr(clients.get_client(service), operation)(**parameters)
        except ClientError as error:
            details = error.response["Error"]
            raise CallError(details.get("Code", "Unknown"), details.get("Message", str(error))) from error

    def _repositories(self, function: str, *arguments: str) -> Any:
        # Loaded when first needed: a pipeline without a CodeCommit action needs no CodeCommit.
        from localstack.aws.api import ServiceException  # noqa: PLC0415

        from localstack_pipelines.codecommit import repositories  # noqa: PLC0415

        try:
            return getattr(repositories, function)(self._account_id, self._region, *arguments)
        except ServiceException as error:
            raise CallError(error.code, error.message) from error
