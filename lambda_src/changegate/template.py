"""Hands a revision's template to CloudFormation: by S3 URL, as it may exceed the 51,200 bytes of a request."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from changegate.revision import open_revision, read_member

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

    from changegate.deployment import Deployment


def publish_template(s3: S3Client, deployment: Deployment, bucket: str) -> str:
    """Copy the deployment's template from its revision to ``bucket`` and return its URL.

    The key is made of the content's SHA-256: what CloudFormation reads later is what was read now, and a retry
    writes the same object.

    :raises MisconfiguredError: when the revision or the template in it cannot be read (:mod:`changegate.revision`).
    """
    with open_revision(s3, deployment.revision_bucket, deployment.revision_key) as archive:
        template = read_member(archive, deployment.template_path)
    key = f"templates/{deployment.full_stack_name}/{hashlib.sha256(template).hexdigest()}"
    s3.put_object(Bucket=bucket, Key=key, Body=template)
    # The path style is one of the two that CreateStack documents for TemplateURL, and fits every bucket name.
    return f"{s3.meta.endpoint_url}/{bucket}/{key}"
