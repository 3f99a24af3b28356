"""Declarations of pipelines and actions for tests, in the shapes of the API."""

from __future__ import annotations

from typing import Any

REGION = "eu-west-1"


def source(name: str = "Source", output: str = "App", **members: Any) -> dict[str, Any]:
    return {
        "name": name,
        "actionTypeId": {"category": "Source", "owner": "AWS", "provider": "CodeCommit", "version": "1"},
        "configuration": {"RepositoryName": "app", "BranchName": "main"},
        "outputArtifacts": [{"name": output}],
        **members,
    }


def invoke(name: str = "Deploy", **members: Any) -> dict[str, Any]:
    return {
        "name": name,
        "actionTypeId": {"category": "Invoke", "owner": "AWS", "provider": "Lambda", "version": "1"},
        "configuration": {"FunctionName": "trigger"},
        "inputArtifacts": [{"name": "App"}],
        **members,
    }


def approve(name: str = "Approve", **members: Any) -> dict[str, Any]:
    return {
        "name": name,
        "actionTypeId": {"category": "Approval", "owner": "AWS", "provider": "Manual", "version": "1"},
        **members,
    }


def declaration(**members: Any) -> dict[str, Any]:
    return {
        "name": "delivery",
        "roleArn": "arn:aws:iam::000000000000:role/pipeline",
        "artifactStore": {"type": "S3", "location": "artifacts"},
        "pipelineType": "V2",
        "stages": [
            {"name": "Source", "actions": [source()]},
            {"name": "Prod", "actions": [invoke()]},
        ],
        **members,
    }


def stages(*later: list[dict[str, Any]], first: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    return declaration(
        stages=[
            {"name": "Source", "actions": first if first is not None else [source()]},
            *({"name": f"Stage{position}", "actions": actions} for position, actions in enumerate(later)),
        ]
    )
