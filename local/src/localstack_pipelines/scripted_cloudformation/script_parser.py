"""Reads a script from JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from localstack.aws.spec import load_service

from .errors import status_of
from .operations import OPERATIONS
from .placeholders import change_set_keys
from .reader import Reader, optional
from .script import (
    CallFilter,
    ChangeSetEntry,
    ChangeSetOutcome,
    ExecutionEntry,
    ExistingChangeSet,
    ExistingStack,
    Fault,
    Intervention,
    NestedStackEntry,
    Script,
    ScriptedError,
    StackEntry,
    StackOutcome,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from .script import ApiObject

# Required members of API structures that a script may omit, because they are filled in on replay.
_FILLED_IN: Final = {"EventId": "-", "StackId": "-", "StackName": "-", "Timestamp": 0, "PhysicalResourceId": "-"}

_SCRIPT: Final = (
    *("stack", "change_sets", "operations", "faults", "interventions"),
    *("max_change_sets", "page_size", "account", "region"),
)


def parse(value: Any) -> Script:
    """Read a script.

    :param value: a parsed JSON document.
    :raises ScriptError: the document is not a valid script; the message names the position.
    """
    fields = Reader(value).fields(_SCRIPT)
    operations = fields["operations"].fields(_OUTCOMES) if "operations" in fields else {}
    script = Script(
        stack=optional(fields, "stack", _existing_stack),
        change_sets=_list(fields, "change_sets", _existing_change_set),
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
        account=optional(fields, "account", Reader.string),
        region=optional(fields, "region", Reader.string),
    )
    if script.change_sets and script.stack is None:
        raise fields["change_sets"].wrong("change sets need a 'stack'")
    return script


def _or[Value](value: Value | None, default: Value) -> Value:
    return default if value is None else value


def _list[Item](fields: Mapping[str, Reader], name: str, read: Callable[[Reader], Item]) -> Sequence[Item]:
    return tuple(read(item) for item in fields[name].items()) if name in fields else ()


def _outcomes[Item](reader: Reader, read: Callable[[Reader], Item]) -> Sequence[Item]:
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
        # Null removes the token; the API model does not allow it.
        if isinstance(event, dict) and event.get("ClientRequestToken", "") is None:
            item = Reader({**event, "ClientRequestToken": "-"}, item.position)  # noqa: PLW2901
        item.api("StackEvent", _FILLED_IN)
        item.needs("LogicalResourceId", "ResourceStatus")
        events.append(event)
    return events


def _resources(reader: Reader) -> list[ApiObject]:
    return [item.api("StackResource", {"Timestamp": 0}) for item in reader.items()]


def _stack_entry(reader: Reader) -> StackEntry:
    if isinstance(reader.value, str):
        return StackEntry(_stack_status(reader))
    return _stack_entry_of(reader.fields(("status", "looks", *_STACK_CONTENT), ("status",)))


# What an entry can have along with a stack's status.
_STACK_CONTENT: Final = ("reason", "events", "nested", "resources", "outputs")


def _stack_entry_of(fields: Mapping[str, Reader]) -> StackEntry:
    nested = fields["nested"].members() if "nested" in fields else {}
    return StackEntry(
        status=_stack_status(fields["status"]),
        looks=_looks(fields),
        reason=optional(fields, "reason", Reader.string),
        events=_or(optional(fields, "events", _events), []),
        nested=tuple((name, _nested_stack_entry(read)) for name, read in nested.items()),
        resources=optional(fields, "resources", _resources),
        outputs=optional(fields, "outputs", lambda read: read.api_list("Output")),
    )


def _stack_status(reader: Reader) -> str:
    # Not checked against the model, so that scripts can use a status that the API may add.
    return reader.string()


def _looks(fields: Mapping[str, Reader]) -> int:
    return _or(optional(fields, "looks", lambda read: read.whole(0)), 1)


def _nested_stack_entry(reader: Reader) -> NestedStackEntry:
    fields = reader.fields(("status", "reason", "events", "resources"))
    return NestedStackEntry(
        status=optional(fields, "status", _stack_status),
        reason=optional(fields, "reason", Reader.string),
        events=_or(optional(fields, "events", _events), []),
        resources=optional(fields, "resources", _resources),
    )


def _stack_timeline(reader: Reader) -> Sequence[StackEntry]:
    return tuple(_stack_entry(item) for item in reader.items())


def _nonempty_stack_timeline(reader: Reader) -> Sequence[StackEntry]:
    return tuple(_stack_entry(item) for item in _nonempty(reader))


def _existing_stack(reader: Reader) -> ExistingStack:
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
                raise fields[name].wrong("with a 'timeline', it belongs in one of its entries")
    return ExistingStack(
        timeline=_nonempty_stack_timeline(fields["timeline"]) if "timeline" in fields else (_stack_entry_of(fields),),
        parameters=_or(optional(fields, "parameters", lambda read: read.api_list("Parameter")), []),
        tags=_or(optional(fields, "tags", lambda read: read.api_list("Tag")), []),
        capabilities=_or(optional(fields, "capabilities", Reader.strings), []),
        description=optional(fields, "description", Reader.string),
        role_arn=optional(fields, "role_arn", Reader.string),
        notification_arns=_or(optional(fields, "notification_arns", Reader.strings), []),
        rollback_configuration=_or(
            optional(fields, "rollback_configuration", lambda read: read.api("RollbackConfiguration")), {}
        ),
        termination_protection=_or(optional(fields, "termination_protection", Reader.boolean), False),
        policy=optional(fields, "policy", Reader.string),
        token=optional(fields, "token", Reader.string),
    )


def _stack_outcome(reader: Reader) -> StackOutcome:
    fields = reader.fields(("timeline",))
    return StackOutcome(timeline=optional(fields, "timeline", _nonempty_stack_timeline))


def _execution_outcome(reader: Reader) -> StackOutcome:
    fields = reader.fields(("timeline", "execution"))
    return StackOutcome(
        timeline=optional(fields, "timeline", _stack_timeline),
        execution=optional(fields, "execution", lambda read: tuple(_execution_entry(item) for item in _nonempty(read))),
    )


def _nonempty(reader: Reader) -> list[Reader]:
    items = reader.items()
    if not items:
        raise reader.wrong("at least one status is expected")
    return items


def _execution_entry(reader: Reader) -> ExecutionEntry:
    if isinstance(reader.value, str):
        return ExecutionEntry(_execution_status(reader))
    fields = reader.fields(("status", "looks"), ("status",))
    return ExecutionEntry(_execution_status(fields["status"]), _looks(fields))


def _execution_status(reader: Reader) -> str:
    return reader.one_of(_statuses("ExecutionStatus"))


def _change_set_entry(reader: Reader) -> ChangeSetEntry:
    if isinstance(reader.value, str):
        return ChangeSetEntry(_change_set_status(reader))
    return _change_set_entry_of(reader.fields(("looks", *_CHANGE_SET_STATUS), ("status",)))


_CHANGE_SET_STATUS: Final = ("status", "reason", "execution_status")


def _change_set_entry_of(fields: Mapping[str, Reader]) -> ChangeSetEntry:
    return ChangeSetEntry(
        status=_change_set_status(fields["status"]),
        looks=_looks(fields),
        reason=optional(fields, "reason", Reader.string),
        execution_status=optional(fields, "execution_status", _execution_status),
    )


def _change_set_status(reader: Reader) -> str:
    return reader.one_of(_statuses("ChangeSetStatus"))


def _change_set_outcome(reader: Reader) -> ChangeSetOutcome:
    return _change_set_outcome_of(reader.fields(_CHANGE_SET_OUTCOME))


def _nested_change_set_outcome(reader: Reader) -> ChangeSetOutcome:
    return _change_set_outcome_of(reader.fields((*_CHANGE_SET_OUTCOME, "stack")))


_CHANGE_SET_OUTCOME: Final = ("timeline", "changes", "page_size", "nested")


def _change_set_outcome_of(fields: Mapping[str, Reader]) -> ChangeSetOutcome:
    nested = fields["nested"].members() if "nested" in fields else {}
    for key in sorted(change_set_keys(fields["changes"].value) if "changes" in fields else ()):
        if key not in nested:
            raise fields["changes"].wrong(f"{{change_set_id:{key}}} is not in 'nested'")
    return ChangeSetOutcome(
        timeline=optional(fields, "timeline", lambda read: tuple(_change_set_entry(item) for item in _nonempty(read))),
        changes=optional(fields, "changes", lambda read: read.api_list("Change")),
        page_size=optional(fields, "page_size", lambda read: read.whole(1)),
        nested=tuple((key, _nested_change_set_outcome(read)) for key, read in nested.items()),
        stack=optional(fields, "stack", Reader.string),
    )


def _existing_change_set(reader: Reader) -> ExistingChangeSet:
    fields = reader.fields(
        (*_CHANGE_SET_OUTCOME, *_CHANGE_SET_STATUS, "name", "description", "type", "token"), ("name",)
    )
    outcome = _change_set_outcome_of(fields)
    if "timeline" in fields and any(name in fields for name in _CHANGE_SET_STATUS):
        raise reader.wrong("either a timeline or a status is expected")
    if outcome.timeline is None:
        status = fields.get("status", Reader("CREATE_COMPLETE"))
        timeline = (_change_set_entry_of({**fields, "status": status}),)
        outcome = ChangeSetOutcome(timeline, outcome.changes, outcome.page_size, outcome.nested)
    return ExistingChangeSet(
        name=fields["name"].string(),
        outcome=outcome,
        description=optional(fields, "description", Reader.string),
        type=_or(optional(fields, "type", lambda read: read.one_of(_statuses("ChangeSetType"))), "UPDATE"),
        token=optional(fields, "token", Reader.string),
    )


def _call_filter(fields: Mapping[str, Reader]) -> CallFilter:
    calls = fields.get("call")
    if calls is None:
        numbers = None
    elif isinstance(calls.value, list):
        numbers = frozenset(item.whole(1) for item in calls.items())
    else:
        numbers = frozenset({calls.whole(1)})
    when = optional(fields, "when", lambda read: read.one_of(("before", "after")))
    return CallFilter(fields["operation"].one_of(OPERATIONS), numbers, "after" if when == "after" else "before")


_CALL_FILTER: Final = ("operation", "call", "when")


def _fault(reader: Reader) -> Fault:
    fields = reader.fields((*_CALL_FILTER, "error", "delay_seconds"), ("operation",))
    if not {"error", "delay_seconds"} & fields.keys():
        raise reader.wrong("'error', 'delay_seconds' or both are expected")
    return Fault(
        calls=_call_filter(fields),
        error=optional(fields, "error", _error),
        delay_seconds=_or(optional(fields, "delay_seconds", Reader.seconds), 0.0),
    )


def _error(reader: Reader) -> ScriptedError:
    fields = reader.fields(("code", "message", "status"), ("code", "message"))
    code = fields["code"].string()
    status = optional(fields, "status", lambda read: read.whole(400))
    return ScriptedError(code, fields["message"].string(), status_of(code) if status is None else status)


_ACTIONS: Final = (
    *("delete_stack", "create_stack", "timeline", "termination_protection"),
    *("obsolete_change_sets", "delete_change_sets", "create_change_sets"),
)


def _intervention(reader: Reader) -> Intervention:
    fields = reader.fields((*_CALL_FILTER, *_ACTIONS), ("operation",))
    if not fields.keys() & set(_ACTIONS):
        raise reader.wrong(f"at least one of {', '.join(_ACTIONS)} is expected")
    return Intervention(
        calls=_call_filter(fields),
        delete_stack=_or(optional(fields, "delete_stack", Reader.boolean), False),
        create_stack=optional(fields, "create_stack", _existing_stack),
        timeline=_or(optional(fields, "timeline", _nonempty_stack_timeline), ()),
        termination_protection=optional(fields, "termination_protection", Reader.boolean),
        obsolete_change_sets=_or(optional(fields, "obsolete_change_sets", Reader.strings), ()),
        delete_change_sets=_or(optional(fields, "delete_change_sets", Reader.strings), ()),
        create_change_sets=_list(fields, "create_change_sets", _existing_change_set),
    )


# The parser of each operation's outcomes.
_OUTCOMES: Final[Mapping[str, Callable[[Reader], Any]]] = {
    "CreateStack": _stack_outcome,
    "DeleteStack": _stack_outcome,
    "ExecuteChangeSet": _execution_outcome,
    "CreateChangeSet": _change_set_outcome,
}
