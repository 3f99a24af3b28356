"""Follows an execution of a pipeline on an account and shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from changegate_cli.errors import CommandError, UsageError
from changegate_cli.watch.aws import Account, state_machine_of
from changegate_cli.watch.display import open_display
from changegate_cli.watch.events import ExecutionEnded
from changegate_cli.watch.watcher import Watcher

if TYPE_CHECKING:
    from changegate_cli.watch.aws import WatchedAws
    from changegate_cli.watch.display import Display
    from changegate_cli.watch.events import Event

SUCCEEDED = 0


class ExecutionFailedError(CommandError):
    """The execution failed or was stopped."""


def run(pipeline: str, execution_id: str | None, region: str | None) -> int:
    """Follow an execution to its end and return 0.

    :param pipeline: the pipeline's name.
    :param execution_id: the execution; None for the newest.
    :param region: the region of the pipeline; None for that of the AWS settings.
    :raises ExecutionFailedError: when the execution failed or was stopped.
    :raises UsageError: when it cannot be followed.
    """
    return watch(Account(region), pipeline, execution_id, open_display())


def watch(aws: WatchedAws, pipeline: str, execution_id: str | None, display: Display) -> int:
    """Follow an execution in ``aws`` on ``display``; everything else is as in :func:`run`."""
    try:
        description = aws.client("codepipeline").get_pipeline(name=pipeline)
        watcher = Watcher(aws, pipeline, state_machine_of(description))
        events = display.follow(watcher.follow(_execution(watcher, execution_id)))
    except (BotoCoreError, ClientError) as error:
        raise UsageError(f"The pipeline {pipeline} cannot be followed: {error}") from error
    _check(events)
    return SUCCEEDED


def _execution(watcher: Watcher, execution_id: str | None) -> dict[str, Any]:
    summary = watcher.find(execution_id)
    if summary is None:
        which = "execution yet" if execution_id is None else f"execution {execution_id}"
        raise UsageError(f"The pipeline {watcher.pipeline_name} has no {which}.")
    return summary


def _check(events: list[Event]) -> None:
    for event in events:
        if isinstance(event, ExecutionEnded) and event.status != "Succeeded":
            reason = event.message or f"The execution has the status {event.status}."
            raise ExecutionFailedError(reason)
