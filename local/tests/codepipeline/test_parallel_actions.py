"""Progress of stages that run several actions at once, without threads, clocks or calls to services."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from codepipeline.declarations import approve, invoke, source, stages
from codepipeline.progress_world import FAILURE, World

from localstack_pipelines.codepipeline import errors, progress
from localstack_pipelines.codepipeline.executions import action_runs
from localstack_pipelines.codepipeline.models import ActionResult, StageTransition
from localstack_pipelines.codepipeline.views import action_execution_detail, pipeline_state

if TYPE_CHECKING:
    from localstack_pipelines.codepipeline.models import Execution

# One and Two side by side, Three after both.
SIDE_BY_SIDE = [invoke("One", outputArtifacts=[{"name": "Made"}]), invoke("Two"), invoke("Three", runOrder=2)]


def in_stage(*later: list[dict[str, Any]], mode: str = "SUPERSEDED") -> tuple[World, Execution]:
    """Return a world with an execution that has entered the first of the given stages."""
    world = World(stages(*(later or (SIDE_BY_SIDE,))), mode)
    execution = world.start()
    world.finish(execution, "Source")
    return world, execution


def statuses(execution: Execution, stage: str = "Stage0") -> dict[str, str]:
    return {name: run.status.value for name, run in execution.stage_runs[stage].action_runs.items()}


def shown(world: World) -> tuple[str, dict[str, str | None]]:
    """Return the status of the stage and of each action in GetPipelineState."""
    stage = pipeline_state(world.pipeline)["stageStates"][1]
    actions = {each["actionName"]: each.get("latestExecution", {}).get("status") for each in stage["actionStates"]}
    return stage["latestExecution"]["status"], actions


def history(world: World, execution: Execution) -> list[tuple[str, str]]:
    """Return name and status of each action of the stage in ListActionExecutions, newest first."""
    found = action_runs(world.pipeline, {"pipelineExecutionId": execution.id})
    details = [action_execution_detail(run, execution, world.pipeline.region) for run in found]
    return [(each["actionName"], each["status"]) for each in details if each["stageName"] == "Stage0"]


def test_all_actions_in_progress_are_shown_at_once() -> None:
    world, execution = in_stage()
    assert shown(world) == ("InProgress", {"One": "InProgress", "Two": "InProgress", "Three": None})
    assert history(world, execution) == [("Two", "InProgress"), ("One", "InProgress")]

    world.finish(execution, "Two")
    assert shown(world) == ("InProgress", {"One": "InProgress", "Two": "Succeeded", "Three": None})


def test_several_sources_run_side_by_side() -> None:
    world = World(stages([invoke()], first=[source(), source("Second", "Other")]))
    execution = world.start()
    assert world.running() == ["Source", "Second"]
    world.finish(execution, "Second")
    assert world.running() == ["Source"]
    world.finish(execution, "Source")
    assert world.running() == ["Deploy"]
    assert set(execution.artifacts) == {"App", "Other"}


def test_the_neighbour_of_a_failed_action_ends_with_its_own_result() -> None:
    world, execution = in_stage()
    world.finish(execution, "Two", FAILURE)
    assert shown(world) == ("InProgress", {"One": "InProgress", "Two": "Failed", "Three": None})

    world.finish(execution, "One", ActionResult(summary="deployed"))
    assert shown(world) == ("Failed", {"One": "Succeeded", "Two": "Failed", "Three": None})
    assert execution.stage_runs["Stage0"].action_runs["One"].result.summary == "deployed"
    assert "Made" in execution.artifacts
    assert history(world, execution) == [("Two", "Failed"), ("One", "Succeeded")]
    assert world.events[-3:] == [("Action", "One SUCCEEDED"), ("Stage", "Stage0 FAILED"), ("Pipeline", " FAILED")]


def test_the_event_of_a_failed_stage_names_all_failed_actions() -> None:
    world, execution = in_stage()
    world.finish(execution, "One", FAILURE)
    world.finish(execution, "Two", FAILURE)
    (failed,) = [detail for detail in world.details if detail.get("stage") == "Stage0" and "failed-actions" in detail]
    assert [each["action"] for each in failed["failed-actions"]] == ["One", "Two"]


def test_an_action_that_cannot_start_leaves_its_neighbours_to_end() -> None:
    broken = invoke("One", configuration={"FunctionName": "#{From.Nothing}"})
    world, execution = in_stage([broken, invoke("Two"), invoke("Three", runOrder=2)])
    assert statuses(execution) == {"One": "Failed", "Two": "InProgress"}
    assert execution.status == "InProgress"
    world.finish(execution, "Two")
    assert (execution.status, statuses(execution)) == ("Failed", {"One": "Failed", "Two": "Succeeded"})


def test_deployments_wait_for_an_approval_with_a_lower_number() -> None:
    world, execution = in_stage([invoke("One", runOrder=20), approve(runOrder=10), invoke("Two", runOrder=20)])
    assert world.running() == ["Approve"]
    world.finish(execution, "Approve")
    assert world.running() == ["One", "Two"]


def test_a_rejected_approval_starts_no_deployment() -> None:
    world, execution = in_stage([approve(), invoke("One", runOrder=2), invoke("Two", runOrder=2)])
    world.finish(execution, "Approve", FAILURE)
    assert execution.status == "Failed"
    assert statuses(execution) == {"Approve": "Failed"}


@pytest.mark.parametrize("result", [None, FAILURE])
@pytest.mark.parametrize("mode", ["SUPERSEDED", "QUEUED"])
def test_a_stage_is_locked_until_all_actions_in_progress_have_ended(mode: str, result: ActionResult | None) -> None:
    world, first = in_stage([invoke("One"), invoke("Two")], mode=mode)
    second = world.start()
    world.finish(second, "Source")
    world.finish(first, "One", result)
    assert (world.running(first), world.running(second)) == (["Two"], [])
    world.finish(first, "Two")
    assert (world.running(first), world.running(second)) == ([], ["One", "Two"])


def test_the_newest_execution_waits_before_the_parallel_actions_of_an_older_one() -> None:
    world, first = in_stage([invoke("One"), invoke("Two")])
    second, third = world.start(), None
    world.finish(second, "Source")
    world.finish(first, "One")
    third = world.start()
    world.finish(third, "Source")
    assert (first.status, second.status, third.status) == ("InProgress", "Superseded", "InProgress")
    world.finish(first, "Two")
    assert world.running(third) == ["One", "Two"]


@pytest.mark.parametrize("way", ["inbound", "outbound"])
def test_a_transition_holds_back_no_action_within_a_stage(way: str) -> None:
    world, execution = in_stage(SIDE_BY_SIDE, [invoke("Next")])
    getattr(world.pipeline, way)["Stage0"] = StageTransition(enabled=False)
    world.finish(execution, "One")
    world.finish(execution, "Two")
    assert world.running() == ["Three"]
    world.finish(execution, "Three")
    assert world.running() == (["Next"] if way == "inbound" else [])


def test_stop_and_wait_waits_for_every_action_in_progress() -> None:
    world, execution = in_stage()
    world.stop(execution)
    world.finish(execution, "One")
    assert (execution.status, shown(world)[0]) == ("Stopping", "Stopping")
    world.finish(execution, "Two")
    assert (execution.status, shown(world)) == (
        "Stopped",
        ("Stopped", {"One": "Succeeded", "Two": "Succeeded", "Three": None}),
    )


def test_a_failure_while_stopping_is_recorded_and_the_execution_is_stopped() -> None:
    world, execution = in_stage()
    world.stop(execution)
    world.finish(execution, "One", FAILURE)
    world.finish(execution, "Two")
    assert (execution.status, statuses(execution)) == ("Stopped", {"One": "Failed", "Two": "Succeeded"})


def test_stop_and_abandon_abandons_every_action_in_progress_and_unlocks_the_stage() -> None:
    world, first = in_stage(mode="QUEUED")
    second = world.start()
    world.finish(second, "Source")
    world.finish(first, "One")
    world.stop(first, abandon=True)
    assert world.abandoned == ["Two"]
    assert (first.status, statuses(first)) == ("Stopped", {"One": "Succeeded", "Two": "Abandoned"})
    assert world.running() == ["One", "Two"]
    assert {assignment.execution for assignment in world.started[-2:]} == {second}


def test_an_update_abandons_every_action_in_progress() -> None:
    world, execution = in_stage()
    world.perform(progress.cancel_all(world.pipeline, world.now))
    assert world.abandoned == ["One", "Two"]
    assert (execution.status, statuses(execution)) == ("Cancelled", {"One": "Abandoned", "Two": "Abandoned"})


def test_failed_actions_run_again_side_by_side() -> None:
    world, execution = in_stage([*SIDE_BY_SIDE, invoke("Fine")])
    world.finish(execution, "One", FAILURE)
    world.finish(execution, "Two", FAILURE)
    world.finish(execution, "Fine")
    world.retry(execution, "Stage0")
    assert world.running() == ["One", "Two"]
    world.finish(execution, "Two")
    assert world.running() == ["One"]
    world.finish(execution, "One")
    assert world.running() == ["Three"]


def test_all_actions_run_again_side_by_side() -> None:
    world, execution = in_stage()
    world.finish(execution, "One")
    world.finish(execution, "Two", FAILURE)
    world.retry(execution, "Stage0", all_actions=True)
    assert world.running() == ["One", "Two"]
    assert shown(world) == ("InProgress", {"One": "InProgress", "Two": "InProgress", "Three": None})
    assert history(world, execution) == [
        ("Two", "InProgress"),
        ("One", "InProgress"),
        ("Two", "Failed"),
        ("One", "Succeeded"),
    ]


def test_a_failed_action_runs_again_while_its_neighbour_goes_on() -> None:
    world, execution = in_stage()
    world.finish(execution, "One", FAILURE)
    world.retry(execution, "Stage0")
    assert sorted(world.running()) == ["One", "Two"]
    assert [name for name, _ in history(world, execution)] == ["One", "Two", "One"]
    # Nothing had failed but the action: stage and execution do not resume.
    assert not [state for _, state in world.events if state.endswith("RESUMED")]

    world.finish(execution, "Two")
    assert world.running() == ["One"]
    world.finish(execution, "One")
    assert world.running() == ["Three"]


def test_a_retry_waits_for_the_retry_before_it() -> None:
    world, execution = in_stage()
    world.finish(execution, "One", FAILURE)
    world.retry(execution, "Stage0")
    world.finish(execution, "Two", FAILURE)
    with pytest.raises(errors.StageNotRetryableException, match="Another retry"):
        world.retry(execution, "Stage0")

    world.finish(execution, "One")
    world.retry(execution, "Stage0")
    assert world.running() == ["Two"]


def test_a_retry_of_an_earlier_stage_does_not_count() -> None:
    world, execution = in_stage([invoke("Before")], SIDE_BY_SIDE)
    world.finish(execution, "Before", FAILURE)
    world.retry(execution, "Stage0")
    world.finish(execution, "Before")
    world.finish(execution, "One", FAILURE)
    world.retry(execution, "Stage1")
    assert sorted(world.running()) == ["One", "Two"]


def test_an_action_that_fails_again_is_retried_while_its_neighbour_still_runs() -> None:
    world, execution = in_stage()
    for _ in range(2):
        world.finish(execution, "One", FAILURE)
        world.retry(execution, "Stage0")
    assert sorted(world.running()) == ["One", "Two"]
    assert [name for name, _ in history(world, execution)] == ["One", "One", "Two", "One"]


def test_all_actions_do_not_run_again_while_one_is_in_progress() -> None:
    world, execution = in_stage()
    world.finish(execution, "One", FAILURE)
    with pytest.raises(errors.StageNotRetryableException, match="in progress"):
        world.retry(execution, "Stage0", all_actions=True)
    assert statuses(execution) == {"One": "Failed", "Two": "InProgress"}


def test_a_stage_without_a_failed_action_has_nothing_to_retry() -> None:
    world, execution = in_stage()
    world.finish(execution, "One")
    with pytest.raises(errors.StageNotRetryableException, match="no failed action"):
        world.retry(execution, "Stage0")


def test_what_did_not_succeed_before_a_stop_runs_again() -> None:
    world, execution = in_stage([*SIDE_BY_SIDE, invoke("Fine")])
    world.finish(execution, "One", FAILURE)
    world.finish(execution, "Fine")
    world.stop(execution, abandon=True, reason="enough")
    world.retry(execution, "Stage0")
    assert (execution.status, world.running()) == ("InProgress", ["One", "Two"])
    assert (execution.stop_requested, execution.stop_reason) == (False, None)
    assert world.events[-4:-2] == [("Pipeline", " RESUMED"), ("Stage", "Stage0 RESUMED")]

    # It can be stopped again, in both ways.
    world.stop(execution)
    world.stop(execution, abandon=True)
    assert (execution.status, statuses(execution)["Two"]) == ("Stopped", "Abandoned")


def test_a_stage_that_stopped_between_two_numbers_runs_again_from_its_first_action() -> None:
    world, execution = in_stage()
    world.stop(execution)
    world.finish(execution, "One")
    world.finish(execution, "Two")
    with pytest.raises(errors.StageNotRetryableException, match="no failed action"):
        world.retry(execution, "Stage0")
    world.retry(execution, "Stage0", all_actions=True)
    assert world.running() == ["One", "Two"]


def test_what_stops_is_not_retried() -> None:
    world, execution = in_stage()
    world.finish(execution, "One", FAILURE)
    world.stop(execution)
    with pytest.raises(errors.StageNotRetryableException):
        world.retry(execution, "Stage0")


def test_a_stopped_stage_that_another_execution_has_entered_is_not_retried() -> None:
    world, first = in_stage()
    world.stop(first, abandon=True)
    second = world.start()
    world.finish(second, "Source")
    with pytest.raises(errors.NotLatestPipelineExecutionException):
        world.retry(first, "Stage0")
