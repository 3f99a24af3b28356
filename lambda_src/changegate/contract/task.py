"""What the functions of all task states share: their input, their output, their log lines, the names of their errors.

A task gets ``{"taskParams": {...}, "execution": {"id"}}`` and its settings, and returns ``{"taskParams": {...}}`` with
the fields it adds. If it finds that the deployment has failed, but something is left to do first (delete a change
set), it also returns ``"error": {"Error", "Cause"}``, in the shape of a Catch's output, and the state *Deployment
Failed* ends the execution with it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import wraps
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger

from changegate.contract import parsing
from changegate.contract.deployment import Deployment
from changegate.contract.task_params import TaskParams
from changegate.contract.waiting import Waiting
from changegate.errors import ChangegateError, MisconfiguredError, named
from changegate.stacks.own_change_sets import OwnChangeSet

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from changegate.json_types import Json

logger = Logger()

type Event = Mapping[str, Any]
type Handler = Callable[[Event, object], dict[str, Json]]


@dataclass(frozen=True)
class TaskInput:
    """The input of a task state."""

    params: TaskParams
    execution_id: str
    """The ARN of the state machine's execution."""
    deployment: Deployment
    settings: Mapping[str, Json] = field(default_factory=dict)
    """What the definition passes to the task, other than ``taskParams`` and ``execution``."""

    @classmethod
    def parse(cls, event: Event) -> TaskInput:
        """Read the event of a task's function.

        :raises MisconfiguredError: when it is not the input of a deployment.
        """
        params, execution = event.get("taskParams"), event.get("execution")
        if not isinstance(params, dict):
            raise MisconfiguredError('The execution\'s input must be {"taskParams": {...}}.')
        if not isinstance(execution, dict) or not isinstance(execution.get("id"), str):
            raise MisconfiguredError('The state machine must pass {"execution": {"id": ...}} to its tasks.')
        checked = parsing.parse(params)
        settings = {name: value for name, value in event.items() if name not in {"taskParams", "execution"}}
        return cls(checked, execution["id"], Deployment.of(checked), settings)

    @property
    def stack_name(self) -> str:
        """The name of the stack that is deployed to: the deployment's, or its successor's."""
        return self.params.get("successorStackName", self.deployment.full_stack_name)

    @property
    def own_change_set(self) -> OwnChangeSet:
        """The change set that this execution creates for the stack."""
        return OwnChangeSet(self.stack_name, self.execution_id, self.client_token("CreateChangeSet"))

    @property
    def is_successor(self) -> bool:
        """Whether the revision is deployed to a successor of the deployment's stack (blue/green)."""
        return "successorStackName" in self.params

    @property
    def waiting(self) -> Waiting:
        """The limits of the wait that the task starts or continues.

        :raises MisconfiguredError: when the definition gives none.
        """
        return Waiting.of(self.settings)

    def client_token(self, operation: str) -> str:
        """Return the token for a side effect, so that a retry never repeats it.

        It is unique to this execution, the stack and the API operation: CloudFormation refuses a token that it knows
        from another operation (API reference, TokenAlreadyExistsException). It has 44 characters of ``[a-z0-9-]``,
        which ClientRequestToken and ClientToken of every CloudFormation operation accept.
        """
        effect = f"{self.execution_id} {self.stack_name} {operation}"
        return f"changegate-{hashlib.sha256(effect.encode()).hexdigest()[:33]}"


@dataclass(frozen=True)
class TaskOutput:
    """What a task adds to ``taskParams``, and why the deployment has failed, if it has.

    ``forgotten`` are the names of fields that earlier states added and that no longer hold.
    """

    added: TaskParams = field(default_factory=TaskParams)
    failure: ChangegateError | None = None
    forgotten: frozenset[str] = frozenset()


def task(function: Callable[[TaskInput], TaskOutput]) -> Handler:
    """Make a Lambda handler of ``function``.

    Only the names of added fields are logged: values may be parameters of a stack.

    :raises ChangegateError: what ``function`` raises; API errors under their public names (:func:`errors.named`).
    """

    @wraps(function)
    def handler(event: Event, _context: object) -> dict[str, Json]:
        logger.append_keys(**_whose(event))
        try:
            task_input = TaskInput.parse(event)
            output = function(task_input)
        except Exception as error:
            logger.exception("Task failed")
            public = named(error)
            if public is error:
                raise
            raise public from error
        logger.info("Task done", extra={"added": sorted(output.added)})
        return _answer(task_input.params, output)

    return handler


def _whose(event: Event) -> dict[str, Any]:
    """Return the execution and the stack in the event, for the log; its shape is not known yet."""
    params, execution = event.get("taskParams"), event.get("execution")
    return {
        "execution": execution.get("id") if isinstance(execution, dict) else None,
        "stack": params.get("stackName") if isinstance(params, dict) else None,
    }


def _answer(params: Mapping[str, Any], output: TaskOutput) -> dict[str, Any]:
    kept = {name: value for name, value in params.items() if name not in output.forgotten}
    answer: dict[str, Any] = {"taskParams": {**kept, **output.added}}
    if output.failure is not None:
        answer["error"] = {"Error": output.failure.name, "Cause": str(output.failure)}
    return answer
