"""Actions that run side by side, on threads: each test makes them meet, and none relies on time."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from codepipeline.declarations import approve, invoke, source, stages
from codepipeline.runner_world import PATIENCE, World, ended, wait_for

from localstack_pipelines.codepipeline import errors, progress
from localstack_pipelines.common.clock import utc_now

if TYPE_CHECKING:
    from collections.abc import Callable

    from localstack_pipelines.codepipeline.models import Execution, Job

SIDE_BY_SIDE = [invoke("One"), invoke("Two"), invoke("Three", runOrder=2)]


def jobs_of(world: World, *names: str) -> list[Job]:
    """Wait for one job of each of the given actions, and return them in that order."""
    found = {action_of(job): job for job in (world.job() for _ in names)}
    return [found[name] for name in names]


def action_of(job: Job) -> str:
    name: str = job.data["pipelineContext"]["action"]["name"]
    return name


def runs_of(world: World) -> dict[str, str]:
    return {run.name: run.status.value for run in world.pipeline.action_runs if run.stage_name != "Source"}


def stop(world: World, execution: Execution, *, abandon: bool) -> None:
    with world.runner.lock:
        effects = progress.stop(world.pipeline, execution, None, utc_now(), abandon=abandon)
        world.runner.perform(world.pipeline, effects)


def test_invocations_of_one_number_overlap(make: Callable[..., World]) -> None:
    world = make(stages([invoke("One"), invoke("Two")]))
    # Each call returns only when the other has come: one after the other, both would break the barrier.
    world.services.meet["invoke_function"] = threading.Barrier(2)
    execution = world.start()
    for job in jobs_of(world, "One", "Two"):
        world.succeed(job)
    assert execution.status == "Succeeded"


def test_sources_overlap(make: Callable[..., World]) -> None:
    world = make(stages([invoke()], first=[source(), source("Second", "Other")]))
    world.services.meet["put_artifact"] = threading.Barrier(2)
    execution = world.start()
    (job,) = jobs_of(world, "Deploy")
    assert [artifact.name for artifact, *_ in sorted(world.services.artifacts, key=lambda stored: stored[0].name)] == [
        "App",
        "Other",
    ]
    world.succeed(job)
    assert execution.status == "Succeeded"
    assert {revision.action_name for revision in execution.revisions} == {"Source", "Second"}


def test_the_next_number_starts_after_the_last_answer(make: Callable[..., World]) -> None:
    world = make(stages(SIDE_BY_SIDE))
    execution = world.start()
    one, two = jobs_of(world, "One", "Two")
    world.succeed(two)
    assert runs_of(world) == {"One": "InProgress", "Two": "Succeeded"}
    world.succeed(one)
    assert runs_of(world) == {"One": "Succeeded", "Two": "Succeeded", "Three": "InProgress"}
    world.succeed(*jobs_of(world, "Three"))
    assert execution.status == "Succeeded"


def test_a_continuation_does_not_hold_up_the_neighbour(make: Callable[..., World]) -> None:
    world = make(stages(SIDE_BY_SIDE))
    world.start()
    one, two = jobs_of(world, "One", "Two")
    world.succeed(one, continuationToken="t")
    world.succeed(two)
    (again,) = jobs_of(world, "One")
    assert again.data["continuationToken"] == "t"
    assert "Three" not in runs_of(world)
    world.succeed(again)
    jobs_of(world, "Three")


def test_the_answer_of_the_neighbour_of_a_failed_action_counts(make: Callable[..., World]) -> None:
    world = make(stages(SIDE_BY_SIDE))
    execution = world.start()
    one, two = jobs_of(world, "One", "Two")
    world.fail(one)
    assert (execution.status, two.is_open) == ("InProgress", True)
    world.succeed(two, executionDetails={"summary": "deployed"})
    assert execution.status == "Failed"
    assert world.result_of("Two").summary == "deployed"
    assert runs_of(world) == {"One": "Failed", "Two": "Succeeded"}
    assert world.services.invocations.empty()


def test_a_refused_invocation_leaves_the_neighbour_open(make: Callable[..., World]) -> None:
    broken = invoke("One", configuration={"FunctionName": "nobody"})
    world = make(stages([broken, invoke("Two")]))
    world.services.missing.add("nobody")
    execution = world.start()
    (two,) = jobs_of(world, "Two")
    wait_for(lambda: runs_of(world)["One"] == "Failed")
    assert (execution.status, two.is_open) == ("InProgress", True)
    world.succeed(two)
    assert execution.status == "Failed"


def test_failed_actions_alone_are_invoked_again(make: Callable[..., World]) -> None:
    world = make(stages(SIDE_BY_SIDE))
    execution = world.start()
    one, two = jobs_of(world, "One", "Two")
    world.succeed(one)
    world.fail(two)
    with world.runner.lock:
        effects = progress.retry(world.pipeline, execution, "Stage0", utc_now(), all_actions=False)
        world.runner.perform(world.pipeline, effects)
    (again,) = jobs_of(world, "Two")
    assert again.id != two.id
    world.succeed(again)
    # The job of One would have come before.
    world.succeed(*jobs_of(world, "Three"))
    assert execution.status == "Succeeded"
    assert [run.name for run in world.pipeline.action_runs] == ["Source", "One", "Two", "Two", "Three"]


def test_stop_and_wait_takes_the_answers_of_all_neighbours(make: Callable[..., World]) -> None:
    world = make(stages(SIDE_BY_SIDE))
    execution = world.start()
    one, two = jobs_of(world, "One", "Two")
    stop(world, execution, abandon=False)
    world.succeed(two)
    assert execution.status == "Stopping"
    world.succeed(one)
    assert execution.status == "Stopped"
    assert runs_of(world) == {"One": "Succeeded", "Two": "Succeeded"}


def test_stop_and_abandon_closes_the_jobs_of_all_neighbours(make: Callable[..., World]) -> None:
    world = make(stages([*SIDE_BY_SIDE, approve()]))
    execution = world.start()
    open_jobs = jobs_of(world, "One", "Two")
    stop(world, execution, abandon=True)
    assert execution.status == "Stopped"
    assert runs_of(world) == {"One": "Abandoned", "Two": "Abandoned", "Approve": "Abandoned"}
    for job in open_jobs:
        with pytest.raises(errors.InvalidJobStateException):
            world.succeed(job)


def test_an_action_that_is_abandoned_before_its_invocation_is_not_invoked(make: Callable[..., World]) -> None:
    world = make(stages([invoke("One"), invoke("Two")]))
    # Both actions and the test meet before the invocations; the actions continue when the execution has stopped.
    world.services.meet["artifact_credentials"] = threading.Barrier(3)
    world.services.gate["artifact_credentials"] = stopped = threading.Event()
    execution = world.start()
    world.services.meet["artifact_credentials"].wait(PATIENCE)
    stop(world, execution, abandon=True)
    stopped.set()
    wait_for(lambda: not [thread for thread in threading.enumerate() if thread.name == "codepipeline-action"])
    assert world.services.invocations.empty()
    assert not world.store.jobs


def test_answers_at_the_same_moment_start_the_next_number_once(make: Callable[..., World]) -> None:
    names = [f"Number{number}" for number in range(20)]
    world = make(stages([*(invoke(name) for name in names), invoke("Last", runOrder=2)]))
    execution = world.start()
    moment = threading.Barrier(len(names))

    def answer(job: Job) -> None:
        moment.wait(PATIENCE)
        world.succeed(job)

    with ThreadPoolExecutor(len(names)) as pool:
        list(pool.map(answer, jobs_of(world, *names)))
    world.succeed(*jobs_of(world, "Last"))
    assert ended(execution) == "Succeeded"
    assert [run.name for run in world.pipeline.action_runs].count("Last") == 1


def test_deployments_start_side_by_side_after_their_approval(make: Callable[..., World]) -> None:
    world = make(stages([approve(), invoke("One", runOrder=2), invoke("Two", runOrder=2)]))
    execution = world.start()
    wait_for(lambda: world.pipeline.action_runs[-1].token)
    run = world.pipeline.action_runs[-1]
    request: dict[str, Any] = {"result": {"status": "Approved", "summary": "go"}, "token": run.token}
    assert runs_of(world) == {"Approve": "InProgress"}
    with world.runner.lock:
        world.runner.receive_approval(world.pipeline, run, request, "me")
    for job in jobs_of(world, "One", "Two"):
        world.succeed(job)
    assert execution.status == "Succeeded"
