"""What every task state's function has in common: its input, its output, its log lines, its errors' names.

A task gets ``{"taskParams": {...}, "execution": {"id"}}`` and answers
``{"taskParams": {... and what it found out}}``. Where it finds that the deployment has failed, but something is
left to be done first (a change set to delete), it answers ``"error": {"Error", "Cause"}`` beside it, in the shape
of a Catch's own output, and the state *Deployment Failed* ends the execution with it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import cached_property, wraps
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger

from changegate.contract.deployment import Deployment
from changegate.contract.waiting import Waiting
from changegate.errors import ChangegateError, MisconfiguredError, named

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from changegate.json_types import Json

logger = Logger()

type Event = Mapping[str, Any]
type Handler = Callable[[Event, object], dict[str, Json]]


@dataclass(frozen=True)
class TaskInput:
    """The input of a task state.

    ``params`` is ``taskParams`` as it came; ``execution_id`` the ARN of the state machine's execution.
    """

    params: Mapping[str, Json]
    execution_id: str
    settings: Mapping[str, Json] = field(default_factory=dict)
    """What the definition itself passes to the task, beside ``taskParams`` and ``execution``."""

    @cached_property
    def deployment(self) -> Deployment:
        """The deployment that the execution runs.

        :raises MisconfiguredError: when ``taskParams`` is not the input of a deployment.
        """
        return Deployment.parse(self.params)

    @property
    def stack_name(self) -> str:
        """The name of the stack that is deployed to: the deployment's own, or that of its successor."""
        return self.text("successorStackName") if self.is_successor else self.deployment.full_stack_name

    @property
    def is_successor(self) -> bool:
        """Whether the revision goes to a successor of the deployment's stack (blue/green)."""
        return "successorStackName" in self.params

    @cached_property
    def waiting(self) -> Waiting:
        """The bounds of the waiting that this task begins or goes on with.

        :raises MisconfiguredError: when the definition gives none.
        """
        return Waiting.parse(self.settings.get("wait"))

    def client_token(self, operation: str) -> str:
        """Return the token that goes with a side effect, so that a retry never does a thing twice.

        It is one for this execution, the stack and the API operation: CloudFormation refuses a token that it knows
        from another operation (TokenAlreadyExistsException, API reference). 44 characters of ``[a-z0-9-]``, as every
        ClientRequestToken and ClientToken of CloudFormation's API takes.
        """
        effect = f"{self.execution_id} {self.stack_name} {operation}"
        return f"changegate-{hashlib.sha256(effect.encode()).hexdigest()[:33]}"

    def text(self, name: str) -> str:
        """Return a text that an earlier state added to ``taskParams``.

        :raises MisconfiguredError: when it is missing.
        """
        value = self.params.get(name)
        if isinstance(value, str) and value:
            return value
        raise MisconfiguredError(f"The state machine reached this state without {name!r} in taskParams.")


@dataclass(frozen=True)
class TaskOutput:
    """What a task adds to ``taskParams``, and why the deployment has failed, where it has.

    ``forgotten`` are the names of what earlier states added and later ones must not take for theirs.
    """

    added: Mapping[str, Json] = field(default_factory=dict)
    failure: ChangegateError | None = None
    forgotten: frozenset[str] = frozenset()


def task(function: Callable[[TaskInput], TaskOutput]) -> Handler:
    """Make a Lambda handler of ``function``.

    Only the names of what was added are logged: values may be parameters of a stack.

    :raises ChangegateError: what ``function`` raises, API errors under their public names (:func:`errors.named`).
    """

    @wraps(function)
    def handler(event: Event, _context: object) -> dict[str, Json]:
        task_input = _parse(event)
        logger.append_keys(execution=task_input.execution_id, stack=task_input.params.get("stackName"))
        try:
            output = function(task_input)
        except Exception as error:
            logger.exception("Task failed")
            public = named(error)
            if public is error:
                raise
            raise public from error
        logger.info("Task done", extra={"added": sorted(output.added)})
        kept = {name: value for name, value in task_input.params.items() if name not in output.forgotten}
        answer: dict[str, Json] = {"taskParams": {**kept, **output.added}}
        if output.failure is not None:
            answer["error"] = {"Error": output.failure.name, "Cause": str(output.failure)}
        return answer

    return handler


def _parse(event: Event) -> TaskInput:
    params, execution = event.get("taskParams"), event.get("execution")
    if not isinstance(params, dict):
        raise MisconfiguredError('The execution\'s input must be {"taskParams": {...}}.')
    if not isinstance(execution, dict) or not isinstance(execution.get("id"), str):
        raise MisconfiguredError('The state machine must pass {"execution": {"id": ...}} to its tasks.')
    settings = {name: value for name, value in event.items() if name not in {"taskParams", "execution"}}
    return TaskInput(params=params, execution_id=execution["id"], settings=settings)
