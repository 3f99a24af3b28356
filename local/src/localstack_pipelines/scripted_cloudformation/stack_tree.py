"""Creates the stacks and change sets of one root stack name and moves them along their timelines."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from localstack.utils.aws.arns import get_partition

from . import placeholders
from .model import DELETED, IN_REVIEW, READY, SUCCEEDED, ChangeSet, Clock, Settings, Stack
from .script import ChangeSetEntry, ChangeSetOutcome
from .timeline import Timeline

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .script import ApiObject, NestedStackEntry, StackEntry

NESTED_STACK_TYPE: Final = "AWS::CloudFormation::Stack"

_CREATED: Final = (ChangeSetEntry("CREATE_COMPLETE"),)
_CREATION: Final = (ChangeSetEntry("CREATE_PENDING"), *_CREATED)

# CloudFormation names a nested stack and its change set <parent>-<logical ID>-<12 characters>; here always these.
RANDOM_PART: Final = "1A2B3C4D5E6F"
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
    """A change set to create.

    :param type: its ChangeSetType.
    :param request: the CreateChangeSet request, or an equivalent.
    """

    name: str
    type: str
    outcome: ChangeSetOutcome
    request: Mapping[str, Any]
    parent: ChangeSet | None = None


@dataclass(eq=False, slots=True)
class StackTree:
    """The root stack of a name with its nested stacks, and their deleted predecessors."""

    account: str
    region: str
    name: str
    clock: Clock
    stacks: list[Stack] = field(default_factory=list)
    _reserved: dict[str, str] = field(default_factory=dict)

    @property
    def root(self) -> Stack | None:
        """The root stack, if it exists."""
        return self.find(self.name)

    @property
    def change_sets(self) -> list[ChangeSet]:
        """All change sets, deleted ones included."""
        return [change_set for stack in self.stacks for change_set in stack.change_sets]

    def find(self, name: str) -> Stack | None:
        """Return the root or nested stack that has the name, if it exists."""
        return next((stack for stack in self.stacks if stack.name == name and stack.exists), None)

    def fill(self, value: Any, stack: Stack | None = None, change_set_ids: Mapping[str, str] | None = None) -> Any:
        """Replace the ARN placeholders in a JSON value.

        :param stack: the stack of ``{stack_id}``; by default, the root.
        """
        current = stack or self.root

        def stack_id(name: str | None) -> str:
            found = current if name is None else self.find(name)
            return self._reserve(name or self.name) if found is None else found.stack_id

        return placeholders.fill_ids(value, stack_id, change_set_ids)

    def create_stack(self, name: str, settings: Settings, parent: Stack | None = None) -> Stack:
        """Create a stack; it has no status until :meth:`start`."""
        stack = Stack(name, self._reserve(name), self.clock.next(), settings, parent=parent)
        del self._reserved[name]
        self.stacks.append(stack)
        return stack

    def start(self, stack: Stack, timeline: Sequence[StackEntry], reason: str | None = None) -> None:
        """Start a stack's timeline.

        :param reason: the reason of the first event if the timeline has none.
        """
        stack.timeline = Timeline(timeline)
        self._apply(stack, timeline[0], reason)

    def look(self, stack: Stack) -> None:
        """Count one look at a stack."""
        if stack.timeline is not None:
            for entry in stack.timeline.look():
                self._apply(stack, entry)

    def create_change_set(self, stack: Stack, new: NewChangeSet) -> ChangeSet:
        """Create a change set and its nested change sets."""
        outcome = new.outcome
        timeline = outcome.timeline or (_CREATION if new.parent is None else _CREATED)
        change_set = ChangeSet(
            stack=stack,
            name=new.name,
            change_set_id=self._arn(f"changeSet/{new.name}/{uuid.uuid4()}"),
            type=new.type,
            created=self.clock.next(),
            timeline=Timeline(timeline),
            changes=(),
            page_size=outcome.page_size,
            settings=stack.settings.updated(new.request),
            request=new.request,
            parent=new.parent,
        )
        stack.change_sets.append(change_set)
        change_set.apply(timeline[0])
        ids = self._create_nested(change_set, outcome) if new.request.get("IncludeNestedStacks") else None
        changes = [_ADDITION if new.type == "CREATE" else _UPDATE] if outcome.changes is None else outcome.changes
        if ids is None:
            changes = [_without_change_set(change) for change in changes]
        change_set.changes = self.fill(list(changes), stack, ids)
        return change_set

    def _create_nested(self, parent: ChangeSet, outcome: ChangeSetOutcome) -> dict[str, str]:
        """Create the nested change sets and return their ARNs by key."""
        ids: dict[str, str] = {}
        for key, nested in outcome.nested:
            stack = self._nested_stack(nested.stack or f"{parent.stack.name}-{key}-{RANDOM_PART}", parent.stack)
            # The API limits names to 128 characters.
            name = f"{parent.name}-{key}-{RANDOM_PART}"[:128]
            child = self.create_change_set(
                stack, NewChangeSet(name, "UPDATE", nested, {"IncludeNestedStacks": True}, parent)
            )
            parent.children.append(child)
            ids[key] = child.change_set_id
        return ids

    def _nested_stack(self, name: str, parent: Stack) -> Stack:
        found = self.find(name)
        if found is None:
            found = self.create_stack(name, Settings(), parent)
            found.status = IN_REVIEW if parent.status == IN_REVIEW else "CREATE_COMPLETE"
        return found

    def _apply(self, stack: Stack, entry: StackEntry, reason: str | None = None) -> None:
        """Give a stack the state of a timeline entry."""
        for name, nested in entry.nested:
            self._apply_nested(self._nested_stack(name, stack), nested, stack.token)
        self._append_events(stack, self.fill(list(entry.events), stack), stack.token)
        stack.status, stack.reason = entry.status, self.fill(entry.reason, stack)
        self._append_stack_event(stack, stack.reason or reason, stack.token)
        if entry.resources is not None:
            stack.resources = self._resources(stack, entry.resources)
        if entry.outputs is not None:
            stack.outputs = self.fill(list(entry.outputs), stack)
        if entry.status.startswith("UPDATE_"):
            stack.updated = self.clock.next()
        if entry.status == DELETED:
            self._delete(stack)
        _finish_execution(stack)

    def _apply_nested(self, stack: Stack, entry: NestedStackEntry, token: str | None) -> None:
        self._append_events(stack, self.fill(list(entry.events), stack), token)
        if entry.status is not None:
            stack.status, stack.reason = entry.status, self.fill(entry.reason, stack)
            self._append_stack_event(stack, stack.reason, token)
            if entry.status == DELETED:
                self._delete(stack)
        if entry.resources is not None:
            stack.resources = self._resources(stack, entry.resources)

    def _delete(self, stack: Stack) -> None:
        stack.deleted = self.clock.next()
        for change_set in stack.change_sets:
            change_set.delete()
        for nested in self.stacks:
            if nested.parent is stack and nested.exists:
                nested.status = DELETED
                self._append_stack_event(nested, None, stack.token)
                self._delete(nested)

    def _append_stack_event(self, stack: Stack, reason: str | None, token: str | None) -> None:
        event = {
            "LogicalResourceId": stack.name,
            "PhysicalResourceId": stack.stack_id,
            "ResourceType": NESTED_STACK_TYPE,
            "ResourceStatus": stack.status,
        }
        self._append_events(stack, [event if reason is None else {**event, "ResourceStatusReason": reason}], token)

    def _append_events(self, stack: Stack, events: Sequence[ApiObject], token: str | None) -> None:
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
        """Return the ARN of the next stack of a name."""
        if name not in self._reserved:
            self._reserved[name] = self._arn(f"stack/{name}/{uuid.uuid4()}")
        return self._reserved[name]

    def _arn(self, resource: str) -> str:
        return f"arn:{get_partition(self.region)}:cloudformation:{self.region}:{self.account}:{resource}"


def _finish_execution(stack: Stack) -> None:
    """Set the ExecutionStatus of the executed change set once the stack's operation has ended; roll settings back."""
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
    if not placeholders.change_set_keys(resource_change.get("ChangeSetId")):
        return change
    kept = {name: value for name, value in resource_change.items() if name != "ChangeSetId"}
    return {**change, "ResourceChange": kept}
