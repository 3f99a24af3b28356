"""One stack name in one account and region: its script and how much of it was replayed."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from . import placeholders
from .model import DELETED, IN_REVIEW, ChangeSet, Settings, Stack
from .script import ChangeSetOutcome, Script, StackEntry, StackOutcome, matches
from .script_parser import parse
from .stack_tree import NewChangeSet
from .timeline import Timeline

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .script import ApiObject, ExistingChangeSet, ExistingStack, Fault, Intervention, When
    from .stack_tree import StackTree

# The reason that CloudFormation gives to the first event of an operation that a user started.
_USER_INITIATED: Final = "User Initiated"


class ScriptedStack:
    """Replays a script on a stack tree.

    :param pattern: the script's pattern; ``None`` if the stack has no script.
    :param document: the script as JSON, which must be valid.
    """

    def __init__(self, tree: StackTree, pattern: str | None = None, document: Any = None) -> None:
        self.tree = tree
        self.pattern = pattern
        self.tokens: dict[str, tuple[str, Mapping[str, Any], ApiObject]] = {}
        """Operation, request and answer of the calls with a ClientRequestToken, by token."""
        self._calls: Counter[str] = Counter()
        self._uses: Counter[str] = Counter()
        names = {"stack": tree.name, "account": tree.account, "region": tree.region}
        self.script: Script = parse(placeholders.fill_names(document or {}, names))
        if self.script.stack is not None:
            self._add_stack(self.script.stack)
        for existing in self.script.change_sets:
            self._add_change_set(existing)

    # Calls

    def count(self, operation: str) -> int:
        """Return the number of the next call of an operation, from 1."""
        self._calls[operation] += 1
        return self._calls[operation]

    def faults(self, operation: str, number: int, when: When) -> list[Fault]:
        """Return the faults of a call."""
        return [fault for fault in self.script.faults if fault.calls.matches(operation, number, when)]

    def intervene(self, operation: str, number: int, when: When) -> dict[str, int]:
        """Perform the interventions of a call and return how many objects each action changed."""
        done: Counter[str] = Counter()
        for intervention in self.script.interventions:
            if intervention.calls.matches(operation, number, when):
                self._change_stack(intervention, done)
                self._change_change_sets(intervention, done)
        return dict(done)

    # Operations

    def create_stack(self, request: Mapping[str, Any]) -> Stack:
        """Perform CreateStack."""
        stack = self.tree.create_stack(self.tree.name, Settings().updated(request))
        stack.token = request.get("ClientRequestToken")
        stack.termination_protection = bool(request.get("EnableTerminationProtection"))
        stack.policy = request.get("StackPolicyBody", request.get("StackPolicyURL"))
        timeline = self._stack_outcome("CreateStack").timeline or _success("CREATE")
        self.tree.start(stack, timeline, _USER_INITIATED)
        return stack

    def delete_stack(self, stack: Stack, request: Mapping[str, Any]) -> None:
        """Perform DeleteStack."""
        timeline: Sequence[StackEntry] = (StackEntry(DELETED),)
        if stack.status != IN_REVIEW:
            timeline = self._stack_outcome("DeleteStack").timeline or _success("DELETE")
        stack.token = request.get("ClientRequestToken")
        self.tree.start(stack, timeline, _USER_INITIATED)

    def create_change_set(self, request: Mapping[str, Any]) -> ChangeSet:
        """Perform CreateChangeSet, which creates the stack for the type CREATE."""
        stack = self.tree.root
        if stack is None:
            stack = self.tree.create_stack(self.tree.name, Settings())
            self.tree.start(stack, (StackEntry(IN_REVIEW),), _USER_INITIATED)
        outcome = self._next("CreateChangeSet", self.script.change_set_outcomes, ChangeSetOutcome())
        change_set_type = request.get("ChangeSetType", "UPDATE")
        new = NewChangeSet(request["ChangeSetName"], change_set_type, outcome, request)
        return self.tree.create_change_set(stack, new)

    def execute_change_set(self, change_set: ChangeSet, token: str | None) -> None:
        """Perform ExecuteChangeSet; the stack's other change sets become OBSOLETE."""
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
        timeline = _success(change_set.type) if outcome.timeline is None else outcome.timeline
        if timeline:
            stack.executing = change_set
            stack.settings_before, stack.settings = stack.settings, change_set.settings
            self.tree.start(stack, timeline, _USER_INITIATED)

    # Interventions

    def _change_stack(self, intervention: Intervention, done: Counter[str]) -> None:
        if intervention.delete_stack:
            done["delete_stack"] += self._operate((StackEntry(DELETED),))
        if intervention.create_stack is not None:
            done["create_stack"] += self._add_stack(intervention.create_stack)
        if intervention.timeline:
            done["timeline"] += self._operate(intervention.timeline)
        if intervention.termination_protection is not None:
            stack = self.tree.root
            done["termination_protection"] += stack is not None
            if stack is not None:
                stack.termination_protection = intervention.termination_protection

    def _change_change_sets(self, intervention: Intervention, done: Counter[str]) -> None:
        if intervention.obsolete_change_sets:
            done["obsolete_change_sets"] += 0
        for change_set in self._matching(intervention.obsolete_change_sets):
            done["obsolete_change_sets"] += 1
            change_set.set_execution_status("OBSOLETE")
        if intervention.delete_change_sets:
            done["delete_change_sets"] += 0
        for change_set in self._matching(intervention.delete_change_sets):
            done["delete_change_sets"] += 1
            change_set.delete()
        for existing in intervention.create_change_sets:
            done["create_change_sets"] += self._add_change_set(existing)

    def _matching(self, patterns: Sequence[str]) -> list[ChangeSet]:
        change_sets = [] if self.tree.root is None else self.tree.root.change_sets
        return [
            change_set
            for change_set in change_sets
            if not change_set.deleted and any(matches(pattern, change_set.name) for pattern in patterns)
        ]

    def _operate(self, timeline: Sequence[StackEntry]) -> int:
        stack = self.tree.root
        if stack is None:
            return 0
        stack.token = None
        self.tree.start(stack, timeline, _USER_INITIATED)
        return 1

    def _add_stack(self, existing: ExistingStack) -> int:
        if self.tree.root is not None:
            return 0
        settings = Settings(
            parameters=existing.parameters,
            tags=existing.tags,
            capabilities=existing.capabilities,
            description=existing.description,
            role_arn=existing.role_arn,
            notification_arns=existing.notification_arns,
            rollback_configuration=existing.rollback_configuration,
        )
        stack = self.tree.create_stack(self.tree.name, settings)
        stack.token = existing.token
        stack.termination_protection = existing.termination_protection
        stack.policy = existing.policy
        self.tree.start(stack, existing.timeline)
        return 1

    def _add_change_set(self, existing: ExistingChangeSet) -> int:
        stack = self.tree.root
        if stack is None or stack.find_change_set(existing.name) is not None:
            return 0
        request: ApiObject = {"ChangeSetName": existing.name, "IncludeNestedStacks": True}
        if existing.description is not None:
            request["Description"] = existing.description
        if existing.token is not None:
            request["ClientToken"] = existing.token
        self.tree.create_change_set(stack, NewChangeSet(existing.name, existing.type, existing.outcome, request))
        return 1

    # Outcomes

    def _stack_outcome(self, operation: str) -> StackOutcome:
        return self._next(operation, self.script.stack_outcomes.get(operation, ()), StackOutcome())

    def _next[Item](self, operation: str, outcomes: Sequence[Item], default: Item) -> Item:
        used = self._uses[operation]
        self._uses[operation] += 1
        return outcomes[min(used, len(outcomes) - 1)] if outcomes else default


def _success(verb: str) -> Sequence[StackEntry]:
    """Return the timeline of an operation that succeeds."""
    return StackEntry(f"{verb}_IN_PROGRESS"), StackEntry(f"{verb}_COMPLETE")
