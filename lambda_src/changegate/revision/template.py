"""What a revision says about the stack, and how it is handed to CloudFormation.

A template goes by S3 URL, as it may exceed the 51,200 bytes of a request.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from changegate.revision.archive import open_revision, read_member
from changegate.revision.template_configuration import TemplateConfiguration

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_s3 import S3Client

    from changegate.contract.deployment import Deployment


@dataclass(frozen=True, slots=True)
class Source:
    """The template, and what goes with it: the deployment's own parameters and tags win over the revision's."""

    template: bytes
    parameters: Mapping[str, str]
    tags: Mapping[str, str]
    stack_policy: str | None

    @property
    def fingerprint(self) -> str:
        """Hex digits that are the same for the same template with the same parameters.

        SHA-256 of the template's SHA-256 (hex) followed by the parameters as JSON, with sorted keys and no blanks.
        """
        parameters = json.dumps(dict(self.parameters), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(f"{hashlib.sha256(self.template).hexdigest()}{parameters}".encode()).hexdigest()


def read_source(s3: S3Client, deployment: Deployment) -> Source:
    """Read the deployment's template, and its template configuration if it names one, from its revision.

    :raises MisconfiguredError: when the revision or a file in it cannot be read (:mod:`changegate.revision.archive`),
        or the template configuration is not of its format.
    """
    configuration = TemplateConfiguration()
    with open_revision(s3, deployment.revision_bucket, deployment.revision_key) as archive:
        template = read_member(archive, deployment.template_path, "templatePath")
        if path := deployment.template_configuration_path:
            content = read_member(archive, path, "templateConfigurationPath")
            configuration = TemplateConfiguration.parse(content, path)
    return Source(
        template=template,
        parameters={**configuration.parameters, **deployment.parameters},
        tags={**configuration.tags, **deployment.tags},
        stack_policy=configuration.stack_policy,
    )


def publish(s3: S3Client, source: Source, bucket: str, stack_name: str) -> str:
    """Copy the template to ``bucket`` and return its URL.

    The key is made of the content's SHA-256: what CloudFormation reads later is what was read now, and a retry
    writes the same object.
    """
    key = f"templates/{stack_name}/{hashlib.sha256(source.template).hexdigest()}"
    s3.put_object(Bucket=bucket, Key=key, Body=source.template)
    # The path style is one of the two that CreateStack documents for TemplateURL, and fits every bucket name.
    return f"{s3.meta.endpoint_url}/{bucket}/{key}"
