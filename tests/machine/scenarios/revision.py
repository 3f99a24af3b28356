"""The revision of all scenarios: one commit with everything that a deployment may name."""

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

# CloudFormation is scripted: nobody reads it but for its bytes.
TEMPLATE = b"Resources:\n  Queue:\n    Type: AWS::SQS::Queue\n"

STACK_POLICY = {"Statement": [{"Effect": "Deny", "Action": "Update:Delete", "Principal": "*", "Resource": "*"}]}
CONFIGURATION: dict[str, dict[str, Any]] = {
    "Parameters": {"Size": "small", "Colour": "red"},
    "Tags": {"team": "orders", "stage": "test"},
    "StackPolicy": STACK_POLICY,
}

FILES = {TEMPLATE_PATH: TEMPLATE, CONFIGURATION_PATH: json.dumps(CONFIGURATION).encode()}


def commit(aws: LocalAws, repository: str) -> None:
    """Create the repository with the one commit."""
    client = aws.client("codecommit")
    client.create_repository(repositoryName=repository)
    client.create_commit(
        repositoryName=repository,
        branchName=BRANCH,
        commitMessage="Everything a deployment may name",
        putFiles=[{"filePath": path, "fileContent": content} for path, content in FILES.items()],
    )


def fingerprint(parameters: Mapping[str, str]) -> str:
    """Return the first digits of SHA-256 that a successor of a stack (blue/green) is named by."""
    template = hashlib.sha256(TEMPLATE).hexdigest()
    given = json.dumps(dict(sorted(parameters.items())), separators=(",", ":"))
    return hashlib.sha256(f"{template}{given}".encode()).hexdigest()[:8]
