"""The entry point: a hook that adds the recorder to LocalStack's response handlers."""

from __future__ import annotations

import os
from pathlib import Path

from localstack.runtime import hooks

VARIABLE = "LOCALSTACK_PIPELINES_CALL_RECORD"
"""The directory of the records; unset or empty disables recording."""


def _is_enabled() -> bool:
    return bool(os.environ.get(VARIABLE))


@hooks.on_infra_start(should_load=_is_enabled)  # type: ignore[untyped-decorator]  # LocalStack does not type it
def record_calls() -> None:
    """Record from the start, because functions get their role credentials before the first invocation."""
    from localstack.aws.handlers import run_custom_response_handlers  # noqa: PLC0415  # slow to import

    from .recorder import Recorder  # noqa: PLC0415

    folder = Path(os.environ[VARIABLE])
    folder.mkdir(parents=True, exist_ok=True)
    # Several instances can record at the same time.
    run_custom_response_handlers.append(Recorder(folder / f"{os.getpid()}.jsonl"))
