"""The entry point: a hook that puts the recorder behind every answer."""

from __future__ import annotations

import os
from pathlib import Path

from localstack.runtime import hooks

VARIABLE = "LOCALSTACK_PIPELINES_CALL_RECORD"
"""Names the folder of the records; absent or empty, nothing is recorded."""


def _is_wanted() -> bool:
    return bool(os.environ.get(VARIABLE))


@hooks.on_infra_start(should_load=_is_wanted)  # type: ignore[untyped-decorator]  # LocalStack does not type it
def record_calls() -> None:
    """Record from the start: functions get the credentials of their roles before they are first invoked."""
    from localstack.aws.handlers import run_custom_response_handlers  # noqa: PLC0415  # slow, and not at import

    from .recorder import Recorder  # noqa: PLC0415

    folder = Path(os.environ[VARIABLE])
    folder.mkdir(parents=True, exist_ok=True)
    # Instances may record side by side.
    run_custom_response_handlers.append(Recorder(folder / f"{os.getpid()}.jsonl"))
