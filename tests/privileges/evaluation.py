"""Checks every call of a record against the policies of its role, and collects the grants that were used."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.privileges.authorization import ChangeSets, requests_of
from tests.privileges.deployments import deployment_of, policies_of
from tests.privileges.simulator import Answer, Question, ask

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from tests.privileges.deployments import Policies
    from tests.privileges.record import Call
    from tests.privileges.rendered import Kind, Plan

ALLOWED = "Allowed"


@dataclass(frozen=True, order=True)
class Grant:
    """An action on a resource that a statement of a role allows, with the names of the plans."""

    role: str
    sid: str
    action: str
    resource: str


@dataclass
class Evaluation:
    """The result for all calls.

    :ivar asked: the number of requests for each role and action.
    :ivar problems: one sentence for each request that is not allowed and for each unknown call.
    :ivar used: the grants that a call needed.
    """

    asked: Counter[tuple[str, str]] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    used: set[Grant] = field(default_factory=set)


def grants_of(role: str, document: str) -> Iterator[Grant]:
    """Yield the grants of a policy, in order. The policies of functions have no wildcards in actions."""
    for statement in json.loads(document)["Statement"]:
        if statement["Effect"] == "Allow":
            for action in _listed(statement["Action"]):
                for resource in _listed(statement["Resource"]):
                    yield Grant(role, statement["Sid"], action, resource)


def matches(pattern: str, resource: str) -> bool:
    """Return whether a resource of a statement covers ``resource``: IAM has ``*`` and ``?``, which also match ``/``."""
    text = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(text, resource, re.DOTALL) is not None


def evaluate(calls: Sequence[Call], plans: Mapping[Kind, Plan]) -> Evaluation:
    """Let the simulator decide every authorization request of ``calls``."""
    evaluation = Evaluation()
    cases = list(_cases(calls, plans, evaluation.problems))
    answers = ask([question for _, _, question in cases])
    for (call, policies, question), answer in zip(cases, answers, strict=True):
        evaluation.asked[policies.role, question.request.action] += 1
        if answer.result == ALLOWED:
            evaluation.used |= set(_used(policies, question, answer))
        else:
            request = question.request
            evaluation.problems.append(f"{call.title}: {answer.result}: {request.action} on {request.resource}.")
    return evaluation


def _cases(
    calls: Sequence[Call], plans: Mapping[Kind, Plan], problems: list[str]
) -> Iterator[tuple[Call, Policies, Question]]:
    change_sets = {
        suite: ChangeSets(call for call in calls if call.suite == suite) for suite in {c.suite for c in calls}
    }
    for call in calls:
        try:
            requests = requests_of(call, change_sets[call.suite])
            policies = policies_of(call, deployment_of(call, change_sets[call.suite]), plans)
        except LookupError as error:
            problems.append(f"{call.title}: unknown: {error}.")
            continue
        for request in requests:
            resource_policy = policies.of_resources.get(request.action.partition(":")[0])
            yield call, policies, Question(call.role, request, policies.identity, resource_policy)


def _used(policies: Policies, question: Question, answer: Answer) -> Iterator[Grant]:
    for name, text in policies.identity.items():
        granted = (grants_of(policies.role, document) for document in (policies.templates[name], text))
        for grant, named in zip(*granted, strict=True):
            if (
                named.sid in answer.allowed_by
                and named.action == question.request.action
                and matches(named.resource, question.request.resource)
            ):
                yield grant


def _listed(value: str | Iterable[str]) -> list[str]:
    return [value] if isinstance(value, str) else list(value)
