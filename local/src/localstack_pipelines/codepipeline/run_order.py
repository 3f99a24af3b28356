"""Run order: which actions of a stage may start, and which have ended before an action starts.

Source: User Guide, "CodePipeline pipeline structure reference": actions with the same ``runOrder`` run in parallel,
those with a larger one after them, and the numbers may have gaps; "How pipeline executions work": after a failure, no
further action starts. The service model has the range (``ActionRunOrder``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .models import Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from .models import ActionRun

DEFAULT = 1


def startable(actions: Iterable[dict[str, Any]], runs: Mapping[str, ActionRun]) -> list[dict[str, Any]]:
    """Return the actions that start now: none after a failure, until a retry removes the run of the failed action.

    :param actions: the declarations of the stage's actions.
    :param runs: their latest runs, by action name.
    """
    if any(run.status in {Status.FAILED, Status.ABANDONED} for run in runs.values()):
        return []
    unfinished = [
        action for action in actions if action["name"] not in runs or runs[action["name"]].status != Status.SUCCEEDED
    ]
    current = min((action["runOrder"] for action in unfinished), default=None)
    # After a retry, other actions of the same number may still be in progress.
    return [action for action in unfinished if action["runOrder"] == current and action["name"] not in runs]


def with_preceding(
    stages: Iterable[dict[str, Any]],
) -> Iterator[tuple[dict[str, Any], dict[str, Any], list[dict[str, Any]]]]:
    """Yield each stage and action of a pipeline, and the actions that have ended when the action starts."""
    earlier: list[dict[str, Any]] = []
    for stage in stages:
        for action in stage["actions"]:
            lower = [other for other in stage["actions"] if other["runOrder"] < action["runOrder"]]
            yield stage, action, earlier + lower
        earlier = earlier + stage["actions"]
