"""Whose deployment a call was made for, and the policies that Terraform would have rendered for that deployment.

A plan has one deployment under names that stand for others. The names in its policies are replaced by those of the
deployment that the call belongs to: of the environment, the stack, the pipeline and the state machine. A scenario has a
pipeline of its own, and so a folder of artifacts of its own in the bucket, and runs on one of two state machines.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from changegate_cli.local.instance import ACCOUNT_ID
from tests.machine.scenarios.test_scenarios import SCENARIOS
from tests.machine.scenarios.world import BUCKET
from tests.privileges import targets
from tests.privileges.authorization import stack_arn
from tests.privileges.rendered import PLACEHOLDER, Kind, Plan

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tests.privileges.authorization import ChangeSets
    from tests.privileges.record import Call


# The name of the environment in the plans, and of what is made with environments/local.tfvars.
NAME = "changegate"


@dataclass(frozen=True)
class Deployment:
    """What a call was made for.

    :ivar name: of the environment: what its roles, its bucket and everything else are named after.
    :ivar stack: the name of the root stack.
    :ivar pipeline: the name of the pipeline.
    :ivar told: the input of the state machine.
    """

    name: str
    stack: str
    pipeline: str
    told: dict[str, Any]


@dataclass(frozen=True)
class Policies:
    """Everything that decides on a request of one role, as texts.

    :ivar role: the name that the role has in the plan.
    :ivar templates: the role's own policies by name, as they are in the plan.
    :ivar identity: the same, under the deployment's names.
    :ivar of_resources: the policies of what is asked for, by the service's prefix in names of actions.
    """

    role: str
    templates: Mapping[str, str]
    identity: Mapping[str, str]
    of_resources: Mapping[str, str]


def _by_name(name: str, environment: str, stack: str) -> Deployment:
    return Deployment(name, f"{environment}-{stack}", name, {"environmentName": environment, "stackName": stack})


DEPLOYMENTS = {
    "scenarios": [Deployment(NAME, scenario.stack_name, scenario.name, scenario.input) for scenario in SCENARIOS],
    "e2e": [
        # What environments/e2e.tfvars.example deploys, then environments/local.tfvars.
        _by_name("changegate-e2e", "e2e", "sample-app"),
        _by_name(NAME, "prod", "sample-app"),
        # A stack that is deployed without the pipeline. The functions may do that only if it is a deployment's, too.
        _by_name(NAME, "prod", "by-hand"),
    ],
}
"""Every deployment of a suite."""


def deployment_of(call: Call, change_sets: ChangeSets) -> Deployment:
    """Return the deployment that ``call`` was made for; any one of the suite where that makes no difference.

    :raises LookupError: when it is none that is known.
    """
    deployments = [d for d in DEPLOYMENTS[call.suite] if _is_of(call, d)]
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
    return _first(deployments)


def _is_of(call: Call, deployment: Deployment) -> bool:
    if call.role.split(":")[4] != ACCOUNT_ID:
        return True
    names = {d.name for d in DEPLOYMENTS[call.suite] if call.role_name.startswith(f"{d.name}-")}
    # One name may begin with another.
    return deployment.name == max(names, key=len, default="")


def _by_key(deployments: list[Deployment], key: str) -> Deployment:
    folder, _, rest = key.partition("/")
    if folder in {"templates", "verdicts"}:
        return _by_stack(deployments, rest.partition("/")[0])
    if folder == "state_machine_input":
        # A scenario's is named after its pipeline, otherwise it is the one of the stage.
        return _first([*(d for d in deployments if rest == f"{d.pipeline}.json"), *deployments])
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

    names = {
        PLACEHOLDER: deployment.stack,
        f"{BUCKET}/{NAME}/": f"{BUCKET.replace(NAME, deployment.name)}/{deployment.pipeline[:20]}/",
        f":{NAME}-deploy": f":{_machine_of(call, deployment)}",
        NAME: deployment.name,
    }
    # All at once, the longest first: what a name is replaced by contains others.
    pattern = re.compile("|".join(map(re.escape, sorted(names, key=len, reverse=True))))

    def named(text: str) -> str:
        return pattern.sub(lambda found: names[found[0]], text)

    role = call.role_name.replace(deployment.name, NAME, 1)
    if call.role.split(":")[4] == ACCOUNT_ID:
        templates = plan.roles[role].policies
    else:
        templates = {"target": targets.permissions(deployment.told)}
    return Policies(
        role=role,
        templates=templates,
        identity={name: named(text) for name, text in templates.items()},
        of_resources={
            "s3": named(plan.bucket_policy),
            "kms": named(plan.key_policy),
            # The one that functions assume is the target's.
            "sts": targets.trust(deployment.told),
        },
    )


def _machine_of(call: Call, deployment: Deployment) -> str:
    # The session is named after the function: the scenarios have a trigger for each machine, and one that dies.
    machines = {"patient-trigger": "patient", "dying-trigger": "patient", "hasty-trigger": "hasty"}
    return machines.get(call.session, f"{deployment.name}-deploy")
