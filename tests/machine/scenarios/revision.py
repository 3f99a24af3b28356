"""The revision of all scenarios: a commit with every file that a deployment can name."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from changegate_cli.local.instance import LocalAws

BRANCH = "main"
TEMPLATE_PATH = "infra/template.yaml"
CONFIGURATION_PATH = "infra/configuration.json"

# CloudFormation is scripted, so only the bytes of the template matter.
TEMPLATE = b"Resources:\n  Queue:\n    Type: AWS::SQS::Queue\n"

STACK_POLICY = {"Statement": [{"Effect": "Deny", "Action": "Update:Delete", "Principal": "*", "Resource": "*"}]}
CONFIGURATION: dict[str, dict[str, Any]] = {
    "Parameters": {"Size": "small", "Colour": "red"},
    "Tags": {"team": "orders", "stage": "test"},
    "StackPolicy": STACK_POLICY,
}

FILES = {TEMPLATE_PATH: TEMPLATE, CONFIGURATION_PATH: json.dumps(CONFIGURATION).encode()}


def commit(aws: LocalAws, repository: str) -> None:
    """Create the repository with the commit."""
    client = aws.client("codecommit")
    client.create_repository(repositoryName=repository)
    client.create_commit(
        repositoryName=repository,
        branchName=BRANCH,
        commitMessage="Everything a deployment may name",
        putFiles=[{"filePath": path, "fileContent": content} for path, content in FILES.items()],
    )


def fingerprint(parameters: Mapping[str, str]) -> str:
    """Return the SHA-256 prefix in the name of a stack's successor (blue/green)."""
    template = hashlib.sha256(TEMPLATE).hexdigest()
    given = json.dumps(dict(sorted(parameters.items())), separators=(",", ":"))
    return hashlib.sha256(f"{template}{given}".encode()).hexdigest()[:8]
