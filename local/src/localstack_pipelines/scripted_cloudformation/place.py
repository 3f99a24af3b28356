"""One account and region: its scenes, and how stacks and change sets are found in it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from .errors import Refusal, invalid

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .model import ChangeSet, Stack
    from .scene import Scene
    from .script import ApiObject

_STACK_ARN: Final = re.compile(r"arn:[^:]+:cloudformation:[^:]*:[^:]*:stack/([^/]+)/.+")
_CHANGE_SET_ARN: Final = re.compile(r"arn:[^:]+:cloudformation:[^:]*:[^:]*:changeSet/.+")
_NEEDS_STACK: Final = "StackName must be specified if ChangeSetName is not specified as an ARN."


class Place:
    """One account and region.

    :param begin: makes the scene of a stack name.
    """

    def __init__(self, begin: Callable[[str], Scene]) -> None:
        self.scenes: dict[str, Scene] = {}
        self._begin = begin

    def scene_of(self, request: Mapping[str, object]) -> Scene | None:
        """Return the scene that a request is about, begun where need be; ``None`` where it names no stack.

        Nested stacks, and their change sets, belong to the scene of the stack that they are nested in.
        """
        change_set_name, name = request.get("ChangeSetName"), request.get("StackName")
        if isinstance(change_set_name, str) and _CHANGE_SET_ARN.fullmatch(change_set_name):
            return self._scene_of_change_set(change_set_name)
        if not isinstance(name, str) or not name:
            return None
        found = _STACK_ARN.fullmatch(name)
        name = found[1] if found else name
        if name not in self.scenes:
            for scene in self.scenes.values():
                if any(stack.name == name for stack in scene.stage.stacks):
                    return scene
            self.scenes[name] = self._begin(name)
        return self.scenes[name]

    def stacks(self) -> list[Stack]:
        """Return the stacks that exist."""
        return [stack for scene in self.scenes.values() for stack in scene.stage.stacks if stack.exists]

    def find_stack(self, scene: Scene, name: str) -> Stack | None:
        """Return a stack by its name or, deleted ones too, by its ARN."""
        if _STACK_ARN.fullmatch(name):
            return next((stack for stack in scene.stage.stacks if stack.stack_id == name), None)
        return scene.stage.find(name)

    def existing(self, scene: Scene, name: str) -> Stack:
        """Return a stack that exists, by name or ARN.

        :raises Refusal: when it does not.
        """
        stack = self.find_stack(scene, name)
        if stack is None or not stack.exists:
            raise invalid(f"Stack [{name}] does not exist")
        return stack

    def find_change_set(self, scene: Scene | None, request: ApiObject) -> ChangeSet | None:
        """Return the change set that ChangeSetName and StackName of a request mean.

        :raises Refusal: when it is not given by ARN, and there is no StackName or no such stack.
        """
        name: str = request["ChangeSetName"]
        if _CHANGE_SET_ARN.fullmatch(name):
            known = [] if scene is None else scene.stage.change_sets
            return next((found for found in known if found.change_set_id == name and not found.deleted), None)
        if scene is None or "StackName" not in request:
            raise invalid(_NEEDS_STACK)
        return self.existing(scene, request["StackName"]).find_change_set(name)

    def change_set(self, scene: Scene | None, request: ApiObject) -> ChangeSet:
        """Return the change set that ChangeSetName and StackName of a request mean.

        :raises Refusal: when it is not there.
        """
        found = self.find_change_set(scene, request)
        if found is None:
            raise Refusal("ChangeSetNotFound", f"ChangeSet [{request['ChangeSetName']}] does not exist")
        return found

    def _scene_of_change_set(self, arn: str) -> Scene | None:
        for scene in self.scenes.values():
            if any(found.change_set_id == arn for found in scene.stage.change_sets):
                return scene
        return None
