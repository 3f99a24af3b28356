"""The verdict as JSON, the same for the state machine, the object in S3 and the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from changegate.safety.findings import Decision, show_path, summary

if TYPE_CHECKING:
    from changegate.json_types import Json
    from changegate.safety.findings import Finding, ResourceOutcome, Verdict

APPROVALS_DO_NOT_EXIST = "Approvals do not exist yet, so a change that needs one is refused"


def as_json(verdict: Verdict, *, max_findings: int | None = None) -> dict[str, Json]:
    """Return the verdict; with ``max_findings``, only that many findings, refused ones first, and no changes."""
    short: dict[str, Json] = {
        "safe": verdict.safe,
        "changeSetAction": verdict.change_set_action,
        "counts": dict(verdict.counts),
        "findingCount": len(verdict.findings),
        "findings": [_finding(finding) for finding in verdict.findings[:max_findings]],
    }
    return short if max_findings is not None else {**short, "changes": [_outcome(item) for item in verdict.outcomes]}


def refusal(verdict: Verdict) -> str:
    """Return why an unsafe verdict refuses, as a sentence without a full stop."""
    refused = verdict.refused
    approvals = any(finding.decision is Decision.APPROVE for finding in refused)
    return f"{summary(refused)}{'. ' + APPROVALS_DO_NOT_EXIST if approvals else ''}"


def _finding(finding: Finding) -> dict[str, Json]:
    return {
        "kind": finding.kind.value,
        "decision": finding.decision.value,
        "path": show_path(finding.path),
        "resourceType": finding.resource_type,
        "physicalResourceId": finding.physical_resource_id,
        "reason": finding.cause.reason,
        "property": finding.cause.property_name,
        "causingEntity": finding.cause.causing_entity,
        "rule": finding.rule,
    }


def _outcome(outcome: ResourceOutcome) -> dict[str, Json]:
    return {
        "path": show_path(outcome.path),
        "resourceType": outcome.resource_type,
        "physicalResourceId": outcome.physical_resource_id,
        "fate": outcome.fate.value,
    }
