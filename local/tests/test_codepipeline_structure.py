"""The rules of the pipeline structure and of the service model's constraints."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest
from codepipeline_declarations import REGION, approve, declaration, invoke, source, stages
from localstack.aws.spec import load_service

from localstack_pipelines.codepipeline import errors
from localstack_pipelines.codepipeline.constraints import check_request
from localstack_pipelines.codepipeline.structure import check_structure, complete_declaration

if TYPE_CHECKING:
    from collections.abc import Callable

MADE = [{"name": "Made"}]


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
            stages([invoke()], [invoke(inputArtifacts=[{"name": "Nobodys"}])]),
            errors.InvalidStructureException,
            "Nobodys",
        ),
        (
            # Side by side: one cannot wait for the other's artifact.
            stages([invoke(outputArtifacts=MADE), invoke("Next", inputArtifacts=MADE)]),
            errors.InvalidStructureException,
            "Made",
        ),
        (stages([invoke(outputArtifacts=[{"name": "App"}])]), errors.InvalidStructureException, "unique"),
        (stages([invoke(namespace="One"), approve(namespace="One")]), errors.InvalidStructureException, "namespace"),
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


def request_for(operation: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    shape = load_service("codepipeline").operation_model(operation).input_shape
    return lambda request: check_request(request, shape)


def test_a_request_that_keeps_the_constraints_loses_only_its_nulls() -> None:
    given = {"pipeline": declaration(version=None), "tags": None}
    assert request_for("CreatePipeline")(given) == {"pipeline": declaration()}


@pytest.mark.parametrize(
    ("operation", "request_", "sentence"),
    [
        ("GetPipeline", {}, r"Value null at 'name' failed .* must not be null"),
        ("GetPipeline", {"name": None}, "must not be null"),
        ("GetPipeline", {"name": "a b"}, r"'a b' at 'name' .* pattern: \[A-Za-z0-9"),
        ("GetPipeline", {"name": "x" * 101}, "length less than or equal to 100"),
        ("GetPipeline", {"name": "a", "version": 0}, "value greater than or equal to 1"),
        ("CreatePipeline", {"pipeline": {"name": "a"}}, "2 validation errors .*roleArn.*stages"),
        (
            "CreatePipeline",
            {"pipeline": declaration(stages=[{"name": "Source", "actions": [{"name": "?"}]}])},
            r"pipeline\.stages\.1\.member\.actions\.1\.member\.",
        ),
        ("CreatePipeline", {"pipeline": declaration(executionMode="FAST")}, r"enum value set: \[QUEUED"),
        ("PutJobSuccessResult", {"jobId": "1"}, "pattern"),
        ("PutJobFailureResult", {"jobId": "1" * 36, "failureDetails": {"type": "Bad", "message": "m"}}, "JobFailed"),
    ],
)
def test_broken_constraints(operation: str, request_: dict[str, Any], sentence: str) -> None:
    with pytest.raises(errors.ValidationException, match=sentence):
        request_for(operation)(request_)


JOB_ID = "11111111-2222-3333-4444-555555555555"


@pytest.mark.parametrize(
    ("member", "limit"),
    [("continuationToken", 2048), ("summary", 2048), ("externalExecutionId", 1500)],
)
def test_the_limits_of_a_success_result(member: str, limit: int) -> None:
    def result(length: int) -> dict[str, Any]:
        text = {member: "x" * length}
        return {"jobId": JOB_ID, **(text if member == "continuationToken" else {"executionDetails": text})}

    request_for("PutJobSuccessResult")(result(limit))
    with pytest.raises(errors.ValidationException, match=f"less than or equal to {limit}"):
        request_for("PutJobSuccessResult")(result(limit + 1))


def test_the_limit_of_a_failure_message() -> None:
    def failure(length: int) -> dict[str, Any]:
        return {"jobId": JOB_ID, "failureDetails": {"type": "JobFailed", "message": "x" * length}}

    request_for("PutJobFailureResult")(failure(5000))
    with pytest.raises(errors.ValidationException, match="less than or equal to 5000"):
        request_for("PutJobFailureResult")(failure(5001))


@pytest.mark.parametrize("name", [7, True, ["a"], {"a": "b"}])
def test_a_member_of_another_type(name: object) -> None:
    with pytest.raises(errors.SerializationException, match="must be of type string"):
        request_for("GetPipeline")({"name": name})
