"""The default event bus of EventBridge, to which services send their events."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from .clients import CallError, call


@dataclass(frozen=True)
class Event:
    """An event that a service sends about one of its resources.

    ``resource`` is the ARN of the resource.
    """

    source: str
    detail_type: str
    resource: str
    detail: dict[str, Any]


def put_event(account_id: str, region: str, event: Event) -> None:
    """Put an event on the default event bus of an account and region.

    :raises CallError: the bus refuses the event.
    """
    entry = {
        "Source": event.source,
        "DetailType": event.detail_type,
        "Resources": [event.resource],
        "Detail": json.dumps(event.detail),
    }
    response = call(account_id, region, "events", "put_events", Entries=[entry])
    for result in response["Entries"]:
        if "ErrorCode" in result:
            raise CallError(result["ErrorCode"], result.get("ErrorMessage", ""))
