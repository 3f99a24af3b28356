"""Settings from the environment variables of LocalStack, read when the service is loaded."""

from __future__ import annotations

import os
from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """Times in seconds, and whether each job is delivered twice.

    The defaults are those of AWS: a function must answer its job within 20 minutes, and an action must end within
    24 hours (User Guide, "Lambda invoke action reference" and "Quotas"). An approval expires after seven days. The time
    until the continuation of a job is not documented; users observe about 30 seconds.
    """

    continuation_seconds: float = 30.0
    job_timeout_seconds: float = 1200.0
    action_timeout_seconds: float = 86400.0
    approval_timeout_seconds: float = 604800.0
    duplicate_jobs: bool = False

    @staticmethod
    def from_environment() -> Settings:
        """Return the settings of the ``LOCALSTACK_PIPELINES_*`` variables.

        :raises ValueError: a time is not a finite number of at least 0.
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
    value = os.environ.get(variable)
    if not value:
        return default
    try:
        seconds = float(value)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds < float("inf"):
        raise ValueError(f"{variable} must be a number of seconds, not {value!r}.")
    return seconds
