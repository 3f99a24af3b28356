"""What destroying an environment loses and leaves, and how a part of it can survive.

Terraform's plan lists a hundred resources alike. Four kinds hold something that nobody can create again, or that stacks
still need; these are named before Terraform is asked.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from dev.console import CommandError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

BUCKET = "aws_s3_bucket"
KEY = "aws_kms_key"
REPOSITORY = "aws_codecommit_repository"
DEPLOYMENT_ROLE = "module.iam.aws_iam_role.cloudformation"

# What can be kept, by its name on the command line: the addresses of its resources, without indices, begin with these.
# The objects of a bucket cannot be read without the key.
KEPT = {
    "bucket": ("module.bucket.", "module.kms."),
    "key": ("module.kms.",),
    "repository": ("module.pipeline.aws_codecommit_repository.",),
    "role": (
        DEPLOYMENT_ROLE,
        "module.iam.aws_iam_role_policy.cloudformation",
        "module.iam.aws_iam_role_policy_attachment.cloudformation",
    ),
}

_INDEX = re.compile(r"\[[^]]*\]")


def kept_names(text: str) -> tuple[str, ...]:
    """Return the names in ``text``, the value of KEEP.

    :raises CommandError: for a name that is not in :data:`KEPT`.
    """
    names = tuple(text.replace(",", " ").split())
    unknown = [name for name in names if name not in KEPT]
    if unknown:
        raise CommandError(f"KEEP has {', '.join(unknown)}; what can be kept is {', '.join(KEPT)}.")
    return names


def kept_addresses(state: Mapping[str, Any], names: Sequence[str]) -> list[str]:
    """Return the addresses of the resources in ``state`` that ``names`` keep."""
    prefixes = tuple(prefix for name in names for prefix in KEPT[name])
    return [address for address, _ in _resources(state) if _INDEX.sub("", address).startswith(prefixes)]


def announcement(state: Mapping[str, Any], names: Sequence[str]) -> str:
    """Return what destroying the environment loses for good and what it leaves, for people.

    :param state: the state of the environment, as ``terraform state pull`` has it.
    :param names: what is kept.
    """
    kept = set(kept_addresses(state, names))
    lost = [line for address, found in _resources(state) if address not in kept for line in _losses(found, state)]
    left = [line for address, found in _resources(state) if address in kept for _, line in _holders(found)]
    left += [f"the stack {name}" for name in _stacks(state)]
    lines = ["Destroying the environment loses for good:", *(f"  - {line}" for line in lost or ["nothing"])]
    lines += ["It leaves:", *(f"  - {line}" for line in left or ["nothing"])]
    if lost:
        lines.append(f'To keep a part, run it with KEEP="..." and some of: {", ".join(KEPT)}.')
    return "\n".join(lines)


def _losses(resource: Mapping[str, Any], state: Mapping[str, Any]) -> Iterator[str]:
    for attributes, name in _holders(resource):
        if resource["type"] == BUCKET:
            objects = "with every object in it" if attributes["force_destroy"] else "which must be empty by then"
            yield f"{name}, {objects}"
        elif resource["type"] == KEY:
            days = attributes["deletion_window_in_days"]
            yield f"{name}, {days} days later, and with it what the key has encrypted"
        elif resource["type"] == REPOSITORY:
            yield f"{name}, with its history"
        else:
            yield f"{name}, without which CloudFormation cannot change {', '.join(_stacks(state)) or 'any stack'}"


def _holders(resource: Mapping[str, Any]) -> Iterator[tuple[dict[str, Any], str]]:
    """Yield attributes and name of each instance, if the resource holds something."""
    for instance in resource["instances"]:
        attributes = instance["attributes"]
        if resource["type"] == BUCKET:
            yield attributes, f"the bucket {attributes['bucket']}"
        elif resource["type"] == KEY:
            yield attributes, f"the KMS key {attributes['key_id']}"
        elif resource["type"] == REPOSITORY:
            yield attributes, f"the CodeCommit repository {attributes['repository_name']}"
        elif _address(resource) == DEPLOYMENT_ROLE:
            yield attributes, f"the role {attributes['name']}"


def _stacks(state: Mapping[str, Any]) -> list[str]:
    # An interrupted destroy has removed the outputs.
    pipelines = state.get("outputs", {}).get("pipelines", {}).get("value", {})
    names = [deployment["stack_name"] for pipeline in pipelines.values() for deployment in pipeline["deployments"]]
    return list(dict.fromkeys(names))


def _resources(state: Mapping[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    managed = [resource for resource in state.get("resources", []) if resource["mode"] == "managed"]
    return [(_address(resource), resource) for resource in managed]


def _address(resource: Mapping[str, Any]) -> str:
    module = f"{resource['module']}." if resource.get("module") else ""
    return f"{module}{resource['type']}.{resource['name']}"
