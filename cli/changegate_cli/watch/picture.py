"""The live picture of one execution of the pipeline: what is known about it, and how to draw that."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rich.console import Group
from rich.padding import Padding
from rich.text import Text

from changegate_cli.watch.events import (
    AttemptFailed,
    DeploymentEnded,
    ExecutionEnded,
    ExecutionStarted,
    StackChanged,
    StageEnded,
    StateEntered,
    VerdictReached,
    describe,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import RenderableType
    from rich.spinner import Spinner

    from changegate_cli.watch.events import Event


# The status of an action by that of the deployment's execution.
_ENDS = {"SUCCEEDED": "Succeeded", "ABORTED": "Abandoned"}


@dataclass
class StageView:
    """What is known about one stage, or about one of the deployments of a stage that has several."""

    name: str
    status: str = "InProgress"
    message: str = ""
    states: dict[str, int] = field(default_factory=dict)
    resources: dict[str, StackChanged] = field(default_factory=dict)
    attempts: list[str] = field(default_factory=list)
    verdict: VerdictReached | None = None

    def apply(self, event: Event) -> None:
        """Add ``event``, which is about this stage."""
        match event:
            case StageEnded():
                self.status, self.message = event.status, event.message
            case StateEntered():
                # Removed first, so that the state entered last comes last.
                self.states[event.state] = self.states.pop(event.state, 0) + 1
            case AttemptFailed():
                self.attempts.append(describe(event))
            case VerdictReached():
                self.verdict = event
            case StackChanged():
                self.resources[event.resource] = event
            case DeploymentEnded() if "/" in self.name:
                self.status, self.message = _ENDS.get(event.status, "Failed"), event.cause
            case _:
                # The stage's presence shows its start; the end of its only deployment is the stage's end.
                pass


@dataclass
class PipelineView:
    """What is known about one execution of the pipeline; :meth:`apply` adds one event after the other."""

    stages: dict[str, StageView] = field(default_factory=dict)

    def apply(self, event: Event) -> None:
        """Add ``event``."""
        if not isinstance(event, ExecutionStarted | ExecutionEnded):
            self.stages.setdefault(event.stage, StageView(event.stage)).apply(event)


_MARKS = {"Succeeded": ("✔ ", "green"), "Failed": ("✘ ", "red"), "Abandoned": ("✘ ", "yellow")}


def picture(view: PipelineView, spinner: Spinner) -> RenderableType:
    """Draw ``view``: the stages, the states entered, the stack's resources."""
    parts: list[RenderableType] = []
    if not view.stages:
        spinner.update(text=Text("waiting for the pipeline", style="dim"))
        parts.append(spinner)
    for stage in view.stages.values():
        if stage.status in _MARKS:
            parts.append(Text.assemble(_MARKS[stage.status], (stage.name, "bold")))
        else:
            spinner.update(text=Text(stage.name, style="bold"))
            parts.append(spinner)
        parts.extend(Padding(part, (0, 0, 0, 4)) for part in _stage_parts(stage))
    return Group(*parts)


def _stage_parts(stage: StageView) -> Iterator[RenderableType]:
    if stage.states:
        names = [name if count == 1 else f"{name} ({count})" for name, count in stage.states.items()]
        trail = Text(" → ".join(names[:-1]), style="dim")
        yield Text.assemble(trail, (" → " if names[:-1] else ""), (names[-1], "bold"))
    for change in stage.resources.values():
        yield Text.assemble(
            change.resource, (f" {change.resource_type} ", "dim"), (change.status, _status_style(change.status))
        )
    for attempt in stage.attempts:
        yield Text(attempt, style="yellow")
    if stage.verdict:
        is_safe = stage.verdict.action.startswith("CAN-SAFELY")
        yield Text.assemble("verdict ", (stage.verdict.action, "green" if is_safe else "red"))
        yield from (Text(f"  {finding}") for finding in stage.verdict.findings)
    if stage.message:
        yield Text(stage.message, style="red" if stage.status == "Failed" else "dim")


def _status_style(status: str) -> str:
    if "FAILED" in status or "ROLLBACK" in status:
        return "red"
    return "green" if status.endswith("_COMPLETE") else "yellow"
