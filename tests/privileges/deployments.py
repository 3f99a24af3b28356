"""The deployment of a call, and the policies that Terraform renders for that deployment.

A plan has one deployment with placeholder names. The names of the call's deployment replace them in the policies:
environment, stack, pipeline and state machine. Each scenario has its own pipeline, and so its own folder of artifacts
in the bucket, and runs on one of two state machines.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from changegate_cli.local.instance import ACCOUNT_ID, REGION
from tests.machine.scenarios.test_scenarios import SCENARIOS
from tests.machine.scenarios.world import BUCKET
from tests.privileges import targets
from tests.privileges.authorization import stack_arn
from tests.privileges.rendered import PLACEHOLDER, Kind, Plan

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tests.privileges.authorization import ChangeSets
    from tests.privileges.record import Call


# The name of the environment in the plans and in environments/local.tfvars.
NAME = "changegate"


@dataclass(frozen=True)
class Deployment:
    """A deployment of a suite.

    :ivar name: the name of the environment, with which the names of all its resources begin.
    :ivar stack: the name of the root stack.
    :ivar pipeline: the name of the pipeline.
    :ivar settings: the input of the state machine.
    """

    name: str
    stack: str
    pipeline: str
    settings: dict[str, Any]


@dataclass(frozen=True)
class Policies:
    """The policies that decide the requests of a role, as JSON.

    :ivar role: the name of the role in the plan.
    :ivar templates: the role's policies by name, as in the plan.
    :ivar identity: the same policies with the names of the deployment.
    :ivar of_resources: the resource policies, by the service prefix of actions.
    """

    role: str
    templates: Mapping[str, str]
    identity: Mapping[str, str]
    of_resources: Mapping[str, str]


def _by_name(name: str, environment: str, stack: str) -> Deployment:
    settings = {"environmentName": environment, "stackName": stack}
    return Deployment(name, f"{environment}-{stack}", f"main_{name}", settings)


DEPLOYMENTS = {
    "scenarios": [Deployment(NAME, scenario.stack_name, scenario.name, scenario.input) for scenario in SCENARIOS],
    "e2e": [
        # From environments/e2e.tfvars.example, then from environments/local.tfvars.
        _by_name("changegate-e2e", "e2e", "sample-app"),
        _by_name(NAME, "prod", "sample-app"),
        # A stack that is deployed without the pipeline. The functions may do that for the stack of a deployment only.
        _by_name(NAME, "prod", "by-hand"),
    ],
}
"""Every deployment of a suite."""


def deployment_of(call: Call, change_sets: ChangeSets) -> Deployment:
    """Return the deployment of ``call``, or any deployment of the suite if the policies do not depend on it.

    :raises LookupError: when the suite has no such deployment.
    """
    deployments = [d for d in DEPLOYMENTS[call.suite] if _is_of(call, d)]
    given = call.parameters
    if call.service == "cloudformation":
        return _by_stack(deployments, stack_arn(call, change_sets).split("/")[1])
    if call.service == "s3":
        return _by_key(deployments, given["Key"])
    if (call.service, call.operation) == ("stepfunctions", "StartExecution"):
        settings = json.loads(given["input"])["taskParams"]
        return _by_stack(deployments, f"{settings['environmentName']}-{settings['stackName']}")
    if (call.service, call.operation) == ("sts", "AssumeRole"):
        return _first(d for d in deployments if d.settings.get("target", {}).get("roleArn") == given["RoleArn"])
    return _first(deployments)


def _is_of(call: Call, deployment: Deployment) -> bool:
    if call.role.split(":")[4] != ACCOUNT_ID:
        return True
    names = {d.name for d in DEPLOYMENTS[call.suite] if call.role_name.startswith(f"{d.name}-")}
    # A name may be the start of another.
    return deployment.name == max(names, key=len, default="")


def _by_key(deployments: list[Deployment], key: str) -> Deployment:
    folder, _, rest = key.partition("/")
    if folder in {"templates", "verdicts"}:
        return _by_stack(deployments, rest.partition("/")[0])
    if folder == "state_machine_input":
        # A scenario's input has the name of its pipeline, another input that of the stage.
        return _first([*(d for d in deployments if rest == f"{d.pipeline}.json"), *deployments])
    return _first(d for d in deployments if d.pipeline[:20] == folder)


def _first(found: Iterable[Deployment]) -> Deployment:
    deployment = next(iter(found), None)
    if deployment is None:
        raise LookupError("the call is for no deployment of its suite")
    return deployment


def _by_stack(deployments: list[Deployment], name: str) -> Deployment:
    # The names of nested stacks and successors begin with that of the root; so may the name of another root.
    roots = [d for d in deployments if name == d.stack or name.startswith(f"{d.stack}-")]
    return max(roots, key=lambda deployment: len(deployment.stack)) if roots else _first(())


def policies_of(call: Call, deployment: Deployment, plans: Mapping[Kind, Plan]) -> Policies:
    """Return the policies of the role of ``call`` that Terraform renders for ``deployment``.

    :raises LookupError: when no plan has such a deployment or role.
    """
    # The trigger has the same policies for all deployments, even for those that Terraform refuses to plan.
    plan = plans[Kind.of({} if call.role_name.endswith("-trigger") else deployment.settings)]

    names = {
        PLACEHOLDER: deployment.stack,
        f"{BUCKET}/main_{NAME}/": f"{BUCKET.replace(NAME, deployment.name)}/{deployment.pipeline[:20]}/",
        f":{NAME}-deploy": f":{_machine_of(call, deployment)}",
        _mark(_executions(f"{NAME}-deploy")): _mark(_executions_of(call, deployment)),
        NAME: deployment.name,
    }
    # In one step and the longest name first, because a replacement may contain another name.
    pattern = re.compile("|".join(map(re.escape, sorted(names, key=len, reverse=True))))

    def named(text: str) -> str:
        return pattern.sub(lambda found: names[found[0]], text)

    role = call.role_name.replace(deployment.name, NAME, 1)
    if call.role.split(":")[4] == ACCOUNT_ID:
        templates = plan.roles[role].policies
    else:
        templates = {"target": targets.permissions(deployment.settings)}
    return Policies(
        role=role,
        templates=templates,
        identity={name: named(text) for name, text in templates.items()},
        of_resources={
            "s3": named(plan.bucket_policy),
            "kms": named(plan.key_policy),
            # Functions assume the role of the target.
            "sts": targets.trust(deployment.settings),
        },
    )


def _executions(machine: str) -> str:
    return f"arn:aws:states:{REGION}:{ACCOUNT_ID}:execution:{machine}"


def _executions_of(call: Call, deployment: Deployment) -> str:
    # The scenarios' functions work for two machines. The description of a change set names its execution.
    _, _, execution = call.parameters.get("Description", "").partition(": ")
    return execution.rpartition(":")[0] or _executions(f"{deployment.name}-deploy")


def _mark(executions: str) -> str:
    """Return what the names of a state machine's change sets have: ``OwnChangeSet.name``."""
    return hashlib.sha256(executions.encode()).hexdigest()[:8]


def _machine_of(call: Call, deployment: Deployment) -> str:
    # The session has the name of the function. The scenarios have a trigger for each machine, and one that crashes.
    machines = {"patient-trigger": "patient", "dying-trigger": "patient", "hasty-trigger": "hasty"}
    return machines.get(call.session, f"{deployment.name}-deploy")
