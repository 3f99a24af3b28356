"""Checks what every scenario must satisfy and what the scenario itself expects."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from tests.machine.scenarios.journal import effects
from tests.machine.scenarios.world import CLOUDFORMATION_ROLE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.machine.scenarios.journal import Journal
    from tests.machine.scenarios.play import Ended, Execution
    from tests.machine.scenarios.scenario import Scenario

# PutJobFailureResult, API reference: FailureDetails.message.
MAX_MESSAGE = 5000
EXECUTED = ("EXECUTE_IN_PROGRESS", "EXECUTE_COMPLETE", "EXECUTE_FAILED")
SAFE = "CAN-SAFELY-UPDATE-EXISTING-STACK"


def check(scenario: Scenario, ended: Ended) -> None:
    """Check everything."""
    check_answer(scenario, ended)
    check_effects(scenario, ended)
    check_machine(scenario, ended)
    check_waiting(scenario, ended)
    for journal in journals(ended):
        check_change_sets(scenario, ended, journal)
        check_once(journal)
        check_requests(scenario, journal)
        assert {(call["account"], call["region"]) for call in journal.calls} <= {scenario.place}


def journals(ended: Ended) -> list[Journal]:
    """Return the journals of the stack and its successor."""
    return [journal for journal in (ended.journal, ended.successor) if journal is not None]


def check_answer(scenario: Scenario, ended: Ended) -> None:
    """CodePipeline's result is that of the execution and the scenario."""
    answer, end = ended.answer, scenario.end
    text = answer.message or answer.summary
    if end.error is None:
        assert (answer.status, answer.error_code) == ("Succeeded", ""), answer
    else:
        assert answer.status == "Failed", answer
        assert text.startswith(f"{end.error}: "), text
        kind = "ConfigurationError" if end.error == "Changegate.Misconfigured" else "JobFailed"
        assert answer.error_code == kind, answer
    assert len(text) <= MAX_MESSAGE
    for fragment in end.says:
        said = fragment.format(stack=scenario.stack_name, successor=scenario.successor_name)
        assert said in text, f"{said!r} is not in {text!r}"
    for execution in ended.executions:
        check_agreement(ended, execution)


def check_agreement(ended: Ended, execution: Execution) -> None:
    """CodePipeline receives the result of the execution."""
    assert execution.arn == ended.answer.execution_arn
    if ended.answer.status == "Succeeded":
        assert (execution.status, execution.history.entered[-1]) == ("SUCCEEDED", "Deployment Succeeded")
    else:
        assert (execution.status, execution.history.entered[-1]) == ("FAILED", "Deployment Failed")
        assert ended.answer.message.startswith(f"{execution.error}: ")


def check_effects(scenario: Scenario, ended: Ended) -> None:
    """The calls to CloudFormation, in order, have the expected parameters."""
    called = [effect for journal in journals(ended) for effect in effects(journal)]
    assert called == list(scenario.effects), f"{called} ({ended.answer.message or ended.answer.summary})"
    for operation, parameters in scenario.sent.items():
        journal = next(each for each in reversed(journals(ended)) if operation in map(_operation, each.calls))
        sent = journal.parameters(operation)
        expected = {
            name: json.loads(
                json.dumps(value)
                .replace("{stack}", scenario.stack_name)
                .replace("{successor}", scenario.successor_name)
            )
            for name, value in parameters.items()
        }
        assert {name: sent.get(name) for name in expected} == expected


def check_machine(scenario: Scenario, ended: Ended) -> None:
    """The state machine retries the expected states and avoids the excluded ones."""
    retried = [retry for execution in ended.executions for retry in execution.history.retried]
    assert retried == list(scenario.retried)
    entered = {state for execution in ended.executions for state in execution.history.entered}
    assert not entered & set(scenario.avoids)


def check_waiting(scenario: Scenario, ended: Ended) -> None:
    """Every wait is within its bounds, and the sum of waits within its limit."""
    waiting = ended.machine.definition.waiting
    bound = 2 * (waiting["busy_stack_seconds"] + waiting["change_set_seconds"]) + 2 * waiting["stack_operation_seconds"]
    totals: Counter[str] = Counter()
    for execution in ended.executions:
        assert execution.history.waited_seconds <= bound
        before: Mapping[str, Any] = {"for": None, "total": 0}
        for state, wait in execution.history.waits:
            assert wait["for"] == state
            limit = ended.machine.definition.limit(state)
            goes_on = before["for"] == state and wait["total"] > before["total"]
            assert wait["total"] == wait["seconds"] + (before["total"] if goes_on else 0)
            assert 1 <= wait["seconds"] <= waiting["maximum_seconds"]
            assert wait["total"] <= limit
            # Less than the minimum only if the limit leaves less.
            assert wait["seconds"] >= waiting["minimum_seconds"] or wait["total"] == limit
            totals[state] += wait["seconds"]
            before = wait
    for state, seconds in scenario.waited.items():
        assert totals[state] == seconds, f"{state}: {totals[state]} s"


def check_change_sets(scenario: Scenario, ended: Ended, journal: Journal) -> None:
    """Our change sets that were not executed are deleted; executed ones were found safe."""
    arns = {execution.arn for execution in ended.executions}
    ours = [each for each in change_sets(journal) if each["description"] in {f"Changegate: {arn}" for arn in arns}]
    left = [each for each in ours if not each["deleted"] and each["execution_status"] not in EXECUTED]
    if journal is ended.journal:
        assert [f"{each['status']}/{each['execution_status']}" for each in left] == list(scenario.leaves)
    else:
        assert left == []
    safe = {
        visit.entered_with["taskParams"]["changeSetId"]
        for execution in ended.executions
        for visit in execution.history.visits
        if visit.state == "Safe to Update Infra?" and visit.entered_with["taskParams"]["changeSetAction"] == SAFE
    }
    executed = [call for call in journal.calls if call["operation"] == "ExecuteChangeSet"]
    assert {call["parameters"]["ChangeSetName"] for call in executed} <= safe


def change_sets(journal: Journal) -> Iterator[dict[str, Any]]:
    """Return the root change sets of a journal's stacks, deleted ones included."""
    for stack in journal.stacks:
        yield from stack["change_sets"]


def check_once(journal: Journal) -> None:
    """No side effect happens twice."""
    done = Counter(effect.partition("+")[0] for effect in effects(journal) if "!" not in effect and "=" not in effect)
    for operation in ("CreateStack", "CreateChangeSet", "ExecuteChangeSet", "DeleteStack", "SetStackPolicy"):
        assert done[operation] <= 1, f"{operation} was done {done[operation]} times"


def check_requests(scenario: Scenario, journal: Journal) -> None:
    """Calls with side effects have tokens, name their target by ARN and pass the right role."""
    for call in journal.calls:
        sent = call["parameters"]
        match call["operation"]:
            case "CreateStack" | "ExecuteChangeSet" | "DeleteStack":
                assert sent["ClientRequestToken"].startswith("changegate-"), call
            case "CreateChangeSet":
                assert sent["ClientToken"].startswith("changegate-"), call
        match call["operation"]:
            case "DeleteStack" | "SetStackPolicy" | "UpdateTerminationProtection":
                assert sent["StackName"].startswith("arn:"), call
            case "ExecuteChangeSet" | "DeleteChangeSet":
                assert sent["ChangeSetName"].startswith("arn:"), call
        if call["operation"] in {"CreateStack", "CreateChangeSet", "DeleteStack"}:
            assert sent["RoleARN"] == scenario.told.get("roleArn", CLOUDFORMATION_ROLE)


def _operation(call: Mapping[str, Any]) -> str:
    return str(call["operation"])
