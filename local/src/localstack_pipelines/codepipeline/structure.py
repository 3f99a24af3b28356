"""Rules of the pipeline structure that are not in the service model.

Source: User Guide, "CodePipeline pipeline structure reference", "Quotas in AWS CodePipeline" and "Variables reference"
(variables come from an earlier stage or a lower run order); API reference, ``PipelineDeclaration``,
``StageDeclaration``, ``ActionDeclaration`` and ``OutputArtifact`` (a preceding action produces it).
"""

from __future__ import annotations

import copy
from collections import Counter
from typing import TYPE_CHECKING, Any

from . import run_order
from .action_types import ACTION_TYPES
from .errors import (
    InvalidActionDeclarationException,
    InvalidStageDeclarationException,
    InvalidStructureException,
)
from .variables import namespaces_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .action_types import ActionType

MAX_STAGES = 50
MAX_ACTIONS_PER_STAGE = 50
MAX_ACTIONS = 500

# Valid on AWS, but without effect here: refused, so that no user relies on them.
_UNSUPPORTED_STAGE_MEMBERS = ("blockers", "onFailure", "onSuccess", "beforeEntry")
_UNSUPPORTED_ACTION_MEMBERS = ("commands", "outputVariables", "environmentVariables")


def complete_declaration(declaration: dict[str, Any], version: int) -> dict[str, Any]:
    """Return a copy of a pipeline declaration with the defaults and the version number."""
    completed = copy.deepcopy(declaration)
    completed["version"] = version
    completed.setdefault("executionMode", "SUPERSEDED")
    completed.setdefault("pipelineType", "V1")
    for stage in completed["stages"]:
        for action in stage["actions"]:
            action.setdefault("runOrder", run_order.DEFAULT)
            action.setdefault("configuration", {})
            action.setdefault("outputArtifacts", [])
            action.setdefault("inputArtifacts", [])
    return completed


def check_structure(declaration: dict[str, Any], region: str) -> None:
    """Check a completed pipeline declaration.

    :raises InvalidStructureException: the pipeline as a whole violates a rule.
    :raises InvalidStageDeclarationException: a stage violates a rule.
    :raises InvalidActionDeclarationException: an action violates a rule.
    """
    _check_artifact_stores(declaration, region)
    _check_pipeline_type(declaration)
    stages = declaration["stages"]
    _check_stages(stages)
    for stage in stages:
        _check_stage(stage)
        for action in stage["actions"]:
            _check_action(action, region)
    _check_artifacts(stages)
    _check_namespaces(stages)
    _check_references(stages)


def actions_of(declaration: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the stage name and the declaration of each action, in the order of the pipeline declaration."""
    for stage in declaration["stages"]:
        for action in stage["actions"]:
            yield stage["name"], action


def _check_artifact_stores(declaration: dict[str, Any], region: str) -> None:
    single, several = declaration.get("artifactStore"), declaration.get("artifactStores")
    if bool(single) == bool(several):
        raise InvalidStructureException("A pipeline must have either artifactStore or artifactStores, not both.")
    if several and region not in several:
        raise InvalidStructureException(f"artifactStores has no artifact store for the pipeline's region, {region}.")


def _check_pipeline_type(declaration: dict[str, Any]) -> None:
    if declaration["pipelineType"] == "V2":
        names = [variable["name"] for variable in declaration.get("variables", [])]
        if repeated := _repeated(names):
            raise InvalidStructureException(f"The pipeline declares the variable '{repeated}' more than once.")
        return
    if declaration["executionMode"] != "SUPERSEDED":
        raise InvalidStructureException(
            f"Execution mode {declaration['executionMode']} requires pipeline type V2; this pipeline is of type V1."
        )
    for member in ("variables", "triggers"):
        if declaration.get(member):
            raise InvalidStructureException(f"Pipeline {member} require pipeline type V2; this pipeline is of type V1.")


def _check_stages(stages: list[dict[str, Any]]) -> None:
    if len(stages) < 2:
        raise InvalidStructureException(f"The pipeline has {len(stages)} stage(s); it must have at least 2.")
    if len(stages) > MAX_STAGES:
        raise InvalidStructureException(f"The pipeline has {len(stages)} stages; the quota is {MAX_STAGES}.")
    if sum(len(stage["actions"]) for stage in stages) > MAX_ACTIONS:
        raise InvalidStructureException(f"The pipeline has more than {MAX_ACTIONS} actions, which is the quota.")
    if repeated := _repeated(stage["name"] for stage in stages):
        raise InvalidStructureException(f"The pipeline has more than one stage named '{repeated}'.")
    for position, stage in enumerate(stages):
        categories = {action["actionTypeId"]["category"] for action in stage["actions"]}
        if position == 0 and categories != {"Source"}:
            raise InvalidStructureException("Pipeline should start with a stage that only contains source actions.")
        if position > 0 and "Source" in categories:
            raise InvalidStructureException(
                f"Stage '{stage['name']}' contains a source action; only the first stage may contain source actions."
            )


def _check_stage(stage: dict[str, Any]) -> None:
    name, actions = stage["name"], stage["actions"]
    if not 1 <= len(actions) <= MAX_ACTIONS_PER_STAGE:
        raise InvalidStageDeclarationException(
            f"Stage '{name}' has {len(actions)} actions; it must have between 1 and {MAX_ACTIONS_PER_STAGE}."
        )
    if repeated := _repeated(action["name"] for action in actions):
        raise InvalidStageDeclarationException(f"Stage '{name}' has more than one action named '{repeated}'.")
    for member in _UNSUPPORTED_STAGE_MEMBERS:
        if stage.get(member):
            raise InvalidStageDeclarationException(f"Stage '{name}' has {member}, which is not available here.")


def _check_action(action: dict[str, Any], region: str) -> None:
    name, type_id = action["name"], action["actionTypeId"]
    kind = ACTION_TYPES.get((type_id["category"], type_id["owner"], type_id["provider"], type_id["version"]))
    if kind is None:
        raise InvalidActionDeclarationException(
            f"ActionType (Category: '{type_id['category']}', Provider: '{type_id['provider']}', "
            f"Owner: '{type_id['owner']}', Version: '{type_id['version']}') in action '{name}' is not available "
            f"in region '{region}'"
        )
    if action.get("region", region) != region:
        raise InvalidActionDeclarationException(
            f"Action '{name}' is declared for region {action['region']}; cross-region actions are not available here."
        )
    for member in _UNSUPPORTED_ACTION_MEMBERS:
        if action.get(member):
            raise InvalidActionDeclarationException(
                f"Action '{name}' has {member}, which its action type does not support."
            )
    if "timeoutInMinutes" in action and kind.category != "Approval":
        raise InvalidActionDeclarationException(
            f"Action '{name}' has timeoutInMinutes, which only manual approval actions support."
        )
    _check_configuration(name, action["configuration"], kind)
    _check_artifact_count(name, "input", len(action["inputArtifacts"]), kind.inputs)
    _check_artifact_count(name, "output", len(action["outputArtifacts"]), kind.outputs)


def _check_configuration(name: str, configuration: dict[str, str], kind: ActionType) -> None:
    for key in sorted(kind.required - configuration.keys()):
        raise InvalidActionDeclarationException(
            f"Action configuration for action '{name}' is missing required configuration '{key}'"
        )
    for key in sorted(configuration.keys() - kind.configuration):
        raise InvalidActionDeclarationException(
            f"Action configuration for action '{name}' contains unknown configuration '{key}'"
        )
    for key, allowed in kind.choices:
        if configuration.get(key, allowed[0]).lower() not in {choice.lower() for choice in allowed}:
            raise InvalidActionDeclarationException(
                f"Action configuration for action '{name}' has the value '{configuration[key]}' for '{key}'; "
                f"available values: {', '.join(allowed)}."
            )


def _check_artifact_count(name: str, direction: str, count: int, limits: tuple[int, int]) -> None:
    least, most = limits
    if count < least:
        raise InvalidActionDeclarationException(
            f"Action {name} declares {count} {direction} artifacts which is less than the minimum count ({least})"
        )
    if count > most:
        raise InvalidActionDeclarationException(
            f"Action {name} declares {count} {direction} artifacts which is more than the maximum count ({most})"
        )


def _check_artifacts(stages: list[dict[str, Any]]) -> None:
    for stage, action, preceding in run_order.with_preceding(stages):
        produced = {artifact["name"] for other in preceding for artifact in other["outputArtifacts"]}
        for artifact in action["inputArtifacts"]:
            if artifact["name"] not in produced:
                raise InvalidStructureException(
                    f"Input artifact '{artifact['name']}' of action '{action['name']}' in stage "
                    f"'{stage['name']}' is not the output artifact of an earlier action."
                )
    outputs = [
        artifact["name"] for stage in stages for action in stage["actions"] for artifact in action["outputArtifacts"]
    ]
    if repeated := _repeated(outputs):
        raise InvalidStructureException(
            f"More than one action has the output artifact '{repeated}'; "
            "names of output artifacts must be unique in a pipeline."
        )


def _check_namespaces(stages: list[dict[str, Any]]) -> None:
    namespaces = [action["namespace"] for stage in stages for action in stage["actions"] if "namespace" in action]
    if repeated := _repeated(namespaces):
        raise InvalidStructureException(f"More than one action has the namespace '{repeated}'.")
    for reserved in ("codepipeline", "variables"):
        if reserved in namespaces:
            raise InvalidStructureException(f"The namespace '{reserved}' is reserved.")


def _check_references(stages: list[dict[str, Any]]) -> None:
    namespaces = {action["namespace"] for stage in stages for action in stage["actions"] if "namespace" in action}
    for stage, action, preceding in run_order.with_preceding(stages):
        not_yet = namespaces - {other.get("namespace") for other in preceding}
        for namespace in sorted(namespaces_in(action["configuration"]) & not_yet):
            raise InvalidStructureException(
                f"Action '{action['name']}' in stage '{stage['name']}' refers to the namespace '{namespace}', "
                "which is not that of an earlier action."
            )


def _repeated(names: Iterable[str]) -> str | None:
    return next((name for name, count in Counter(names).items() if count > 1), None)
