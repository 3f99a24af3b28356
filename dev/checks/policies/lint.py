"""parliament's findings in a policy, and the exceptions to them in ``exceptions.toml``."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

import parliament

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from dev.checks.policies.plans import Policy

# A trust policy names no resource, because it applies to the role that has it. parliament requires one.
ROLE = "arn:aws:iam::111122223333:role/trusting"


@dataclass(frozen=True, order=True)
class Finding:
    """A possible mistake in a statement of a policy."""

    policy: str
    """Address of the resource that has the policy."""
    statement: str
    """Its Sid, or its number without one; empty for the whole policy."""
    issue: str
    """parliament's name for it."""
    about: str

    def __str__(self) -> str:
        """Return the finding on one line."""
        where = f"{self.policy}, statement {self.statement}" if self.statement else self.policy
        return f"{where}: {self.issue}: {self.about}"


@dataclass(frozen=True)
class Accepted:
    """A false positive and its reason. ``about`` may have wildcards; without a statement, it applies to all."""

    policy: str
    issue: str
    about: str
    reason: str
    statement: str | None = None

    def covers(self, finding: Finding) -> bool:
        """Return whether ``finding`` is the false positive."""
        return (
            (finding.policy, finding.issue) == (self.policy, self.issue)
            and self.statement in {None, finding.statement}
            and fnmatchcase(finding.about, self.about)
        )


def read_exceptions(path: Path) -> list[Accepted]:
    """Read the file of exceptions."""
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    return [Accepted(**exception) for exception in content["exception"]]


def findings_in(policy: Policy) -> Iterator[Finding]:
    """Yield parliament's findings in ``policy``."""
    document = json.loads(policy.document)
    if policy.is_trust:
        for index, statement in enumerate(_listed(document["Statement"])):
            if "Resource" in statement or "NotResource" in statement:
                name = str(statement.get("Sid", index))
                yield Finding(policy.address, name, "MALFORMED", "A trust policy names no resource.")
            else:
                statement["Resource"] = ROLE
    judged = parliament.analyze_policy_string(json.dumps(document))
    for index, statement in enumerate(judged.statements):
        for found in statement.findings:
            for about in _parts(found.detail):
                yield Finding(policy.address, str(statement.sid or index), found.issue, about)
    of_statements = [found for statement in judged.statements for found in statement.findings]
    for found in judged.findings:
        if found not in of_statements:
            for about in _parts(found.detail):
                yield Finding(policy.address, "", found.issue, about)


def problems(policies: Iterable[Policy], exceptions: Iterable[Accepted]) -> list[str]:
    """Return every finding without an exception, and every exception without a finding."""
    found = sorted({finding for policy in policies for finding in findings_in(policy)})
    exceptions = list(exceptions)
    return [
        *(str(finding) for finding in found if not any(exception.covers(finding) for exception in exceptions)),
        *(
            f"{exception.policy}: {exception.issue}: {exception.about}: the exception is stale: nothing is found"
            for exception in exceptions
            if not any(exception.covers(finding) for finding in found)
        ),
    ]


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _parts(detail: Any) -> list[str]:
    """Return one string for each action of a finding; parliament reports them together."""
    if isinstance(detail, list):
        return [
            f"{part['action']} {part['required_format']}" if isinstance(part, dict) else str(part) for part in detail
        ]
    return [str(detail)]
