"""One stack name in one account and region: the script that is played for it, and how far it has been played."""

from __future__ import annotations

import uuid
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from localstack.utils.aws.arns import get_partition

from . import texts
from .model import DELETED, IN_REVIEW, READY, SUCCEEDED, ChangeSet, Settings, Stack
from .script import (
    ChangeSetOutcome,
    ChangeSetStep,
    GivenChangeSet,
    GivenStack,
    Script,
    StackOutcome,
    StackStep,
    matches,
    parse,
)
from .timeline import Timeline

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .model import Clock
    from .script import ApiObject, ExecutionStep, Fault, Intervention, NestedStep, When

# What CloudFormation writes beside the first event of an operation that somebody asked for.
USER_INITIATED: Final = "User Initiated"

NESTED_STACK_TYPE: Final = "AWS::CloudFormation::Stack"

_CREATED: Final = (ChangeSetStep("CREATE_COMPLETE"),)
_CREATION: Final = (ChangeSetStep("CREATE_PENDING"), *_CREATED)

_ADDITION: Final = {
    "Type": "Resource",
    "ResourceChange": {
        "Action": "Add",
        "LogicalResourceId": "Topic",
        "ResourceType": "AWS::SNS::Topic",
        "Scope": [],
        "Details": [],
    },
}
_UPDATE: Final = {
    "Type": "Resource",
    "ResourceChange": {
        "Action": "Modify",
        "LogicalResourceId": "Topic",
        "PhysicalResourceId": "topic",
        "ResourceType": "AWS::SNS::Topic",
        "Replacement": "False",
        "Scope": ["Properties"],
        "Details": [
            {
                "Target": {"Attribute": "Properties", "Name": "DisplayName", "RequiresRecreation": "Never"},
                "Evaluation": "Static",
                "ChangeSource": "DirectModification",
            }
        ],
    },
}


class Scene:
    """Plays one script for one stack name.

    :param pattern: the script's pattern; ``None`` where the stack has no script.
    :param document: the script as JSON; it must have been parsed without an error before.
    """

    def __init__(
        self, account: str, region: str, name: str, clock: Clock, pattern: str | None = None, document: Any = None
    ) -> None:
        self.account = account
        self.region = region
        self.name = name
        self.pattern = pattern
        self.stacks: list[Stack] = []
        self.tokens: dict[str, tuple[str, Mapping[str, Any], ApiObject]] = {}
        self._clock = clock
        self._calls: Counter[str] = Counter()
        self._uses: Counter[str] = Counter()
        self._reserved: dict[str, str] = {}
        names = {"stack": name, "account": account, "region": region}
        self.script: Script = parse(texts.fill_names(document or {}, names))
        if self.script.stack is not None:
            self._make_given_stack(self.script.stack)
        for given in self.script.change_sets:
            self._make_given_change_set(given)

    # What is there.

    @property
    def stack(self) -> Stack | None:
        """The stack that has the scene's name now."""
        return self.find(self.name)

    def find(self, name: str) -> Stack | None:
        """Return the stack, nested ones included, that has a name now."""
        return next((stack for stack in self.stacks if stack.name == name and stack.exists), None)

    @property
    def change_sets(self) -> list[ChangeSet]:
        """All change sets that were ever there."""
        return [change_set for stack in self.stacks for change_set in stack.change_sets]

    # What the script says of calls.

    def count(self, operation: str) -> int:
        """Return the number, from 1, of a call that comes in."""
        self._calls[operation] += 1
        return self._calls[operation]

    def faults(self, operation: str, call: int, when: When) -> list[Fault]:
        """Return the faults that meet a call."""
        return [fault for fault in self.script.faults if fault.moment.fits(operation, call, when)]

    def intervene(self, operation: str, call: int, when: When) -> dict[str, int]:
        """Let others do what the script says, and return how many things they met, by what they did."""
        done: dict[str, int] = {}
        for intervention in self.script.interventions:
            if intervention.moment.fits(operation, call, when):
                for what, count in self._do(intervention).items():
                    done[what] = done.get(what, 0) + count
        return done

    def fill(self, value: Any, stack: Stack | None = None, change_set_ids: Mapping[str, str] | None = None) -> Any:
        """Replace the ARNs that stand as placeholders in a JSON value of the script."""
        own = stack or self.stack

        def stack_id(name: str | None) -> str:
            if name is None or name == self.name:
                return own.stack_id if own is not None else self._reserve(self.name)
            found = self.find(name)
            return found.stack_id if found is not None else self._reserve(name)

        return texts.fill_ids(value, stack_id, change_set_ids)

    # What operations do.

    def create_stack(self, request: Mapping[str, Any]) -> Stack:
        """Make the stack as CreateStack does."""
        outcome = self._stack_outcome("CreateStack")
        stack = self._make_stack(self.name, Settings().asked(request))
        stack.token = stack.creation_token = request.get("ClientRequestToken")
        stack.termination_protection = bool(request.get("EnableTerminationProtection"))
        stack.policy = request.get("StackPolicyBody", request.get("StackPolicyURL"))
        self._begin(stack, outcome.steps or _course("CREATE"), USER_INITIATED)
        return stack

    def delete_stack(self, stack: Stack, request: Mapping[str, Any]) -> None:
        """Delete the stack as DeleteStack does."""
        if stack.status == IN_REVIEW:
            steps: Sequence[StackStep] = (StackStep(DELETED),)
        else:
            steps = self._stack_outcome("DeleteStack").steps or _course("DELETE")
        stack.token = request.get("ClientRequestToken")
        self._begin(stack, steps, USER_INITIATED)

    def create_change_set(self, request: Mapping[str, Any]) -> ChangeSet:
        """Make a change set as CreateChangeSet does, and its stack where it is to be created by it."""
        outcomes = self.script.change_set_outcomes
        outcome = outcomes[min(self._use("CreateChangeSet"), len(outcomes) - 1)] if outcomes else ChangeSetOutcome()
        stack = self.stack
        if stack is None:
            stack = self._make_stack(self.name, Settings())
            self._enter(stack, StackStep(IN_REVIEW), USER_INITIATED)
        name, kind = request["ChangeSetName"], request.get("ChangeSetType", "UPDATE")
        return self._make_change_set(stack, name, kind, outcome, request)

    def execute_change_set(self, change_set: ChangeSet, token: str | None) -> None:
        """Execute a change set as ExecuteChangeSet does; the others of the stack become OBSOLETE."""
        outcome = self._stack_outcome("ExecuteChangeSet")
        stack = change_set.stack
        stack.executed_id = change_set.change_set_id
        stack.token = token
        change_set.set_execution_status("EXECUTE_IN_PROGRESS")
        for other in stack.change_sets:
            if other is not change_set and other.execution_status == "AVAILABLE":
                other.set_execution_status("OBSOLETE")
        if outcome.execution is not None:
            change_set.execution = Timeline[ExecutionStep](outcome.execution)
            change_set.set_execution_status(outcome.execution[0].status)
        steps = _course(change_set.type) if outcome.steps is None else outcome.steps
        if not steps:
            return
        stack.executing = change_set
        stack.settings_before, stack.settings = stack.settings, change_set.settings
        self._begin(stack, steps, USER_INITIATED)

    def look(self, stack: Stack) -> None:
        """Look at a stack once."""
        if stack.timeline is not None:
            for step in stack.timeline.look():
                self._enter(stack, step)

    # What others do.

    def _do(self, intervention: Intervention) -> dict[str, int]:
        done: dict[str, int] = {}
        if intervention.delete_stack:
            done["delete_stack"] = self._delete_at_once()
        if intervention.create_stack is not None:
            done["create_stack"] = int(self.stack is None)
            if self.stack is None:
                self._make_given_stack(intervention.create_stack)
        stack = self.stack
        if intervention.steps:
            done["timeline"] = int(stack is not None)
            if stack is not None:
                stack.token = None
                stack.executing = None
                self._begin(stack, intervention.steps, USER_INITIATED)
        if intervention.termination_protection is not None:
            done["termination_protection"] = int(stack is not None)
            if stack is not None:
                stack.termination_protection = intervention.termination_protection
        if intervention.obsolete_change_sets:
            obsolete = self._named(intervention.obsolete_change_sets)
            done["obsolete_change_sets"] = len(obsolete)
            for change_set in obsolete:
                change_set.set_execution_status("OBSOLETE")
        if intervention.delete_change_sets:
            gone = self._named(intervention.delete_change_sets)
            done["delete_change_sets"] = len(gone)
            for change_set in gone:
                change_set.delete()
        if intervention.create_change_sets:
            done["create_change_sets"] = sum(map(self._make_given_change_set, intervention.create_change_sets))
        return done

    def _named(self, patterns: Sequence[str]) -> list[ChangeSet]:
        there = [] if self.stack is None else self.stack.change_sets
        return [
            change_set
            for change_set in there
            if not change_set.deleted and any(matches(pattern, change_set.name) for pattern in patterns)
        ]

    def _delete_at_once(self) -> int:
        stack = self.stack
        if stack is None:
            return 0
        stack.token = None
        self._begin(stack, (StackStep(DELETED),))
        return 1

    def _make_given_stack(self, given: GivenStack) -> None:
        settings = Settings(
            parameters=given.parameters,
            tags=given.tags,
            capabilities=given.capabilities,
            description=given.description,
            role_arn=given.role_arn,
            notification_arns=given.notification_arns,
            rollback_configuration=given.rollback_configuration,
        )
        stack = self._make_stack(self.name, settings)
        stack.token = stack.creation_token = given.token
        stack.termination_protection = given.termination_protection
        stack.policy = given.policy
        self._begin(stack, given.steps)

    def _make_given_change_set(self, given: GivenChangeSet) -> int:
        stack = self.stack
        if stack is None or stack.find_change_set(given.name) is not None:
            return 0
        request = {
            "Description": given.description,
            "ClientToken": given.token,
            # Those of somebody who looked at everything.
            "IncludeNestedStacks": True,
        }
        request = {name: value for name, value in request.items() if value is not None}
        self._make_change_set(stack, given.name, given.type, given.outcome, request)
        return 1

    # How stacks and change sets are made and moved.

    def _make_stack(self, name: str, settings: Settings, parent: Stack | None = None) -> Stack:
        stack_id = self._reserved.pop(name, None) or self._arn(f"stack/{name}/{uuid.uuid4()}")
        stack = Stack(name, stack_id, self._clock.next(), settings, parent=parent)
        self.stacks.append(stack)
        return stack

    def _reserve(self, name: str) -> str:
        """Return the ARN that the next stack of a name will have."""
        if name not in self._reserved:
            self._reserved[name] = self._arn(f"stack/{name}/{uuid.uuid4()}")
        return self._reserved[name]

    def _make_change_set(
        self,
        stack: Stack,
        name: str,
        kind: str,
        outcome: ChangeSetOutcome,
        request: Mapping[str, Any],
        parent: ChangeSet | None = None,
    ) -> ChangeSet:
        steps = outcome.steps or (_CREATION if parent is None else _CREATED)
        change_set = ChangeSet(
            stack=stack,
            name=name,
            change_set_id=self._arn(f"changeSet/{name}/{uuid.uuid4()}"),
            type=kind,
            created=self._clock.next(),
            timeline=Timeline[ChangeSetStep](steps),
            changes=(),
            page_size=outcome.page_size,
            settings=stack.settings.asked(request),
            request=request,
            parent=parent,
        )
        stack.change_sets.append(change_set)
        change_set.reach(steps[0])
        given = [_ADDITION if kind == "CREATE" else _UPDATE] if outcome.changes is None else outcome.changes
        if request.get("IncludeNestedStacks"):
            ids = {}
            for key, nested in outcome.nested:
                child = self._make_change_set(
                    self._nested_stack(nested.stack or f"{self.name}-{key}", stack),
                    f"{name}-{key}"[:128],
                    "UPDATE",
                    nested,
                    {"IncludeNestedStacks": True},
                    change_set,
                )
                change_set.children.append(child)
                ids[key] = child.change_set_id
            change_set.changes = self.fill(given, stack, ids)
        else:
            change_set.changes = self.fill([_without_change_set(change) for change in given], stack)
        return change_set

    def _nested_stack(self, name: str, parent: Stack) -> Stack:
        found = self.find(name)
        if found is None:
            found = self._make_stack(name, Settings(), parent)
            found.status = IN_REVIEW if parent.status == IN_REVIEW else "CREATE_COMPLETE"
        return found

    def _begin(self, stack: Stack, steps: Sequence[StackStep], reason: str | None = None) -> None:
        stack.timeline = Timeline[StackStep](steps)
        self._enter(stack, steps[0], reason)

    def _enter(self, stack: Stack, step: StackStep, reason: str | None = None) -> None:
        """Let a stack be what an entry of its timeline says.

        :param reason: the reason of its event where the entry has none.
        """
        for name, nested in step.nested:
            self._enter_nested(self._nested_stack(name, stack), nested, stack.token)
        self._append(stack, self.fill(step.events, stack), stack.token)
        stack.status, stack.reason = step.status, self.fill(step.reason, stack)
        self._append_own(stack, stack.reason or reason, stack.token)
        if step.resources is not None:
            stack.resources = self._resources(stack, step.resources)
        if step.outputs is not None:
            stack.outputs = self.fill(step.outputs, stack)
        if step.status.startswith("UPDATE_"):
            stack.updated = self._clock.next()
        if step.status == DELETED:
            self._end(stack)
        self._follow(stack)

    def _end(self, stack: Stack) -> None:
        stack.deleted = self._clock.next()
        for change_set in stack.change_sets:
            change_set.delete()
        for nested in self.stacks:
            if nested.root is stack and nested is not stack and nested.exists:
                nested.status = DELETED
                self._append_own(nested, None, stack.token)
                self._end(nested)

    def _follow(self, stack: Stack) -> None:
        """Let the change set that is executed, and the settings that it brings, go with the stack."""
        change_set = stack.executing
        if change_set is None or stack.is_busy:
            return
        stack.executing = None
        succeeded = stack.status in SUCCEEDED
        if not succeeded and stack.status in READY and stack.settings_before is not None:
            stack.settings = stack.settings_before
        if change_set.execution is None:
            change_set.set_execution_status("EXECUTE_COMPLETE" if succeeded else "EXECUTE_FAILED")

    def _enter_nested(self, stack: Stack, step: NestedStep, token: str | None) -> None:
        self._append(stack, self.fill(step.events, stack), token)
        if step.status is not None:
            stack.status, stack.reason = step.status, self.fill(step.reason, stack)
            self._append_own(stack, stack.reason, token)
            if step.status == DELETED:
                self._end(stack)
        if step.resources is not None:
            stack.resources = self._resources(stack, step.resources)

    def _append_own(self, stack: Stack, reason: str | None, token: str | None) -> None:
        event = {
            "LogicalResourceId": stack.name,
            "PhysicalResourceId": stack.stack_id,
            "ResourceType": NESTED_STACK_TYPE,
            "ResourceStatus": stack.status,
        }
        self._append(stack, [event if reason is None else {**event, "ResourceStatusReason": reason}], token)

    def _append(self, stack: Stack, events: Sequence[ApiObject], token: str | None) -> None:
        for given in events:
            event = {
                "StackId": stack.stack_id,
                "StackName": stack.name,
                "EventId": str(uuid.uuid4()),
                "PhysicalResourceId": f"{stack.name}-{given['LogicalResourceId']}",
                "Timestamp": self._clock.next(),
                "ClientRequestToken": token,
                **given,
            }
            stack.events.append({name: value for name, value in event.items() if value is not None})

    def _resources(self, stack: Stack, resources: Sequence[ApiObject]) -> list[ApiObject]:
        return [
            {
                "StackId": stack.stack_id,
                "StackName": stack.name,
                "PhysicalResourceId": f"{stack.name}-{given['LogicalResourceId']}",
                "Timestamp": self._clock.next(),
                **given,
            }
            for given in self.fill(resources, stack)
        ]

    def _stack_outcome(self, operation: str) -> StackOutcome:
        outcomes = self.script.stack_outcomes.get(operation, ())
        return outcomes[min(self._use(operation), len(outcomes) - 1)] if outcomes else StackOutcome()

    def _use(self, operation: str) -> int:
        used = self._uses[operation]
        self._uses[operation] += 1
        return used

    def _arn(self, resource: str) -> str:
        return f"arn:{get_partition(self.region)}:cloudformation:{self.region}:{self.account}:{resource}"


def _course(verb: str) -> Sequence[StackStep]:
    return StackStep(f"{verb}_IN_PROGRESS"), StackStep(f"{verb}_COMPLETE")


def _without_change_set(change: ApiObject) -> ApiObject:
    resource_change = change.get("ResourceChange", {})
    if not texts.change_set_keys(resource_change.get("ChangeSetId")):
        return change
    kept = {name: value for name, value in resource_change.items() if name != "ChangeSetId"}
    return {**change, "ResourceChange": kept}
