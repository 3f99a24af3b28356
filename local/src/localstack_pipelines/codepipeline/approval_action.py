"""The manual approval action: the request that it sends to its SNS topic.

Source: User Guide, "JSON data format for manual approval notifications".
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .models import Assignment


def request_message(assignment: Assignment, token: str, timeout_seconds: float) -> dict[str, Any]:
    """Return the message of an approval that expires ``timeout_seconds`` after the start of the action."""
    pipeline, run = assignment.pipeline, assignment.run
    console = f"https://console.aws.amazon.com/codepipeline/home?region={pipeline.region}#/view/{pipeline.name}"
    expires = run.start_time + timedelta(seconds=timeout_seconds)
    return {
        "region": pipeline.region,
        "consoleLink": console,
        "approval": {
            "pipelineName": pipeline.name,
            "stageName": run.stage_name,
            "actionName": run.name,
            "token": token,
            "expires": expires.strftime("%Y-%m-%dT%H:%MZ"),
            "externalEntityLink": run.configuration.get("ExternalEntityLink"),
            "approvalReviewLink": f"{console}/{run.stage_name}/{run.name}/approve/{token}",
            "customData": run.configuration.get("CustomData"),
        },
    }
