"""The stacks of one account and region, and the lookup of stacks and change sets."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from .errors import Refusal, invalid

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .model import ChangeSet, Stack
    from .script import ApiObject
    from .scripted_stack import ScriptedStack

_STACK_ARN: Final = re.compile(r"arn:[^:]+:cloudformation:[^:]*:[^:]*:stack/([^/]+)/.+")
_CHANGE_SET_ARN: Final = re.compile(r"arn:[^:]+:cloudformation:[^:]*:[^:]*:changeSet/.+")
_NEEDS_STACK: Final = "StackName must be specified if ChangeSetName is not specified as an ARN."


class StackStore:
    """The scripted stacks of one account and region, by name.

    :param create: creates the scripted stack of a name.
    """

    def __init__(self, create: Callable[[str], ScriptedStack]) -> None:
        self.scripted_stacks: dict[str, ScriptedStack] = {}
        self._create = create

    def scripted_stack_of(self, request: Mapping[str, object]) -> ScriptedStack | None:
        """Return the scripted stack that a request names, created if necessary; ``None`` if it names none.

        Nested stacks and their change sets belong to the scripted stack of their root.
        """
        change_set_name, name = request.get("ChangeSetName"), request.get("StackName")
        if isinstance(change_set_name, str) and _CHANGE_SET_ARN.fullmatch(change_set_name):
            return self._scripted_stack_of_change_set(change_set_name)
        if not isinstance(name, str) or not name:
            return None
        found = _STACK_ARN.fullmatch(name)
        name = found[1] if found else name
        if name not in self.scripted_stacks:
            for scripted in self.scripted_stacks.values():
                if any(stack.name == name for stack in scripted.tree.stacks):
                    return scripted
            self.scripted_stacks[name] = self._create(name)
        return self.scripted_stacks[name]

    def stacks(self) -> list[Stack]:
        """Return the stacks that exist."""
        return [stack for scripted in self.scripted_stacks.values() for stack in scripted.tree.stacks if stack.exists]

    def find_stack(self, scripted: ScriptedStack, name: str) -> Stack | None:
        """Return a stack by its name or, even if it is deleted, by its ARN."""
        if _STACK_ARN.fullmatch(name):
            return next((stack for stack in scripted.tree.stacks if stack.stack_id == name), None)
        return scripted.tree.find(name)

    def existing(self, scripted: ScriptedStack, name: str) -> Stack:
        """Return a stack that exists, by name or ARN.

        :raises Refusal: it does not exist.
        """
        stack = self.find_stack(scripted, name)
        if stack is None or not stack.exists:
            raise invalid(f"Stack [{name}] does not exist")
        return stack

    def find_change_set(self, scripted: ScriptedStack | None, request: ApiObject) -> ChangeSet | None:
        """Return the change set that ChangeSetName and StackName of a request name.

        :raises Refusal: ChangeSetName is not an ARN, and there is no StackName or no such stack.
        """
        name: str = request["ChangeSetName"]
        if _CHANGE_SET_ARN.fullmatch(name):
            known = [] if scripted is None else scripted.tree.change_sets
            return next((found for found in known if found.change_set_id == name and not found.deleted), None)
        if scripted is None or "StackName" not in request:
            raise invalid(_NEEDS_STACK)
        return self.existing(scripted, request["StackName"]).find_change_set(name)

    def change_set(self, scripted: ScriptedStack | None, request: ApiObject) -> ChangeSet:
        """Return the change set that ChangeSetName and StackName of a request name.

        :raises Refusal: it does not exist.
        """
        found = self.find_change_set(scripted, request)
        if found is None:
            raise Refusal("ChangeSetNotFound", f"ChangeSet [{request['ChangeSetName']}] does not exist")
        return found

    def _scripted_stack_of_change_set(self, arn: str) -> ScriptedStack | None:
        for scripted in self.scripted_stacks.values():
            if any(found.change_set_id == arn for found in scripted.tree.change_sets):
                return scripted
        return None
