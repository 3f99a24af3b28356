"""The policy simulator: iam-simulate, which evaluates IAM policies without an account.

Source: https://github.com/cloud-copilot/iam-simulate. It also checks every request against the Service Authorization
Reference: an action, a resource or a context key that AWS does not have is an error.
"""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dev.bootstrap.environments import GROUPS
from dev.bootstrap.node_packages import node, packages
from tests.support.checkout import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.privileges.authorization import Request

# iam-simulate does not have the key with the encryption context in its name. In policies and requests, a key that takes
# any value replaces it, so the comparison is the same.
_UNKNOWN = "kms:EncryptionContext:aws:s3:arn"
_KNOWN = "aws:RequestTag/EncryptionContext"

SCRIPT = Path(__file__).with_name("simulate.cjs")


@dataclass(frozen=True)
class Question:
    """May the role make the request, with these policies (JSON)?"""

    principal: str
    request: Request
    identity: Mapping[str, str]
    resource_policy: str | None = None
    boundary: str | None = None


@dataclass(frozen=True)
class Answer:
    """The simulator's decision.

    :ivar result: ``Allowed``, ``ImplicitlyDenied`` or ``ExplicitlyDenied``.
    :ivar allowed_by: the Sid of each statement of the identity that allows it.
    """

    result: str
    allowed_by: tuple[str, ...]


def ask(questions: Sequence[Question]) -> list[Answer]:
    """Return the answers, in order.

    :raises AssertionError: when a request is not valid in IAM.
    """
    documents: dict[str, Any] = {}
    numbers: dict[str, str] = {}

    def number(text: str) -> str:
        if text not in numbers:
            numbers[text] = f"document {len(numbers)}"
            documents[numbers[text]] = json.loads(text.replace(_UNKNOWN, _KNOWN))
        return numbers[text]

    asked = [
        {
            "principal": question.principal,
            "action": question.request.action,
            "resource": question.request.resource,
            "account": question.request.account,
            "context": {
                "aws:PrincipalArn": question.principal,
                **{name.replace(_UNKNOWN, _KNOWN): value for name, value in question.request.context.items()},
            },
            "identity": [number(text) for text in question.identity.values()],
            "boundary": None if question.boundary is None else number(question.boundary),
            "resourcePolicy": None if question.resource_policy is None else number(question.resource_policy),
        }
        for question in questions
    ]
    environment = ROOT / GROUPS["simulator"][0].folder
    done = subprocess.run(
        [str(node(environment)), str(SCRIPT)],
        input=json.dumps({"documents": documents, "requests": asked}),
        env={**os.environ, "NODE_PATH": str(packages(environment))},
        capture_output=True,
        text=True,
        check=False,
        timeout=1700,
    )
    assert done.returncode == 0, done.stderr
    answers = json.loads(done.stdout)
    for question, answer in zip(questions, answers, strict=True):
        assert "errors" not in answer, (question.request, answer["errors"])
        assert answer["ignored"] == [], (question.request, answer["ignored"])
    return [Answer(answer["result"], tuple(answer["allowedBy"])) for answer in answers]
