"""What a revision says about the stack, and how its template reaches CloudFormation.

A template is passed by S3 URL, as it may exceed the 51,200 bytes that a request takes.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from changegate.revision.archive import open_archive, read_member
from changegate.revision.template_configuration import TemplateConfiguration

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_s3 import S3Client

    from changegate.revision.revision import Revision


@dataclass(frozen=True, slots=True)
class Source:
    """A template where CloudFormation can read it, and the parameters, tags and stack policy that go with it."""

    template_url: str
    parameters: Mapping[str, str]
    tags: Mapping[str, str]
    stack_policy: str | None
    fingerprint: str
    """Hex digits that are the same for the same template with the same parameters."""


def publish(
    s3: S3Client, revision: Revision, stack_name: str, parameters: Mapping[str, str], tags: Mapping[str, str]
) -> Source:
    """Read the revision's template and template configuration, and copy the template to the bucket for CloudFormation.

    The key contains the SHA-256 of the template: CloudFormation reads what was read here, and a retry writes the same
    object.

    :param parameters: the deployment's own, which take precedence over those of the template configuration.
    :param tags: those too.
    :raises MisconfiguredError: when the revision or a file in it cannot be read (:mod:`changegate.revision.archive`),
        or the template configuration does not have its format.
    """
    configuration = TemplateConfiguration()
    with open_archive(s3, revision.bucket, revision.key) as archive:
        template = read_member(archive, revision.template_path, "templatePath")
        if path := revision.template_configuration_path:
            content = read_member(archive, path, "templateConfigurationPath")
            configuration = TemplateConfiguration.parse(content, path)
    bucket, key = os.environ["TEMPLATE_BUCKET"], f"templates/{stack_name}/{hashlib.sha256(template).hexdigest()}"
    s3.put_object(Bucket=bucket, Key=key, Body=template)
    all_parameters = {**configuration.parameters, **parameters}
    return Source(
        # The path style is one of the two that CreateStack documents for TemplateURL, and fits every bucket name.
        template_url=f"{s3.meta.endpoint_url}/{bucket}/{key}",
        parameters=all_parameters,
        tags={**configuration.tags, **tags},
        stack_policy=configuration.stack_policy,
        fingerprint=_fingerprint(template, all_parameters),
    )


def _fingerprint(template: bytes, parameters: Mapping[str, str]) -> str:
    """Return the SHA-256 of the template's SHA-256 (hex) and the parameters as JSON, with sorted keys and no blanks."""
    as_json = json.dumps(dict(parameters), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{hashlib.sha256(template).hexdigest()}{as_json}".encode()).hexdigest()
