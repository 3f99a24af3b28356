"""Delayed function calls."""

from __future__ import annotations

import threading
import time

from localstack_pipelines.codepipeline.scheduler import Scheduler


def test_the_scheduler_keeps_the_order_of_times_and_survives_a_failing_call() -> None:
    scheduler, seen, done = Scheduler(), [], threading.Event()

    def fail() -> None:
        seen.append("failing")
        raise RuntimeError("expected in the log")

    scheduler.after(0.2, lambda: seen.append("late"))
    scheduler.after(0.05, fail)
    scheduler.after(0.1, lambda: seen.append("early"))
    scheduler.after(0.3, done.set)
    assert done.wait(5)
    scheduler.close()
    assert seen == ["failing", "early", "late"]


def test_a_closed_scheduler_does_nothing_more() -> None:
    scheduler, seen = Scheduler(), []
    scheduler.after(0.05, lambda: seen.append("before"))
    scheduler.close()
    scheduler.after(0.01, lambda: seen.append("after"))
    time.sleep(0.15)
    assert seen == []
