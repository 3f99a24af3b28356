"""Rules of the pipeline structure."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from codepipeline.declarations import REGION, approve, declaration, invoke, source, stages
from localstack.aws.spec import load_service

from localstack_pipelines.codepipeline import errors
from localstack_pipelines.codepipeline.structure import check_structure, complete_declaration
from localstack_pipelines.common.errors import ValidationException
from localstack_pipelines.common.validation import check_request

MADE = [{"name": "Made"}]


def reader(name: str, of: str, **members: Any) -> dict[str, Any]:
    """Return an action that refers to a variable of the namespace ``of``."""
    return invoke(name, configuration={"FunctionName": "f", "UserParameters": f"#{{{of}.key}}"}, **members)


def checked(given: dict[str, Any]) -> dict[str, Any]:
    completed = complete_declaration(given, version=1)
    check_structure(completed, REGION)
    return completed


def test_defaults_are_filled_in_and_the_given_declaration_stays_as_it_is() -> None:
    given = declaration()
    del given["pipelineType"]
    before = copy.deepcopy(given)

    completed = checked(given)

    assert given == before
    assert (completed["version"], completed["executionMode"], completed["pipelineType"]) == (1, "SUPERSEDED", "V1")
    deploy = completed["stages"][1]["actions"][0]
    assert deploy["runOrder"] == 1
    assert deploy["outputArtifacts"] == []


@pytest.mark.parametrize(
    "valid",
    [
        declaration(),
        declaration(executionMode="QUEUED"),
        declaration(variables=[{"name": "a"}, {"name": "b", "defaultValue": "1"}]),
        declaration(artifactStore=None, artifactStores={REGION: {"type": "S3", "location": "artifacts"}}),
        stages([approve(timeoutInMinutes=5)], [invoke()]),
        stages(
            [invoke(outputArtifacts=[{"name": "Made"}]), invoke("Next", runOrder=2, inputArtifacts=[{"name": "Made"}])]
        ),
        stages([invoke()], first=[source(), source("Second", "Other")]),
        stages([invoke(namespace="One")], [invoke(namespace="Two")]),
        # The order of the declaration does not matter.
        stages([reader("Next", "One", runOrder=2), invoke(namespace="One", runOrder=1)]),
        stages([invoke(namespace="One")], [reader("Next", "One")]),
        # What it lacks shows when the action starts.
        stages([reader("Next", "Nobody")]),
        stages([invoke("Deploy", runOrder=999)], [invoke("Deploy")]),
    ],
)
def test_valid_structures(valid: dict[str, Any]) -> None:
    checked(valid)


@pytest.mark.parametrize(
    ("broken", "error", "sentence"),
    [
        (stages(), errors.InvalidStructureException, "at least 2"),
        (stages(*[[approve()]] * 50), errors.InvalidStructureException, "51 stages"),
        (stages([invoke()], first=[source(), approve()]), errors.InvalidStructureException, "only contains source"),
        (stages([invoke()], first=[invoke()]), errors.InvalidStructureException, "only contains source"),
        (stages([invoke(), source("Again", "Other")]), errors.InvalidStructureException, "only the first stage"),
        (
            stages([invoke()], [invoke(inputArtifacts=[{"name": "Missing"}])]),
            errors.InvalidStructureException,
            "Missing",
        ),
        (
            # In parallel: one cannot wait for an artifact of the other.
            stages([invoke(outputArtifacts=MADE), invoke("Next", inputArtifacts=MADE)]),
            errors.InvalidStructureException,
            "Made",
        ),
        (stages([invoke(outputArtifacts=[{"name": "App"}])]), errors.InvalidStructureException, "unique"),
        (stages([invoke(namespace="One"), approve(namespace="One")]), errors.InvalidStructureException, "namespace"),
        (
            stages([invoke("Next", inputArtifacts=MADE), invoke(outputArtifacts=MADE, runOrder=2)]),
            errors.InvalidStructureException,
            "Made",
        ),
        (
            stages([invoke("Next", inputArtifacts=MADE)], [invoke(outputArtifacts=MADE)]),
            errors.InvalidStructureException,
            "Made",
        ),
        (stages([invoke(outputArtifacts=MADE, inputArtifacts=MADE)]), errors.InvalidStructureException, "Made"),
        (
            stages([invoke(outputArtifacts=MADE), invoke("Next", outputArtifacts=MADE)]),
            errors.InvalidStructureException,
            "unique",
        ),
        (
            stages([invoke(namespace="One"), reader("Next", "One")]),
            errors.InvalidStructureException,
            "'Next' in stage 'Stage0' refers to the namespace 'One'",
        ),
        (stages([reader("Next", "One")], [invoke(namespace="One")]), errors.InvalidStructureException, "'One'"),
        (stages([reader("Next", "Own", namespace="Own")]), errors.InvalidStructureException, "'Own'"),
        (stages([invoke(namespace="variables")]), errors.InvalidStructureException, "reserved"),
        (
            declaration(stages=[{"name": "Same", "actions": [source()]}, {"name": "Same", "actions": [invoke()]}]),
            errors.InvalidStructureException,
            "more than one stage named 'Same'",
        ),
        (declaration(artifactStore=None), errors.InvalidStructureException, "artifactStore"),
        (
            declaration(artifactStores={REGION: {"type": "S3", "location": "artifacts"}}),
            errors.InvalidStructureException,
            "not both",
        ),
        (
            declaration(artifactStore=None, artifactStores={"us-east-1": {"type": "S3", "location": "artifacts"}}),
            errors.InvalidStructureException,
            REGION,
        ),
        (declaration(pipelineType="V1", executionMode="QUEUED"), errors.InvalidStructureException, "V2"),
        (declaration(pipelineType="V1", variables=[{"name": "a"}]), errors.InvalidStructureException, "V2"),
        (declaration(variables=[{"name": "a"}, {"name": "a"}]), errors.InvalidStructureException, "'a'"),
        (stages([]), errors.InvalidStageDeclarationException, "between 1 and 50"),
        (stages([invoke(), invoke()]), errors.InvalidStageDeclarationException, "more than one action named 'Deploy'"),
        (stages([invoke(configuration={})]), errors.InvalidActionDeclarationException, "'FunctionName'"),
        (
            stages([invoke()], first=[source(configuration={"RepositoryName": "app", "Branch": "main"})]),
            errors.InvalidActionDeclarationException,
            "'BranchName'",
        ),
        (
            stages([invoke(configuration={"FunctionName": "f", "Function": "f"})]),
            errors.InvalidActionDeclarationException,
            "unknown configuration 'Function'",
        ),
        (
            stages(
                [invoke()],
                first=[
                    source(
                        configuration={
                            "RepositoryName": "app",
                            "BranchName": "main",
                            "OutputArtifactFormat": "CODEBUILD_CLONE_REF",
                        }
                    )
                ],
            ),
            errors.InvalidActionDeclarationException,
            "CODE_ZIP",
        ),
        (stages([invoke()], first=[source(outputArtifacts=[])]), errors.InvalidActionDeclarationException, "minimum"),
        (stages([approve(inputArtifacts=[{"name": "App"}])]), errors.InvalidActionDeclarationException, "maximum"),
        (stages([invoke(timeoutInMinutes=5)]), errors.InvalidActionDeclarationException, "timeoutInMinutes"),
        (stages([invoke(region="us-east-1")]), errors.InvalidActionDeclarationException, "cross-region"),
        (stages([invoke(commands=["ls"])]), errors.InvalidActionDeclarationException, "commands"),
        (
            stages(
                [invoke(actionTypeId={"category": "Build", "owner": "AWS", "provider": "CodeBuild", "version": "1"})]
            ),
            errors.InvalidActionDeclarationException,
            "not available",
        ),
    ],
)
def test_broken_structures(broken: dict[str, Any], error: type[Exception], sentence: str) -> None:
    with pytest.raises(error, match=sentence):
        checked(broken)


def test_stage_conditions_are_refused_because_nothing_would_act_on_them() -> None:
    given = declaration()
    given["stages"][1]["onFailure"] = {"result": "ROLLBACK"}
    with pytest.raises(errors.InvalidStageDeclarationException, match="onFailure"):
        checked(given)


@pytest.mark.parametrize("operation", ["CreatePipeline", "UpdatePipeline"])
@pytest.mark.parametrize(
    ("run_order", "constraint"),
    [
        (0, "greater than or equal to 1"),
        (-1, "greater than or equal to 1"),
        (1000, "less than or equal to 999"),
    ],
)
def test_a_run_order_is_between_1_and_999(operation: str, run_order: int, constraint: str) -> None:
    shape = load_service("codepipeline").operation_model(operation).input_shape
    check_request({"pipeline": stages([invoke(runOrder=1), invoke(runOrder=999)])}, shape)
    with pytest.raises(ValidationException) as caught:
        check_request({"pipeline": stages([invoke(runOrder=run_order)])}, shape)
    assert f"'{run_order}' at 'pipeline.stages.2.member.actions.1.member.runOrder'" in caught.value.message
    assert constraint in caught.value.message
