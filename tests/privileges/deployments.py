"""Whose deployment a call was made for, and the policies that Terraform would have rendered for that deployment.

A plan has one deployment under names that stand for others. The names in its policies are replaced by those of the
deployment that the call belongs to: its stack's, its pipeline's and its state machine's. A scenario has a pipeline of
its own, and so a folder of artifacts of its own in the bucket, and runs on one of two state machines.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from changegate_local.instance import ACCOUNT_ID
from tests.privileges import targets
from tests.privileges.authorization import stack_arn
from tests.privileges.rendered import PLACEHOLDER, Kind, Plan
from tests.scenarios.test_scenarios import SCENARIOS
from tests.scenarios.world import BUCKET

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tests.privileges.authorization import ChangeSets
    from tests.privileges.record import Call


@dataclass(frozen=True)
class Deployment:
    """What a call was made for.

    :ivar stack: the name of the root stack.
    :ivar pipeline: the name of the pipeline.
    :ivar told: the input of the state machine.
    """

    stack: str
    pipeline: str
    told: dict[str, Any]


@dataclass(frozen=True)
class Policies:
    """Everything that decides on a request of one role, as texts.

    :ivar templates: the role's own policies by name, as they are in the plan.
    :ivar identity: the same, under the deployment's names.
    :ivar of_resources: the policies of what is asked for, by the service's prefix in names of actions.
    """

    templates: Mapping[str, str]
    identity: Mapping[str, str]
    of_resources: Mapping[str, str]


def _deployments() -> dict[str, list[Deployment]]:
    scenarios = [Deployment(scenario.stack_name, scenario.name, scenario.input) for scenario in SCENARIOS]
    # What environments/local.tfvars deploys, and a stack that the end-to-end tests deploy without a pipeline.
    ours = [
        Deployment(f"prod-{name}", "changegate", {"environmentName": "prod", "stackName": name})
        for name in ("sample-app", "by-hand")
    ]
    return {"scenarios": scenarios, "e2e": ours}


DEPLOYMENTS = _deployments()
"""Every deployment of a suite."""


def deployment_of(call: Call, change_sets: ChangeSets) -> Deployment:
    """Return the deployment that ``call`` was made for; any one of the suite where that makes no difference.

    :raises LookupError: when it is none that is known.
    """
    deployments = DEPLOYMENTS[call.suite]
    given = call.parameters
    if call.service == "cloudformation":
        return _by_stack(deployments, stack_arn(call, change_sets).split("/")[1])
    if call.service == "s3":
        return _by_key(deployments, given["Key"])
    if (call.service, call.operation) == ("stepfunctions", "StartExecution"):
        told = json.loads(given["input"])["taskParams"]
        return _by_stack(deployments, f"{told['environmentName']}-{told['stackName']}")
    if (call.service, call.operation) == ("sts", "AssumeRole"):
        return _first(d for d in deployments if d.told.get("target", {}).get("roleArn") == given["RoleArn"])
    return deployments[0]


def _by_key(deployments: list[Deployment], key: str) -> Deployment:
    folder, _, rest = key.partition("/")
    if folder in {"templates", "verdicts"}:
        return _by_stack(deployments, rest.partition("/")[0])
    if folder == "state_machine_input":
        # A scenario's is named after its pipeline, otherwise it is the one of the stage.
        return _first([*(d for d in deployments if rest == f"{d.pipeline}.json"), deployments[0]])
    return _first(d for d in deployments if d.pipeline[:20] == folder)


def _first(found: Iterable[Deployment]) -> Deployment:
    deployment = next(iter(found), None)
    if deployment is None:
        raise LookupError("The call is made for no deployment of its suite.")
    return deployment


def _by_stack(deployments: list[Deployment], name: str) -> Deployment:
    # Nested stacks and successors have names that begin with those of their roots; so may another root's.
    roots = [d for d in deployments if name == d.stack or name.startswith(f"{d.stack}-")]
    return max(roots, key=lambda deployment: len(deployment.stack)) if roots else _first(())


def policies_of(call: Call, deployment: Deployment, plans: Mapping[Kind, Plan]) -> Policies:
    """Return what Terraform gives to the role of ``call`` for ``deployment``.

    :raises LookupError: when no plan has such a deployment, or no such role.
    """
    # The trigger's are the same for all, those included that no plan can have because Terraform refuses them.
    plan = plans[Kind.of({} if call.role_name.endswith("-trigger") else deployment.told)]

    def named(text: str) -> str:
        return _machine_of(
            call,
            text.replace(PLACEHOLDER, deployment.stack).replace(
                f"{BUCKET}/changegate/", f"{BUCKET}/{deployment.pipeline[:20]}/"
            ),
        )

    if call.role.split(":")[4] == ACCOUNT_ID:
        templates = plan.roles[call.role_name].policies
    else:
        templates = {"target": targets.permissions(deployment.told)}
    return Policies(
        templates=templates,
        identity={name: named(text) for name, text in templates.items()},
        of_resources={
            "s3": named(plan.bucket_policy),
            "kms": plan.key_policy,
            # The one that functions assume is the target's.
            "sts": targets.trust(deployment.told),
        },
    )


def _machine_of(call: Call, text: str) -> str:
    arn = call.parameters.get("stateMachineArn") or call.parameters.get("executionArn") or ""
    name = arn.split(":")[6] if arn else "changegate-deploy"
    return text.replace(":stateMachine:changegate-deploy", f":stateMachine:{name}").replace(
        ":execution:changegate-deploy:", f":execution:{name}:"
    )
