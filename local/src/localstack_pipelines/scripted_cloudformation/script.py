"""What a script says, read from JSON. ``README.md`` beside this file explains every key."""

from __future__ import annotations

import fnmatch
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

from localstack.aws.spec import load_service

from .errors import status_of
from .reading import Reader, optional
from .texts import change_set_keys

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

type ApiObject = dict[str, Any]
type When = Literal["before", "after"]

# What of an API structure a script need not give, because it is filled in when it is played.
_STAND_INS: Final = {"EventId": "-", "StackId": "-", "StackName": "-", "Timestamp": 0, "PhysicalResourceId": "-"}

OPERATIONS: Final = (
    "CreateChangeSet",
    "CreateStack",
    "DeleteChangeSet",
    "DeleteStack",
    "DescribeChangeSet",
    "DescribeStackEvents",
    "DescribeStackResources",
    "DescribeStacks",
    "ExecuteChangeSet",
    "GetStackPolicy",
    "ListChangeSets",
    "ListStackResources",
    "SetStackPolicy",
    "UpdateTerminationProtection",
)
"""The operations of the API that are there."""


@dataclass(frozen=True, slots=True)
class NestedStep:
    """What happens to a nested stack; ``status`` is ``None`` where it keeps its own."""

    status: str | None
    reason: str | None
    events: Sequence[ApiObject]
    resources: Sequence[ApiObject] | None


@dataclass(frozen=True, slots=True)
class StackStep:
    """One entry of a stack's timeline."""

    status: str
    looks: int = 1
    reason: str | None = None
    events: Sequence[ApiObject] = ()
    nested: tuple[tuple[str, NestedStep], ...] = ()
    resources: Sequence[ApiObject] | None = None
    outputs: Sequence[ApiObject] | None = None


@dataclass(frozen=True, slots=True)
class ChangeSetStep:
    """One entry of the timeline of a change set's creation; AVAILABLE or not by its status where it does not say."""

    status: str
    looks: int = 1
    reason: str | None = None
    execution_status: str | None = None


@dataclass(frozen=True, slots=True)
class ExecutionStep:
    """One entry of the timeline of a change set's execution."""

    status: str
    looks: int = 1


@dataclass(frozen=True, slots=True)
class StackOutcome:
    """What becomes of CreateStack, DeleteStack or ExecuteChangeSet; ``None`` is the default."""

    steps: Sequence[StackStep] | None = None
    execution: Sequence[ExecutionStep] | None = None


@dataclass(frozen=True, slots=True)
class ChangeSetOutcome:
    """What becomes of CreateChangeSet; ``None`` is the default."""

    steps: Sequence[ChangeSetStep] | None = None
    changes: Sequence[ApiObject] | None = None
    page_size: int | None = None
    nested: tuple[tuple[str, ChangeSetOutcome], ...] = ()
    stack: str | None = None


@dataclass(frozen=True, slots=True)
class GivenChangeSet:
    """A change set that somebody else made."""

    name: str
    outcome: ChangeSetOutcome
    description: str | None
    type: str
    token: str | None


@dataclass(frozen=True, slots=True)
class GivenStack:
    """A stack that somebody else made."""

    steps: Sequence[StackStep]
    parameters: Sequence[ApiObject]
    tags: Sequence[ApiObject]
    capabilities: Sequence[str]
    description: str | None
    role_arn: str | None
    notification_arns: Sequence[str]
    rollback_configuration: ApiObject
    termination_protection: bool
    policy: str | None
    token: str | None


@dataclass(frozen=True, slots=True)
class Moment:
    """Before or after which calls of an operation; ``calls`` is ``None`` for every one."""

    operation: str
    calls: frozenset[int] | None
    when: When

    def fits(self, operation: str, call: int, when: When) -> bool:
        """Tell whether a call is one of them."""
        return (operation, when) == (self.operation, self.when) and (self.calls is None or call in self.calls)


@dataclass(frozen=True, slots=True)
class GivenError:
    """An error to answer."""

    code: str
    message: str
    status: int


@dataclass(frozen=True, slots=True)
class Fault:
    """A call that fails or is answered late."""

    moment: Moment
    error: GivenError | None
    delay_seconds: float


@dataclass(frozen=True, slots=True)
class Intervention:
    """What somebody else does before or after a call; ``None`` and empty: nothing of the kind."""

    moment: Moment
    delete_stack: bool
    create_stack: GivenStack | None
    steps: Sequence[StackStep]
    termination_protection: bool | None
    obsolete_change_sets: Sequence[str]
    delete_change_sets: Sequence[str]
    create_change_sets: Sequence[GivenChangeSet]


@dataclass(frozen=True, slots=True)
class Script:
    """A whole script."""

    stack: GivenStack | None = None
    change_sets: Sequence[GivenChangeSet] = ()
    stack_outcomes: Mapping[str, Sequence[StackOutcome]] = field(default_factory=dict)
    change_set_outcomes: Sequence[ChangeSetOutcome] = ()
    faults: Sequence[Fault] = ()
    interventions: Sequence[Intervention] = ()
    max_change_sets: int = 1000
    page_size: int = 100
    account: str | None = None
    region: str | None = None


_SCRIPT: Final = (
    *("stack", "change_sets", "operations", "faults", "interventions"),
    *("max_change_sets", "page_size", "account", "region"),
)


def parse(value: Any) -> Script:
    """Read a script.

    :param value: a parsed JSON document.
    :raises ScriptError: when it is none; the message names the place.
    """
    fields = Reader(value).fields(_SCRIPT)
    operations = fields["operations"].fields(_OUTCOMES) if "operations" in fields else {}
    script = Script(
        stack=optional(fields, "stack", _given_stack),
        change_sets=_list(fields, "change_sets", _given_change_set),
        stack_outcomes={
            name: _outcomes(read, _OUTCOMES[name]) for name, read in operations.items() if name != "CreateChangeSet"
        },
        change_set_outcomes=_outcomes(operations["CreateChangeSet"], _change_set_outcome)
        if "CreateChangeSet" in operations
        else (),
        faults=_list(fields, "faults", _fault),
        interventions=_list(fields, "interventions", _intervention),
        max_change_sets=_or(optional(fields, "max_change_sets", lambda read: read.whole(0)), 1000),
        page_size=_or(optional(fields, "page_size", lambda read: read.whole(1)), 100),
        account=optional(fields, "account", Reader.text),
        region=optional(fields, "region", Reader.text),
    )
    if script.change_sets and script.stack is None:
        raise fields["change_sets"].wrong("they need a stack")
    return script


def matches(pattern: str, name: str) -> bool:
    """Tell whether a name or glob means ``name``, capital and small letters apart."""
    return fnmatch.fnmatchcase(name, pattern)


def _or[Value](value: Value | None, default: Value) -> Value:
    return default if value is None else value


def _list[Item](fields: Mapping[str, Reader], name: str, read: Callable[[Reader], Item]) -> Sequence[Item]:
    return tuple(read(item) for item in fields[name].items()) if name in fields else ()


def _outcomes[Outcome](reader: Reader, read: Callable[[Reader], Outcome]) -> Sequence[Outcome]:
    if isinstance(reader.value, dict):
        return (read(reader),)
    outcomes = tuple(read(item) for item in reader.items())
    if not outcomes:
        raise reader.wrong("at least one outcome is expected")
    return outcomes


def _statuses(enumeration: str) -> list[str]:
    statuses: list[str] = load_service("cloudformation").shape_for(enumeration).enum
    return statuses


def _events(reader: Reader) -> list[ApiObject]:
    events = []
    for item in reader.items():
        event = item.value
        # A null says that the event has no token, not that its token is null.
        if isinstance(event, dict) and event.get("ClientRequestToken", "") is None:
            item = Reader({**event, "ClientRequestToken": "-"}, item.place)  # noqa: PLW2901
        item.api("StackEvent", _STAND_INS)
        item.needs("LogicalResourceId", "ResourceStatus")
        events.append(event)
    return events


def _resources(reader: Reader) -> list[ApiObject]:
    return [item.api("StackResource", {"Timestamp": 0}) for item in reader.items()]


def _stack_step(reader: Reader) -> StackStep:
    if isinstance(reader.value, str):
        return StackStep(_stack_status(reader))
    return _stack_step_of(reader.fields(("status", "looks", *_STACK_CONTENT), ("status",)))


# What a stack's status may come with.
_STACK_CONTENT: Final = ("reason", "events", "nested", "resources", "outputs")


def _stack_step_of(fields: Mapping[str, Reader]) -> StackStep:
    nested = fields["nested"].members() if "nested" in fields else {}
    return StackStep(
        status=_stack_status(fields["status"]),
        looks=_looks(fields),
        reason=optional(fields, "reason", Reader.text),
        events=_or(optional(fields, "events", _events), []),
        nested=tuple((name, _nested_step(read)) for name, read in nested.items()),
        resources=optional(fields, "resources", _resources),
        outputs=optional(fields, "outputs", lambda read: read.api_list("Output")),
    )


def _stack_status(reader: Reader) -> str:
    # A status of tomorrow, which no model has, is one of the things to try out.
    return reader.text()


def _looks(fields: Mapping[str, Reader]) -> int:
    return _or(optional(fields, "looks", lambda read: read.whole(0)), 1)


def _nested_step(reader: Reader) -> NestedStep:
    fields = reader.fields(("status", "reason", "events", "resources"))
    return NestedStep(
        status=optional(fields, "status", _stack_status),
        reason=optional(fields, "reason", Reader.text),
        events=_or(optional(fields, "events", _events), []),
        resources=optional(fields, "resources", _resources),
    )


def _stack_steps(reader: Reader) -> Sequence[StackStep]:
    return tuple(_stack_step(item) for item in reader.items())


def _some_stack_steps(reader: Reader) -> Sequence[StackStep]:
    steps = _stack_steps(reader)
    if not steps:
        raise reader.wrong("at least one status is expected")
    return steps


def _given_stack(reader: Reader) -> GivenStack:
    fields = reader.fields(
        (
            *("status", "timeline", *_STACK_CONTENT, "parameters", "tags", "capabilities", "description", "role_arn"),
            *("notification_arns", "rollback_configuration", "termination_protection", "policy", "token"),
        )
    )
    if ("status" in fields) == ("timeline" in fields):
        raise reader.wrong("either 'status' or 'timeline' is expected")
    if "timeline" in fields:
        for name in _STACK_CONTENT:
            if name in fields:
                raise fields[name].wrong("beside a timeline it belongs into an entry of it")
    return GivenStack(
        steps=_some_stack_steps(fields["timeline"]) if "timeline" in fields else (_stack_step_of(fields),),
        parameters=_or(optional(fields, "parameters", lambda read: read.api_list("Parameter")), []),
        tags=_or(optional(fields, "tags", lambda read: read.api_list("Tag")), []),
        capabilities=_or(optional(fields, "capabilities", Reader.texts), []),
        description=optional(fields, "description", Reader.text),
        role_arn=optional(fields, "role_arn", Reader.text),
        notification_arns=_or(optional(fields, "notification_arns", Reader.texts), []),
        rollback_configuration=_or(
            optional(fields, "rollback_configuration", lambda read: read.api("RollbackConfiguration")), {}
        ),
        termination_protection=_or(optional(fields, "termination_protection", Reader.boolean), False),
        policy=optional(fields, "policy", Reader.text),
        token=optional(fields, "token", Reader.text),
    )


def _stack_outcome(reader: Reader) -> StackOutcome:
    fields = reader.fields(("timeline",))
    return StackOutcome(steps=optional(fields, "timeline", _some_stack_steps))


def _execution_outcome(reader: Reader) -> StackOutcome:
    fields = reader.fields(("timeline", "execution"))
    return StackOutcome(
        steps=optional(fields, "timeline", _stack_steps),
        execution=optional(fields, "execution", lambda read: tuple(_execution_step(item) for item in _some(read))),
    )


def _some(reader: Reader) -> list[Reader]:
    items = reader.items()
    if not items:
        raise reader.wrong("at least one status is expected")
    return items


def _execution_step(reader: Reader) -> ExecutionStep:
    if isinstance(reader.value, str):
        return ExecutionStep(_execution_status(reader))
    fields = reader.fields(("status", "looks"), ("status",))
    return ExecutionStep(_execution_status(fields["status"]), _looks(fields))


def _execution_status(reader: Reader) -> str:
    return reader.one_of(_statuses("ExecutionStatus"))


def _change_set_step(reader: Reader) -> ChangeSetStep:
    if isinstance(reader.value, str):
        return ChangeSetStep(_change_set_status(reader))
    return _change_set_step_of(reader.fields(("looks", *_CHANGE_SET_STATUS), ("status",)))


_CHANGE_SET_STATUS: Final = ("status", "reason", "execution_status")


def _change_set_step_of(fields: Mapping[str, Reader]) -> ChangeSetStep:
    return ChangeSetStep(
        status=_change_set_status(fields["status"]),
        looks=_looks(fields),
        reason=optional(fields, "reason", Reader.text),
        execution_status=optional(fields, "execution_status", _execution_status),
    )


def _change_set_status(reader: Reader) -> str:
    return reader.one_of(_statuses("ChangeSetStatus"))


def _change_set_outcome(reader: Reader) -> ChangeSetOutcome:
    return _change_set_outcome_of(reader.fields(_OUTCOME_OF_CHANGE_SET))


def _nested_outcome(reader: Reader) -> ChangeSetOutcome:
    return _change_set_outcome_of(reader.fields((*_OUTCOME_OF_CHANGE_SET, "stack")))


_OUTCOME_OF_CHANGE_SET: Final = ("timeline", "changes", "page_size", "nested")


def _change_set_outcome_of(fields: Mapping[str, Reader]) -> ChangeSetOutcome:
    nested = fields["nested"].members() if "nested" in fields else {}
    for key in sorted(change_set_keys(fields["changes"].value) if "changes" in fields else ()):
        if key not in nested:
            raise fields["changes"].wrong(f"{{change_set_id:{key}}} is not in 'nested'")
    return ChangeSetOutcome(
        steps=optional(fields, "timeline", lambda read: tuple(_change_set_step(item) for item in _some(read))),
        changes=optional(fields, "changes", lambda read: read.api_list("Change")),
        page_size=optional(fields, "page_size", lambda read: read.whole(1)),
        nested=tuple((key, _nested_outcome(read)) for key, read in nested.items()),
        stack=optional(fields, "stack", Reader.text),
    )


def _given_change_set(reader: Reader) -> GivenChangeSet:
    fields = reader.fields(
        (*_OUTCOME_OF_CHANGE_SET, *_CHANGE_SET_STATUS, "name", "description", "type", "token"), ("name",)
    )
    outcome = _change_set_outcome_of(fields)
    if "timeline" in fields and any(name in fields for name in _CHANGE_SET_STATUS):
        raise reader.wrong("either a timeline or a status is expected")
    if outcome.steps is None:
        status = fields.get("status", Reader("CREATE_COMPLETE"))
        steps = (_change_set_step_of({**fields, "status": status}),)
        outcome = ChangeSetOutcome(steps, outcome.changes, outcome.page_size, outcome.nested)
    return GivenChangeSet(
        name=fields["name"].text(),
        outcome=outcome,
        description=optional(fields, "description", Reader.text),
        type=_or(optional(fields, "type", lambda read: read.one_of(_statuses("ChangeSetType"))), "UPDATE"),
        token=optional(fields, "token", Reader.text),
    )


def _moment(fields: Mapping[str, Reader]) -> Moment:
    calls = fields.get("call")
    if calls is None:
        numbers = None
    elif isinstance(calls.value, list):
        numbers = frozenset(item.whole(1) for item in calls.items())
    else:
        numbers = frozenset({calls.whole(1)})
    when = optional(fields, "when", lambda read: read.one_of(("before", "after")))
    return Moment(fields["operation"].one_of(OPERATIONS), numbers, "after" if when == "after" else "before")


_MOMENT: Final = ("operation", "call", "when")


def _fault(reader: Reader) -> Fault:
    fields = reader.fields((*_MOMENT, "error", "delay_seconds"), ("operation",))
    if not {"error", "delay_seconds"} & fields.keys():
        raise reader.wrong("'error', 'delay_seconds' or both are expected")
    return Fault(
        moment=_moment(fields),
        error=optional(fields, "error", _error),
        delay_seconds=_or(optional(fields, "delay_seconds", Reader.seconds), 0.0),
    )


def _error(reader: Reader) -> GivenError:
    fields = reader.fields(("code", "message", "status"), ("code", "message"))
    code = fields["code"].text()
    status = optional(fields, "status", lambda read: read.whole(400))
    return GivenError(code, fields["message"].text(), status_of(code) if status is None else status)


_DOINGS: Final = (
    *("delete_stack", "create_stack", "timeline", "termination_protection"),
    *("obsolete_change_sets", "delete_change_sets", "create_change_sets"),
)


def _intervention(reader: Reader) -> Intervention:
    fields = reader.fields((*_MOMENT, *_DOINGS), ("operation",))
    if not fields.keys() & set(_DOINGS):
        raise reader.wrong(f"at least one of {', '.join(_DOINGS)} is expected")
    return Intervention(
        moment=_moment(fields),
        delete_stack=_or(optional(fields, "delete_stack", Reader.boolean), False),
        create_stack=optional(fields, "create_stack", _given_stack),
        steps=_or(optional(fields, "timeline", _some_stack_steps), ()),
        termination_protection=optional(fields, "termination_protection", Reader.boolean),
        obsolete_change_sets=_or(optional(fields, "obsolete_change_sets", Reader.texts), ()),
        delete_change_sets=_or(optional(fields, "delete_change_sets", Reader.texts), ()),
        create_change_sets=_list(fields, "create_change_sets", _given_change_set),
    )


# How the outcomes of an operation are read.
_OUTCOMES: Final[Mapping[str, Callable[[Reader], Any]]] = {
    "CreateStack": _stack_outcome,
    "DeleteStack": _stack_outcome,
    "ExecuteChangeSet": _execution_outcome,
    "CreateChangeSet": _change_set_outcome,
}
