"""What can be set from the environment of LocalStack; read when the service is loaded."""

from __future__ import annotations

import os
from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """Times in seconds.

    The defaults are those of the service: an invoked function has 20 minutes to answer its job and the whole action
    24 hours (User Guide, "Lambda invoke action reference" and "Quotas"); an approval waits for seven days. How soon a
    job is continued is not documented; about half a minute is what users see.
    """

    continuation_seconds: float = 30.0
    job_timeout_seconds: float = 1200.0
    action_timeout_seconds: float = 86400.0
    approval_timeout_seconds: float = 604800.0
    duplicate_jobs: bool = False

    @staticmethod
    def from_environment() -> Settings:
        """Read ``LOCALSTACK_PIPELINES_*`` variables.

        :raises ValueError: when a time is not a positive number.
        """
        default = Settings()
        return Settings(
            continuation_seconds=_seconds("CONTINUATION_SECONDS", default.continuation_seconds),
            job_timeout_seconds=_seconds("JOB_TIMEOUT_SECONDS", default.job_timeout_seconds),
            action_timeout_seconds=_seconds("ACTION_TIMEOUT_SECONDS", default.action_timeout_seconds),
            approval_timeout_seconds=_seconds("APPROVAL_TIMEOUT_SECONDS", default.approval_timeout_seconds),
            duplicate_jobs=os.environ.get("LOCALSTACK_PIPELINES_DUPLICATE_JOBS") == "1",
        )


def _seconds(name: str, default: float) -> float:
    variable = f"LOCALSTACK_PIPELINES_{name}"
    text = os.environ.get(variable)
    if not text:
        return default
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds < float("inf"):
        raise ValueError(f"{variable} must be a number of seconds, not {text!r}.")
    return seconds
