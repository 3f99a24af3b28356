"""The whole service: scripts, the places they are played in, and the journal. Knows neither LocalStack nor HTTP."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from . import answers
from .errors import Refusal
from .model import Clock
from .operations import OPERATIONS, Call
from .place import Place
from .scene import Scene
from .script import matches, parse
from .stage import Stage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from .script import ApiObject, Fault, When

# What of an answer the journal keeps, at its top and in the things that it lists.
_KEPT: Final = ("Id", "StackId", "ChangeSetId", "StackStatus", "Status", "ExecutionStatus")


@dataclass(frozen=True, slots=True)
class Reply:
    """What the caller gets: an answer or an error, after so many seconds."""

    answer: ApiObject
    error: Refusal | None
    delay_seconds: float


@dataclass(frozen=True, slots=True)
class Entry:
    """A call in the journal."""

    scene: Scene | None
    content: ApiObject


class ScriptedCloudFormation:
    """All accounts and regions.

    :param check: takes an operation's name and its parsed request, and returns the request without empty members; it
        raises a :class:`Refusal` when a constraint of the service model is broken.
    """

    def __init__(self, check: Callable[[str, ApiObject], ApiObject]) -> None:
        self._check = check
        self._lock = threading.Lock()
        self._clock = Clock()
        self._number = 0
        self._scripts: dict[str, Any] = {}
        self._places: dict[tuple[str, str], Place] = {}
        self._journal: list[Entry] = []

    def call(self, operation: str, account: str, region: str, parameters: ApiObject) -> Reply:
        """Do what a call asks for and what its script says of it.

        :param parameters: the request as it was parsed; absent members may be ``None``.
        """
        with self._lock:
            place = self._place(account, region)
            scene = place.scene_of(parameters)
            number = 0 if scene is None else scene.count(operation)
            given = {name: value for name, value in parameters.items() if value is not None}
            entry: ApiObject = {
                "number": self._next_number(),
                "operation": operation,
                "account": account,
                "region": region,
                "stack": None if scene is None else scene.stage.name,
                "call": number,
                "parameters": answers.as_json(given),
            }
            self._journal.append(Entry(scene, entry))
            return self._play(operation, Call(place, scene, given), number, entry)

    def set_script(self, pattern: str, document: Any) -> None:
        """Set the script of the stacks that a name or glob means, and forget what those were and did before.

        :raises ScriptError: when it is wrong; nothing has changed then.
        """
        parse(document)
        with self._lock:
            self._scripts[pattern] = document
            self._forget(lambda scene: self._pattern_of(scene.stage) == pattern)
            self._forget(lambda scene: scene.pattern == pattern)

    def remove_script(self, pattern: str) -> bool:
        """Forget a script with its stacks and its journal, and return whether there was one."""
        with self._lock:
            self._forget(lambda scene: scene.pattern == pattern)
            return self._scripts.pop(pattern, None) is not None

    def forget(self) -> None:
        """Forget everything."""
        with self._lock:
            self._scripts.clear()
            self._places.clear()
            self._journal.clear()

    def script_state(self, pattern: str) -> ApiObject | None:
        """Return ``{"pattern", "script", "stacks", "journal"}``, or ``None`` where there is no such script."""
        with self._lock:
            if pattern not in self._scripts:
                return None
            return {
                "pattern": pattern,
                "script": self._scripts[pattern],
                **self._state(lambda scene: scene is not None and scene.pattern == pattern),
            }

    def state(self) -> ApiObject:
        """Return ``{"scripts", "stacks", "journal"}`` of everything."""
        with self._lock:
            return {"scripts": sorted(self._scripts), **self._state(lambda _: True)}

    def _play(self, operation: str, call: Call, number: int, entry: ApiObject) -> Reply:
        scene = call.scene
        before = self._faults(scene, operation, number, "before")
        after = self._faults(scene, operation, number, "after")
        self._intervene(scene, operation, number, "before", entry)
        error = _error(scene, before)
        answer: ApiObject = {}
        if error is None:
            try:
                answer = OPERATIONS[operation](Call(call.place, scene, self._check(operation, call.request)))
                entry["answer"] = _brief(answer)
            except Refusal as refusal:
                error = refusal
        self._intervene(scene, operation, number, "after", entry)
        if before or after:
            entry["fault"] = "before" if before else "after"
        if error is None:
            error = _error(scene, after)
        if error is not None:
            entry["error"] = error.as_json()
        return Reply(answer, error, sum(fault.delay_seconds for fault in (*before, *after)))

    def _faults(self, scene: Scene | None, operation: str, number: int, when: When) -> list[Fault]:
        return [] if scene is None else scene.faults(operation, number, when)

    def _intervene(self, scene: Scene | None, operation: str, number: int, when: When, entry: ApiObject) -> None:
        done = {} if scene is None else scene.intervene(operation, number, when)
        if done:
            entry.setdefault("interventions", {})[when] = done

    def _place(self, account: str, region: str) -> Place:
        key = account, region
        if key not in self._places:
            self._places[key] = Place(lambda name: self._begin(name, account, region))
        return self._places[key]

    def _begin(self, name: str, account: str, region: str) -> Scene:
        stage = Stage(account, region, name, self._clock)
        pattern = self._pattern_of(stage)
        return Scene(stage, pattern, None if pattern is None else self._scripts[pattern])

    def _pattern_of(self, stage: Stage) -> str | None:
        """Return the pattern of the script of a stack: its very name, else the longest glob."""
        fitting = [pattern for pattern in self._scripts if self._applies(pattern, stage)]
        return max(fitting, key=lambda pattern: (pattern == stage.name, len(pattern), pattern), default=None)

    def _applies(self, pattern: str, stage: Stage) -> bool:
        script = self._scripts[pattern]
        account, region = script.get("account", stage.account), script.get("region", stage.region)
        return (account, region) == (stage.account, stage.region) and matches(pattern, stage.name)

    def _forget(self, is_meant: Callable[[Scene], bool]) -> None:
        for place in self._places.values():
            for name, scene in list(place.scenes.items()):
                if is_meant(scene):
                    del place.scenes[name]
        self._journal = [entry for entry in self._journal if entry.scene is None or not is_meant(entry.scene)]

    def _next_number(self) -> int:
        self._number += 1
        return self._number

    def _state(self, is_meant: Callable[[Scene | None], bool]) -> ApiObject:
        scenes = [scene for place in self._places.values() for scene in place.scenes.values() if is_meant(scene)]
        stacks = sorted(
            ((stack, scene) for scene in scenes for stack in scene.stage.stacks), key=lambda found: found[0].created
        )
        return {
            "stacks": [answers.stack_state(stack, scene.stage.account, scene.stage.region) for stack, scene in stacks],
            "journal": [entry.content for entry in self._journal if is_meant(entry.scene)],
        }


def _error(scene: Scene | None, faults: Iterable[Fault]) -> Refusal | None:
    for fault in faults:
        if fault.error is not None:
            message = fault.error.message if scene is None else scene.stage.fill(fault.error.message)
            return Refusal(fault.error.code, message, fault.error.status)
    return None


def _brief(answer: ApiObject) -> ApiObject:
    """Return the ids and statuses of an answer, and those of the stack that it is about."""
    stacks = answer.get("Stacks", [])
    source = stacks[0] if len(stacks) == 1 else answer
    return {name: source[name] for name in _KEPT if name in source}
