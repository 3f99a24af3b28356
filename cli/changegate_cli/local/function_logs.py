"""Saves the logs of the functions before the local AWS ends."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from changegate_cli.local.instance import LocalAws

PREFIX = "/aws/lambda/"


def save(aws: LocalAws, file: Path) -> None:
    """Write the functions' log events to ``file``, a line each, function by function.

    For a run that has failed: an instance that stops answering leaves the file incomplete.
    """
    with file.open("w") as log, contextlib.suppress(BotoCoreError, ClientError):
        for line in _lines(aws):
            log.write(f"{line}\n")


def _lines(aws: LocalAws) -> Iterator[str]:
    logs = aws.client("logs")
    groups = logs.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=PREFIX)
    for group in (group["logGroupName"] for page in groups for group in page["logGroups"]):
        events = logs.get_paginator("filter_log_events").paginate(logGroupName=group)
        for event in (event for page in events for event in page["events"]):
            at = datetime.fromtimestamp(event["timestamp"] / 1000, UTC).isoformat(timespec="milliseconds")
            yield f"{at} {group.removeprefix(PREFIX)} {event['message'].rstrip()}"
