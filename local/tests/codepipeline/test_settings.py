"""Settings from the environment."""

from __future__ import annotations

import pytest

from localstack_pipelines.codepipeline.settings import Settings


def test_settings_are_those_of_the_service_unless_the_environment_says_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    default = Settings.from_environment()
    assert (default.job_timeout_seconds, default.action_timeout_seconds) == (20 * 60, 24 * 60 * 60)
    assert not default.duplicate_jobs

    monkeypatch.setenv("LOCALSTACK_PIPELINES_CONTINUATION_SECONDS", "0.5")
    monkeypatch.setenv("LOCALSTACK_PIPELINES_DUPLICATE_JOBS", "1")
    changed = Settings.from_environment()
    assert (changed.continuation_seconds, changed.duplicate_jobs) == (0.5, True)

    for wrong in ("soon", "-1", "nan", "inf"):
        monkeypatch.setenv("LOCALSTACK_PIPELINES_CONTINUATION_SECONDS", wrong)
        with pytest.raises(ValueError, match="CONTINUATION_SECONDS"):
            Settings.from_environment()
