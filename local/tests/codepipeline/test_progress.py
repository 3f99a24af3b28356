"""Progress of executions, without threads, clocks or calls to services."""

from __future__ import annotations

import contextlib
import random
from typing import Any

import pytest
from codepipeline.declarations import approve, declaration, invoke, source, stages
from codepipeline.progress_world import FAILURE, World

from localstack_pipelines.codepipeline import errors, progress
from localstack_pipelines.codepipeline.executions import action_runs, newest_first
from localstack_pipelines.codepipeline.models import ActionResult, Execution, StageTransition
from localstack_pipelines.codepipeline.views import pipeline_state
from localstack_pipelines.common.errors import ValidationException

NOT_STOPPABLE = (errors.PipelineExecutionNotStoppableException, errors.DuplicatedStopRequestException)
NOT_RETRYABLE = (errors.StageNotRetryableException, errors.NotLatestPipelineExecutionException)


def test_stages_run_one_after_the_other() -> None:
    world = World()
    execution = world.start()
    assert world.running() == ["Source"]

    world.finish(execution, "Source")
    assert world.running() == ["Deploy"]
    assert execution.status == "InProgress"

    world.finish(execution, "Deploy")
    assert execution.status == "Succeeded"
    assert world.events == [
        ("Pipeline", " STARTED"),
        ("Stage", "Source STARTED"),
        ("Action", "Source STARTED"),
        ("Action", "Source SUCCEEDED"),
        ("Stage", "Source SUCCEEDED"),
        ("Stage", "Prod STARTED"),
        ("Action", "Deploy STARTED"),
        ("Action", "Deploy SUCCEEDED"),
        ("Stage", "Prod SUCCEEDED"),
        ("Pipeline", " SUCCEEDED"),
    ]


def test_an_artifact_goes_from_its_action_to_the_next_under_the_key_that_aws_gives() -> None:
    world = World(declaration(name="StepFunctionsDrivenDeployment"))
    execution = world.start()
    world.finish(execution, "Source")
    (artifact,) = world.started[-1].run.input_artifacts
    assert artifact.bucket == "artifacts"
    folder, name, last = artifact.key.split("/")
    assert (folder, name, len(last)) == ("StepFunctionsDrivenD", "App", 7)


def test_actions_of_one_run_order_run_side_by_side_and_the_next_order_waits_for_all() -> None:
    world = World(stages([invoke("One"), invoke("Two"), invoke("Three", runOrder=2)]))
    execution = world.start()
    world.finish(execution, "Source")
    assert world.running() == ["One", "Two"]
    world.finish(execution, "Two")
    assert world.running() == ["One"]
    world.finish(execution, "One")
    assert world.running() == ["Three"]


def test_a_failed_action_fails_stage_and_execution_once_its_neighbours_are_done() -> None:
    world = World(stages([invoke("One"), invoke("Two"), invoke("Three", runOrder=2)]))
    execution = world.start()
    world.finish(execution, "Source")
    world.finish(execution, "One", FAILURE)
    assert execution.status == "InProgress"
    world.finish(execution, "Two")
    assert execution.status == "Failed"
    assert execution.stage_runs["Stage0"].status == "Failed"
    assert world.running() == []
    assert world.events[-2:] == [("Stage", "Stage0 FAILED"), ("Pipeline", " FAILED")]


def test_a_finished_run_does_not_finish_again() -> None:
    world = World()
    execution = world.start()
    world.finish(execution, "Source")
    world.finish(execution, "Source", FAILURE)
    assert world.running() == ["Deploy"]


def test_superseded_the_newest_waiting_execution_takes_the_place_of_the_older_one() -> None:
    world = World()
    first, second, third = (world.start() for _ in range(3))
    assert [each.status for each in (first, second, third)] == ["InProgress", "Superseded", "InProgress"]

    world.finish(first, "Source")
    world.finish(third, "Source")
    fourth = world.start()
    world.finish(fourth, "Source")
    assert world.running(first) == ["Deploy"]
    assert third.status == "Superseded"
    assert (fourth.status, fourth.waiting) == ("InProgress", True)

    world.finish(first, "Deploy")
    assert world.running(fourth) == ["Deploy"]


def test_queued_executions_keep_their_order_and_none_is_dropped() -> None:
    world = World(mode="QUEUED")
    first, second, third = (world.start() for _ in range(3))
    order = []
    for execution in (first, second, third):
        assert world.running() == ["Source"]
        order += [assignment.execution for assignment in world.started if assignment.run.status == "InProgress"]
        world.finish(execution, "Source")
        world.finish(execution, "Deploy")
    assert order == [first, second, third]
    assert {each.status for each in (first, second, third)} == {"Succeeded"}


def test_queued_stages_hold_one_execution_each() -> None:
    world = World(mode="QUEUED")
    first, second = world.start(), world.start()
    world.finish(first, "Source")
    assert (world.running(first), world.running(second)) == (["Deploy"], ["Source"])
    world.finish(second, "Source")
    assert world.running(second) == []
    state = pipeline_state(world.pipeline)["stageStates"][1]
    assert state["inboundExecution"]["pipelineExecutionId"] == second.id
    assert state["latestExecution"]["pipelineExecutionId"] == first.id
    world.finish(first, "Deploy", FAILURE)
    assert world.running(second) == ["Deploy"]


def test_parallel_executions_do_not_see_each_other() -> None:
    world = World(mode="PARALLEL")
    several = [world.start() for _ in range(3)]
    assert world.running() == ["Source"] * 3
    for execution in reversed(several):
        world.finish(execution, "Source")
    assert world.running() == ["Deploy"] * 3
    assert "latestExecution" not in pipeline_state(world.pipeline)["stageStates"][0]


@pytest.mark.parametrize("mode", ["QUEUED", "PARALLEL"])
def test_fifty_executions_in_progress_are_the_limit(mode: str) -> None:
    world = World(mode=mode)
    several = [world.start() for _ in range(50)]
    with pytest.raises(errors.ConcurrentPipelineExecutionsLimitExceededException, match="50"):
        world.start()
    world.finish(several[0], "Source", FAILURE)
    world.start()


def test_a_disabled_transition_holds_executions_back_until_it_is_enabled() -> None:
    for ways, stage in (("inbound", "Prod"), ("outbound", "Source")):
        world = World()
        getattr(world.pipeline, ways)[stage] = StageTransition(enabled=False)
        execution = world.start()
        world.finish(execution, "Source")
        assert world.running() == []
        assert execution.status == "InProgress"

        getattr(world.pipeline, ways)[stage] = StageTransition(enabled=True)
        world.perform(progress.advance(world.pipeline, world.now))
        assert world.running() == ["Deploy"]


def test_stop_and_wait_lets_actions_finish_and_starts_no_others() -> None:
    world = World(stages([invoke("One"), invoke("Two", runOrder=2)]))
    execution = world.start()
    world.finish(execution, "Source")
    world.stop(execution, reason="enough")
    assert execution.status == "Stopping"
    with pytest.raises(errors.DuplicatedStopRequestException):
        world.stop(execution)

    world.finish(execution, "One")
    assert execution.status == "Stopped"
    assert execution.stop_reason == "enough"
    assert execution.stage_runs["Stage0"].status == "Stopped"
    assert world.running() == []
    with pytest.raises(errors.PipelineExecutionNotStoppableException):
        world.stop(execution)


def test_stop_and_abandon_ends_actions_at_once_also_after_stop_and_wait() -> None:
    world = World()
    execution = world.start()
    world.finish(execution, "Source")
    world.stop(execution)
    world.stop(execution, abandon=True)
    assert execution.status == "Stopped"
    assert world.abandoned == ["Deploy"]
    assert ("Action", "Deploy ABANDONED") in world.events

    world.finish(execution, "Deploy")
    assert execution.status == "Stopped"
    assert world.started[-1].run.status == "Abandoned"


def test_an_execution_that_waits_stops_at_once_and_frees_the_queue() -> None:
    world = World(mode="QUEUED")
    first, second, third = (world.start() for _ in range(3))
    world.stop(second)
    assert second.status == "Stopped"
    world.finish(first, "Source")
    assert world.running(third) == ["Source"]


def test_retry_runs_the_failed_actions_alone() -> None:
    world = World(stages([invoke("One"), invoke("Two"), invoke("Three", runOrder=2)]))
    execution = world.start()
    world.finish(execution, "Source")
    world.finish(execution, "One")
    world.finish(execution, "Two", FAILURE)

    world.retry(execution, "Stage0")
    assert execution.status == "InProgress"
    assert world.running() == ["Two"]
    assert world.events[-3:-1] == [("Pipeline", " RESUMED"), ("Stage", "Stage0 RESUMED")]
    world.finish(execution, "Two")
    world.finish(execution, "Three")
    assert execution.status == "Succeeded"
    assert pipeline_state(world.pipeline)["stageStates"][1]["retryStageMetadata"]["manualStageRetryAttempt"] == 1

    every = {"latestInPipelineExecution": {"pipelineExecutionId": execution.id, "startTimeRange": "All"}}
    latest = {"latestInPipelineExecution": {"pipelineExecutionId": execution.id, "startTimeRange": "Latest"}}
    assert [run.name for run in action_runs(world.pipeline, every)] == ["Three", "Two", "Two", "One", "Source"]
    assert [(run.name, run.status) for run in action_runs(world.pipeline, latest)] == [
        ("Three", "Succeeded"),
        ("Two", "Succeeded"),
        ("One", "Succeeded"),
        ("Source", "Succeeded"),
    ]


def test_retry_runs_all_actions_from_the_first() -> None:
    world = World(stages([invoke("One"), invoke("Two", runOrder=2)]))
    execution = world.start()
    world.finish(execution, "Source")
    world.finish(execution, "One")
    world.finish(execution, "Two", FAILURE)
    world.retry(execution, "Stage0", all_actions=True)
    assert world.running() == ["One"]


def test_what_cannot_be_retried() -> None:
    world = World()
    execution = world.start()
    with pytest.raises(errors.StageNotRetryableException):
        world.retry(execution, "Source")
    world.finish(execution, "Source")
    world.finish(execution, "Deploy", FAILURE)
    with pytest.raises(errors.StageNotRetryableException):
        world.retry(execution, "Source")

    later = world.start()
    world.finish(later, "Source")
    with pytest.raises(errors.NotLatestPipelineExecutionException):
        world.retry(execution, "Prod")

    world.finish(later, "Deploy", FAILURE)
    world.pipeline.versions.append({**world.pipeline.declaration, "version": 2})
    with pytest.raises(errors.StageNotRetryableException, match="updated"):
        world.retry(later, "Prod")


def test_an_update_cancels_what_is_in_progress() -> None:
    world = World(mode="QUEUED")
    first, second = world.start(), world.start()
    world.perform(progress.cancel_all(world.pipeline, world.now))
    assert (first.status, second.status) == ("Cancelled", "Cancelled")
    assert world.abandoned == ["Source"]
    assert first.stage_runs["Source"].status == "Cancelled"


def test_variables_of_pipeline_and_actions_reach_the_configuration() -> None:
    configuration = {
        "FunctionName": "f",
        "UserParameters": "#{variables.who} #{From.CommitId} #{codepipeline.PipelineExecutionId} #{plain",
    }
    given = stages([invoke(configuration=configuration)], first=[source(namespace="From")])
    world = World({**given, "variables": [{"name": "who", "defaultValue": "all"}]})
    execution = world.start(variables=[{"name": "who", "value": "you"}])
    world.finish(execution, "Source", ActionResult(output_variables={"CommitId": "c0ffee"}))
    assert world.started[-1].run.configuration["UserParameters"] == f"you c0ffee {execution.id} #{{plain"


def test_a_variable_without_a_value_fails_the_action() -> None:
    world = World(stages([invoke(configuration={"FunctionName": "#{From.Nothing}"})]))
    execution = world.start()
    world.finish(execution, "Source")
    assert execution.status == "Failed"
    error = execution.stage_runs["Stage0"].action_runs["Deploy"].result.error
    assert error is not None
    assert "#{From.Nothing}" in error.message


@pytest.mark.parametrize(
    ("request_", "sentence"),
    [
        ({}, "'who' has no default"),
        ({"variables": [{"name": "who", "value": "a"}, {"name": "what", "value": "b"}]}, "'what'"),
        (
            {
                "variables": [{"name": "who", "value": "a"}],
                "sourceRevisions": [{"actionName": "Deploy", "revisionType": "COMMIT_ID", "revisionValue": "c"}],
            },
            "'Deploy'",
        ),
        (
            {
                "variables": [{"name": "who", "value": "a"}],
                "sourceRevisions": [{"actionName": "Source", "revisionType": "S3_OBJECT_KEY", "revisionValue": "c"}],
            },
            "COMMIT_ID",
        ),
    ],
)
def test_what_an_execution_cannot_be_started_with(request_: dict[str, Any], sentence: str) -> None:
    world = World(declaration(variables=[{"name": "who"}]))
    with pytest.raises(ValidationException, match=sentence):
        world.start(**request_)


def test_executions_that_succeeded_in_a_stage() -> None:
    world = World(mode="QUEUED")
    first, second = world.start(), world.start()
    world.finish(first, "Source")
    world.finish(first, "Deploy", FAILURE)
    world.finish(second, "Source")
    world.finish(second, "Deploy")
    assert newest_first(world.pipeline, {}) == [second, first]
    assert newest_first(world.pipeline, {"succeededInStage": {"stageName": "Prod"}}) == [second]
    assert newest_first(world.pipeline, {"succeededInStage": {"stageName": "Source"}}) == [second, first]


@pytest.mark.parametrize("mode", ["SUPERSEDED", "QUEUED", "PARALLEL"])
@pytest.mark.parametrize("seed", range(20))
def test_whatever_happens_stages_stay_exclusive_and_everything_ends(mode: str, seed: int) -> None:
    choice = random.Random(seed)  # noqa: S311  # repeatable, not secret
    world = World(stages([invoke("One"), invoke("Two"), invoke("Three", runOrder=2)], [approve()], [invoke()]), mode)
    several: list[Execution] = []
    for _ in range(60):
        match choice.choice(["start", "finish", "finish", "finish", "fail", "stop", "abandon", "retry"]):
            case "start" if len(several) < 12:
                several.append(world.start())
            case "stop" | "abandon" as way if several:
                with contextlib.suppress(*NOT_STOPPABLE):
                    world.stop(choice.choice(several), abandon=way == "abandon")
            case "retry" if several:
                execution = choice.choice(several)
                with contextlib.suppress(*NOT_RETRYABLE):
                    world.retry(execution, execution.stage["name"], all_actions=choice.random() < 0.5)
            case "finish" | "fail" as how:
                _finish_any(world, choice, FAILURE if how == "fail" else None)
        _check_invariants(world, mode)
    while _finish_any(world, choice, None):
        _check_invariants(world, mode)
    assert not [execution for execution in several if execution.is_active]


def _finish_any(world: World, choice: random.Random, result: ActionResult | None) -> bool:
    running = [assignment for assignment in world.started if assignment.run.status == "InProgress"]
    if running:
        assignment = choice.choice(running)
        world.finish(assignment.execution, assignment.run.name, result)
    return bool(running)


def _all_before_have_succeeded(assignment: progress.Assignment) -> bool:
    runs = assignment.execution.stage_runs[assignment.run.stage_name].action_runs
    return all(
        action["name"] in runs and runs[action["name"]].status == "Succeeded"
        for action in assignment.execution.stage["actions"]
        if action["runOrder"] < assignment.run.declaration["runOrder"]
    )


def _check_invariants(world: World, mode: str) -> None:
    inside = [
        execution.stage["name"]
        for execution in world.pipeline.executions
        if execution.is_active and not execution.waiting
    ]
    if mode != "PARALLEL":
        assert len(inside) == len(set(inside))
    for assignment in world.started:
        if assignment.run.status == "InProgress":
            assert assignment.execution.is_active
            assert _all_before_have_succeeded(assignment)
    # Nothing is stuck: an active execution has an action in progress, or waits for an execution that has one.
    if any(execution.is_active for execution in world.pipeline.executions):
        assert world.running()
    if mode == "SUPERSEDED":
        for stage in world.pipeline.declaration["stages"]:
            assert len(progress.waiting_for(world.pipeline, stage["name"])) <= 1
