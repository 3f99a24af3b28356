"""The stacks of one name, and those nested in them: how they are made and how they move. Knows no script as a whole."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from localstack.utils.aws.arns import get_partition

from . import texts
from .model import DELETED, IN_REVIEW, READY, SUCCEEDED, ChangeSet, Clock, Settings, Stack
from .script import ChangeSetOutcome, ChangeSetStep
from .timeline import Timeline

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .script import ApiObject, NestedStep, StackStep

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


@dataclass(frozen=True, slots=True)
class NewChangeSet:
    """What a change set is made from.

    :param kind: its ChangeSetType.
    :param request: the request of CreateChangeSet, or what stands for it.
    """

    name: str
    kind: str
    outcome: ChangeSetOutcome
    request: Mapping[str, Any]
    parent: ChangeSet | None = None


@dataclass(eq=False, slots=True)
class Stage:
    """Where the stacks of one name are; every one that ever was is kept."""

    account: str
    region: str
    name: str
    clock: Clock
    stacks: list[Stack] = field(default_factory=list)
    _reserved: dict[str, str] = field(default_factory=dict)

    @property
    def stack(self) -> Stack | None:
        """The stack that has the stage's own name now."""
        return self.find(self.name)

    @property
    def change_sets(self) -> list[ChangeSet]:
        """All change sets that were ever there."""
        return [change_set for stack in self.stacks for change_set in stack.change_sets]

    def find(self, name: str) -> Stack | None:
        """Return the stack, nested ones included, that has a name now."""
        return next((stack for stack in self.stacks if stack.name == name and stack.exists), None)

    def fill(self, value: Any, stack: Stack | None = None, change_set_ids: Mapping[str, str] | None = None) -> Any:
        """Replace the placeholders of ARNs in a JSON value.

        :param stack: the one that ``{stack_id}`` means; by default the one of the stage's own name.
        """
        own = stack or self.stack

        def stack_id(name: str | None) -> str:
            found = own if name is None else self.find(name)
            return self._reserve(name or self.name) if found is None else found.stack_id

        return texts.fill_ids(value, stack_id, change_set_ids)

    def make_stack(self, name: str, settings: Settings, parent: Stack | None = None) -> Stack:
        """Make a stack, which has no status before it begins with one."""
        stack = Stack(name, self._reserve(name), self.clock.next(), settings, parent=parent)
        del self._reserved[name]
        self.stacks.append(stack)
        return stack

    def begin(self, stack: Stack, steps: Sequence[StackStep], reason: str | None = None) -> None:
        """Let a stack go through a timeline from now on.

        :param reason: the reason of the first event where the timeline gives none.
        """
        stack.timeline = Timeline(steps)
        self._enter(stack, steps[0], reason)

    def look(self, stack: Stack) -> None:
        """Look at a stack once."""
        if stack.timeline is not None:
            for step in stack.timeline.look():
                self._enter(stack, step)

    def make_change_set(self, stack: Stack, new: NewChangeSet) -> ChangeSet:
        """Make a change set and those nested in it."""
        outcome = new.outcome
        steps = outcome.steps or (_CREATION if new.parent is None else _CREATED)
        change_set = ChangeSet(
            stack=stack,
            name=new.name,
            change_set_id=self._arn(f"changeSet/{new.name}/{uuid.uuid4()}"),
            type=new.kind,
            created=self.clock.next(),
            timeline=Timeline(steps),
            changes=(),
            page_size=outcome.page_size,
            settings=stack.settings.asked(new.request),
            request=new.request,
            parent=new.parent,
        )
        stack.change_sets.append(change_set)
        change_set.reach(steps[0])
        ids = self._nest(change_set, outcome) if new.request.get("IncludeNestedStacks") else None
        changes = [_ADDITION if new.kind == "CREATE" else _UPDATE] if outcome.changes is None else outcome.changes
        if ids is None:
            changes = [_without_change_set(change) for change in changes]
        change_set.changes = self.fill(list(changes), stack, ids)
        return change_set

    def _nest(self, root: ChangeSet, outcome: ChangeSetOutcome) -> dict[str, str]:
        """Make the nested change sets, and return their ARNs by their keys."""
        ids: dict[str, str] = {}
        for key, nested in outcome.nested:
            stack = self._nested_stack(nested.stack or f"{self.name}-{key}", root.stack)
            # As many characters as the API allows.
            name = f"{root.name}-{key}"[:128]
            child = self.make_change_set(
                stack, NewChangeSet(name, "UPDATE", nested, {"IncludeNestedStacks": True}, root)
            )
            root.children.append(child)
            ids[key] = child.change_set_id
        return ids

    def _nested_stack(self, name: str, parent: Stack) -> Stack:
        found = self.find(name)
        if found is None:
            found = self.make_stack(name, Settings(), parent)
            found.status = IN_REVIEW if parent.status == IN_REVIEW else "CREATE_COMPLETE"
        return found

    def _enter(self, stack: Stack, step: StackStep, reason: str | None = None) -> None:
        """Let a stack be what an entry of its timeline says."""
        for name, nested in step.nested:
            self._enter_nested(self._nested_stack(name, stack), nested, stack.token)
        self._append(stack, self.fill(list(step.events), stack), stack.token)
        stack.status, stack.reason = step.status, self.fill(step.reason, stack)
        self._append_own(stack, stack.reason or reason, stack.token)
        if step.resources is not None:
            stack.resources = self._resources(stack, step.resources)
        if step.outputs is not None:
            stack.outputs = self.fill(list(step.outputs), stack)
        if step.status.startswith("UPDATE_"):
            stack.updated = self.clock.next()
        if step.status == DELETED:
            self._end(stack)
        _follow(stack)

    def _enter_nested(self, stack: Stack, step: NestedStep, token: str | None) -> None:
        self._append(stack, self.fill(list(step.events), stack), token)
        if step.status is not None:
            stack.status, stack.reason = step.status, self.fill(step.reason, stack)
            self._append_own(stack, stack.reason, token)
            if step.status == DELETED:
                self._end(stack)
        if step.resources is not None:
            stack.resources = self._resources(stack, step.resources)

    def _end(self, stack: Stack) -> None:
        stack.deleted = self.clock.next()
        for change_set in stack.change_sets:
            change_set.delete()
        for nested in self.stacks:
            if nested.parent is stack and nested.exists:
                nested.status = DELETED
                self._append_own(nested, None, stack.token)
                self._end(nested)

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
                "Timestamp": self.clock.next(),
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
                "Timestamp": self.clock.next(),
                **given,
            }
            for given in self.fill(list(resources), stack)
        ]

    def _reserve(self, name: str) -> str:
        """Return the ARN that the next stack of a name will have."""
        if name not in self._reserved:
            self._reserved[name] = self._arn(f"stack/{name}/{uuid.uuid4()}")
        return self._reserved[name]

    def _arn(self, resource: str) -> str:
        return f"arn:{get_partition(self.region)}:cloudformation:{self.region}:{self.account}:{resource}"


def _follow(stack: Stack) -> None:
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


def _without_change_set(change: ApiObject) -> ApiObject:
    resource_change = change.get("ResourceChange", {})
    if not texts.change_set_keys(resource_change.get("ChangeSetId")):
        return change
    kept = {name: value for name, value in resource_change.items() if name != "ChangeSetId"}
    return {**change, "ResourceChange": kept}
