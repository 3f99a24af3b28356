"""The verdict: what a change set would do to existing resources, and whether all of it is allowed. Pure.

It judges the plain answer of DescribeChangeSet (without ``IncludePropertyValues``), change by change, nested change
sets included. Anything unknown, missing or undetermined is refused: a verdict is safe only if every change is known to
lose nothing, or the policy allows the loss.
"""

from changegate.safety.assemble import AnswerError, assemble
from changegate.safety.changes import NESTED_STACK_TYPE, ChangeSet
from changegate.safety.findings import Decision, Fate, Finding, Kind, ResourceOutcome, Verdict, show_path, summary
from changegate.safety.judge import judge
from changegate.safety.policy import Policy, PolicyError

__all__ = [
    "NESTED_STACK_TYPE",
    "AnswerError",
    "ChangeSet",
    "Decision",
    "Fate",
    "Finding",
    "Kind",
    "Policy",
    "PolicyError",
    "ResourceOutcome",
    "Verdict",
    "assemble",
    "judge",
    "show_path",
    "summary",
]
