"""The service: scripts, the stacks that replay them, and the journal. Independent of LocalStack and HTTP."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from . import views
from .errors import Refusal
from .model import Clock
from .operations import OPERATIONS, Call
from .script import matches
from .script_parser import parse
from .scripted_stack import ScriptedStack
from .stack_tree import StackTree
from .store import StackStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from .script import ApiObject, Fault, When

# The members of an answer, or of the one stack that it describes, that the journal keeps.
_KEPT: Final = ("Id", "StackId", "ChangeSetId", "StackStatus", "Status", "ExecutionStatus")


@dataclass(frozen=True, slots=True)
class Reply:
    """What the caller receives: an answer or an error, after a delay."""

    answer: ApiObject
    error: Refusal | None
    delay_seconds: float


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """A call in the journal."""

    scripted: ScriptedStack | None
    content: ApiObject


class ScriptedCloudFormation:
    """CloudFormation in all accounts and regions.

    :param check: returns the request of an operation without its empty members; raises a :class:`Refusal` if the
        request violates a constraint of the service model.
    """

    def __init__(self, check: Callable[[str, ApiObject], ApiObject]) -> None:
        self._check = check
        self._lock = threading.Lock()
        self._clock = Clock()
        self._number = 0
        self._scripts: dict[str, Any] = {}
        self._stores: dict[tuple[str, str], StackStore] = {}
        self._journal: list[JournalEntry] = []

    def call(self, operation: str, account: str, region: str, parameters: ApiObject) -> Reply:
        """Perform a call as its script says.

        :param parameters: the parsed request; absent members may be ``None``.
        """
        with self._lock:
            store = self._store(account, region)
            scripted = store.scripted_stack_of(parameters)
            number = 0 if scripted is None else scripted.count(operation)
            given = {name: value for name, value in parameters.items() if value is not None}
            entry: ApiObject = {
                "number": self._next_number(),
                "operation": operation,
                "account": account,
                "region": region,
                "stack": None if scripted is None else scripted.tree.name,
                "call": number,
                "parameters": views.as_json(given),
            }
            self._journal.append(JournalEntry(scripted, entry))
            return self._perform(operation, Call(store, scripted, given), number, entry)

    def set_script(self, pattern: str, document: Any) -> None:
        """Set the script of the stacks that match a name or glob, and delete their state and journal.

        :raises ScriptError: the script is invalid; nothing has changed.
        """
        parse(document)
        with self._lock:
            self._scripts[pattern] = document
            self._forget(lambda scripted: self._pattern_of(scripted.tree) == pattern)
            self._forget(lambda scripted: scripted.pattern == pattern)

    def remove_script(self, pattern: str) -> bool:
        """Delete a script, its stacks and its journal; return whether the script existed."""
        with self._lock:
            self._forget(lambda scripted: scripted.pattern == pattern)
            return self._scripts.pop(pattern, None) is not None

    def forget(self) -> None:
        """Delete all state."""
        with self._lock:
            self._scripts.clear()
            self._stores.clear()
            self._journal.clear()

    def script_state(self, pattern: str) -> ApiObject | None:
        """Return ``{"pattern", "script", "stacks", "journal"}``, or ``None`` if the script does not exist."""
        with self._lock:
            if pattern not in self._scripts:
                return None
            return {
                "pattern": pattern,
                "script": self._scripts[pattern],
                **self._state(lambda scripted: scripted is not None and scripted.pattern == pattern),
            }

    def state(self) -> ApiObject:
        """Return all state: ``{"scripts", "stacks", "journal"}``."""
        with self._lock:
            return {"scripts": sorted(self._scripts), **self._state(lambda _: True)}

    def _perform(self, operation: str, call: Call, number: int, entry: ApiObject) -> Reply:
        scripted = call.scripted
        before = self._faults(scripted, operation, number, "before")
        after = self._faults(scripted, operation, number, "after")
        self._intervene(scripted, operation, number, "before", entry)
        error = _error(scripted, before)
        answer: ApiObject = {}
        if error is None:
            try:
                answer = OPERATIONS[operation](Call(call.store, scripted, self._check(operation, call.request)))
                entry["answer"] = _brief(answer)
            except Refusal as refusal:
                error = refusal
        self._intervene(scripted, operation, number, "after", entry)
        if before or after:
            entry["fault"] = "before" if before else "after"
        if error is None:
            error = _error(scripted, after)
        if error is not None:
            entry["error"] = error.as_json()
        return Reply(answer, error, sum(fault.delay_seconds for fault in (*before, *after)))

    def _faults(self, scripted: ScriptedStack | None, operation: str, number: int, when: When) -> list[Fault]:
        return [] if scripted is None else scripted.faults(operation, number, when)

    def _intervene(
        self, scripted: ScriptedStack | None, operation: str, number: int, when: When, entry: ApiObject
    ) -> None:
        done = {} if scripted is None else scripted.intervene(operation, number, when)
        if done:
            entry.setdefault("interventions", {})[when] = done

    def _store(self, account: str, region: str) -> StackStore:
        key = account, region
        if key not in self._stores:
            self._stores[key] = StackStore(lambda name: self._create(name, account, region))
        return self._stores[key]

    def _create(self, name: str, account: str, region: str) -> ScriptedStack:
        tree = StackTree(account, region, name, self._clock)
        pattern = self._pattern_of(tree)
        return ScriptedStack(tree, pattern, None if pattern is None else self._scripts[pattern])

    def _pattern_of(self, tree: StackTree) -> str | None:
        """Return the pattern of a stack's script: its exact name, else the longest glob."""
        fitting = [pattern for pattern in self._scripts if self._applies(pattern, tree)]
        return max(fitting, key=lambda pattern: (pattern == tree.name, len(pattern), pattern), default=None)

    def _applies(self, pattern: str, tree: StackTree) -> bool:
        script = self._scripts[pattern]
        account, region = script.get("account", tree.account), script.get("region", tree.region)
        return (account, region) == (tree.account, tree.region) and matches(pattern, tree.name)

    def _forget(self, is_meant: Callable[[ScriptedStack], bool]) -> None:
        for store in self._stores.values():
            for name, scripted in list(store.scripted_stacks.items()):
                if is_meant(scripted):
                    del store.scripted_stacks[name]
        self._journal = [entry for entry in self._journal if entry.scripted is None or not is_meant(entry.scripted)]

    def _next_number(self) -> int:
        self._number += 1
        return self._number

    def _state(self, is_meant: Callable[[ScriptedStack | None], bool]) -> ApiObject:
        stacks = [
            (stack, scripted.tree)
            for store in self._stores.values()
            for scripted in store.scripted_stacks.values()
            if is_meant(scripted)
            for stack in scripted.tree.stacks
        ]
        return {
            "stacks": [
                views.stack_state(stack, tree.account, tree.region)
                for stack, tree in sorted(stacks, key=lambda found: found[0].created)
            ],
            "journal": [entry.content for entry in self._journal if is_meant(entry.scripted)],
        }


def _error(scripted: ScriptedStack | None, faults: Iterable[Fault]) -> Refusal | None:
    for fault in faults:
        if fault.error is not None:
            message = fault.error.message if scripted is None else scripted.tree.fill(fault.error.message)
            return Refusal(fault.error.code, message, fault.error.status)
    return None


def _brief(answer: ApiObject) -> ApiObject:
    """Return the ids and statuses of an answer, or of the one stack that it describes."""
    stacks = answer.get("Stacks", [])
    source = stacks[0] if len(stacks) == 1 else answer
    return {name: source[name] for name in _KEPT if name in source}
