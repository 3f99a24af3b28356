"""One stack name in one account and region: the script that is played for it, and how far it has been played."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from . import texts
from .model import DELETED, IN_REVIEW, ChangeSet, Settings, Stack
from .script import ChangeSetOutcome, Script, StackOutcome, StackStep, matches, parse
from .stage import NewChangeSet
from .timeline import Timeline

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .script import ApiObject, Fault, GivenChangeSet, GivenStack, Intervention, When
    from .stage import Stage

# What CloudFormation writes beside the first event of an operation that somebody asked for.
_USER_INITIATED: Final = "User Initiated"


class Scene:
    """Plays one script on one stage.

    :param pattern: the script's pattern; ``None`` where the stack has no script.
    :param document: the script as JSON; it must have been parsed without an error before.
    """

    def __init__(self, stage: Stage, pattern: str | None = None, document: Any = None) -> None:
        self.stage = stage
        self.pattern = pattern
        self.tokens: dict[str, tuple[str, Mapping[str, Any], ApiObject]] = {}
        """What calls with a ClientRequestToken were: operation, request, answer."""
        self._calls: Counter[str] = Counter()
        self._uses: Counter[str] = Counter()
        names = {"stack": stage.name, "account": stage.account, "region": stage.region}
        self.script: Script = parse(texts.fill_names(document or {}, names))
        if self.script.stack is not None:
            self._make_stack(self.script.stack)
        for given in self.script.change_sets:
            self._make_change_set(given)

    # What the script says of calls.

    def count(self, operation: str) -> int:
        """Return the number, from 1, of a call that comes in."""
        self._calls[operation] += 1
        return self._calls[operation]

    def faults(self, operation: str, call: int, when: When) -> list[Fault]:
        """Return the faults that meet a call."""
        return [fault for fault in self.script.faults if fault.moment.fits(operation, call, when)]

    def intervene(self, operation: str, call: int, when: When) -> dict[str, int]:
        """Let others do what the script says, and return how many things each of their deeds met."""
        done: Counter[str] = Counter()
        for intervention in self.script.interventions:
            if intervention.moment.fits(operation, call, when):
                self._change_stack(intervention, done)
                self._change_change_sets(intervention, done)
        return dict(done)

    # What operations do.

    def create_stack(self, request: Mapping[str, Any]) -> Stack:
        """Make the stack as CreateStack does."""
        stack = self.stage.make_stack(self.stage.name, Settings().asked(request))
        stack.token = request.get("ClientRequestToken")
        stack.termination_protection = bool(request.get("EnableTerminationProtection"))
        stack.policy = request.get("StackPolicyBody", request.get("StackPolicyURL"))
        steps = self._stack_outcome("CreateStack").steps or _course("CREATE")
        self.stage.begin(stack, steps, _USER_INITIATED)
        return stack

    def delete_stack(self, stack: Stack, request: Mapping[str, Any]) -> None:
        """Delete the stack as DeleteStack does."""
        steps: Sequence[StackStep] = (StackStep(DELETED),)
        if stack.status != IN_REVIEW:
            steps = self._stack_outcome("DeleteStack").steps or _course("DELETE")
        stack.token = request.get("ClientRequestToken")
        self.stage.begin(stack, steps, _USER_INITIATED)

    def create_change_set(self, request: Mapping[str, Any]) -> ChangeSet:
        """Make a change set as CreateChangeSet does, and its stack where it is to be created by it."""
        stack = self.stage.stack
        if stack is None:
            stack = self.stage.make_stack(self.stage.name, Settings())
            self.stage.begin(stack, (StackStep(IN_REVIEW),), _USER_INITIATED)
        outcome = self._next("CreateChangeSet", self.script.change_set_outcomes, ChangeSetOutcome())
        kind = request.get("ChangeSetType", "UPDATE")
        return self.stage.make_change_set(stack, NewChangeSet(request["ChangeSetName"], kind, outcome, request))

    def execute_change_set(self, change_set: ChangeSet, token: str | None) -> None:
        """Execute a change set as ExecuteChangeSet does; the others of the stack become OBSOLETE."""
        outcome = self._stack_outcome("ExecuteChangeSet")
        stack = change_set.stack
        stack.executed_id = change_set.change_set_id
        stack.token = token
        change_set.set_execution_status("EXECUTE_IN_PROGRESS")
        for other in stack.change_sets:
            if other.execution_status == "AVAILABLE":
                other.set_execution_status("OBSOLETE")
        if outcome.execution is not None:
            change_set.execution = Timeline(outcome.execution)
            change_set.set_execution_status(outcome.execution[0].status)
        steps = _course(change_set.type) if outcome.steps is None else outcome.steps
        if steps:
            stack.executing = change_set
            stack.settings_before, stack.settings = stack.settings, change_set.settings
            self.stage.begin(stack, steps, _USER_INITIATED)

    # What others do.

    def _change_stack(self, intervention: Intervention, done: Counter[str]) -> None:
        if intervention.delete_stack:
            done["delete_stack"] += self._operate((StackStep(DELETED),))
        if intervention.create_stack is not None:
            done["create_stack"] += self._make_stack(intervention.create_stack)
        if intervention.steps:
            done["timeline"] += self._operate(intervention.steps)
        if intervention.termination_protection is not None:
            stack = self.stage.stack
            done["termination_protection"] += stack is not None
            if stack is not None:
                stack.termination_protection = intervention.termination_protection

    def _change_change_sets(self, intervention: Intervention, done: Counter[str]) -> None:
        if intervention.obsolete_change_sets:
            done["obsolete_change_sets"] += 0
        for change_set in self._named(intervention.obsolete_change_sets):
            done["obsolete_change_sets"] += 1
            change_set.set_execution_status("OBSOLETE")
        if intervention.delete_change_sets:
            done["delete_change_sets"] += 0
        for change_set in self._named(intervention.delete_change_sets):
            done["delete_change_sets"] += 1
            change_set.delete()
        for given in intervention.create_change_sets:
            done["create_change_sets"] += self._make_change_set(given)

    def _named(self, patterns: Sequence[str]) -> list[ChangeSet]:
        there = [] if self.stage.stack is None else self.stage.stack.change_sets
        return [
            change_set
            for change_set in there
            if not change_set.deleted and any(matches(pattern, change_set.name) for pattern in patterns)
        ]

    def _operate(self, steps: Sequence[StackStep]) -> int:
        stack = self.stage.stack
        if stack is None:
            return 0
        stack.token = None
        self.stage.begin(stack, steps, _USER_INITIATED)
        return 1

    def _make_stack(self, given: GivenStack) -> int:
        if self.stage.stack is not None:
            return 0
        settings = Settings(
            parameters=given.parameters,
            tags=given.tags,
            capabilities=given.capabilities,
            description=given.description,
            role_arn=given.role_arn,
            notification_arns=given.notification_arns,
            rollback_configuration=given.rollback_configuration,
        )
        stack = self.stage.make_stack(self.stage.name, settings)
        stack.token = given.token
        stack.termination_protection = given.termination_protection
        stack.policy = given.policy
        self.stage.begin(stack, given.steps)
        return 1

    def _make_change_set(self, given: GivenChangeSet) -> int:
        stack = self.stage.stack
        if stack is None or stack.find_change_set(given.name) is not None:
            return 0
        request: ApiObject = {"ChangeSetName": given.name, "IncludeNestedStacks": True}
        if given.description is not None:
            request["Description"] = given.description
        if given.token is not None:
            request["ClientToken"] = given.token
        self.stage.make_change_set(stack, NewChangeSet(given.name, given.type, given.outcome, request))
        return 1

    # How outcomes are used up.

    def _stack_outcome(self, operation: str) -> StackOutcome:
        return self._next(operation, self.script.stack_outcomes.get(operation, ()), StackOutcome())

    def _next[Outcome](self, operation: str, outcomes: Sequence[Outcome], default: Outcome) -> Outcome:
        used = self._uses[operation]
        self._uses[operation] += 1
        return outcomes[min(used, len(outcomes) - 1)] if outcomes else default


def _course(verb: str) -> Sequence[StackStep]:
    """Return how an operation goes when all goes well."""
    return StackStep(f"{verb}_IN_PROGRESS"), StackStep(f"{verb}_COMPLETE")
