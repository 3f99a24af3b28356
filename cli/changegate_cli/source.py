"""Where ``changegate inspect`` takes change sets and policies from."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from changegate.safety import AnswerError, ChangeSet, Policy, PolicyError, assemble
from changegate.stacks.change_sets import ChangeSetGoneError, answers

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class InputError(Exception):
    """What was given cannot be read; the text is one sentence for a person."""


def from_files(names: Sequence[str]) -> ChangeSet:
    """Read answers of DescribeChangeSet: each file has one, or a list of them; ``-`` is standard input.

    :raises InputError: when a file cannot be read, is not JSON or is not such an answer.
    """
    found: list[Any] = []
    for name in names:
        content = _json(name)
        found.extend(content if isinstance(content, list) else [content])
    return _assemble(found)


def from_aws(change_set_arn: str) -> ChangeSet:
    """Read the change set, its pages and its nested change sets, with the user's own AWS settings.

    :raises InputError: when AWS cannot be asked or does not answer.
    """
    try:
        # An ARN names its region: arn:PARTITION:cloudformation:REGION:ACCOUNT:changeSet/NAME/ID.
        region = change_set_arn.split(":")[3] if change_set_arn.startswith("arn:") else None
        return _assemble(list(answers(boto3.client("cloudformation", region_name=region), change_set_arn)))
    except ChangeSetGoneError as error:
        raise InputError(f"There is no change set {change_set_arn}: {error.__cause__}") from error
    except (BotoCoreError, ClientError, IndexError) as error:
        raise InputError(f"{change_set_arn} cannot be read: {error}") from error


def policy_from(name: str | None) -> Policy:
    """Read a policy from a JSON file in the shape of the Terraform variable; without a file, the default policy.

    :raises InputError: when the file cannot be read or is no policy.
    """
    try:
        return Policy() if name is None else Policy.parse(_json(name))
    except PolicyError as error:
        raise InputError(f"{name} is not a policy: {error}") from error


def _assemble(found: Iterable[Any]) -> ChangeSet:
    try:
        return assemble(found)
    except AnswerError as error:
        raise InputError(str(error)) from error


def _json(name: str) -> Any:
    try:
        return json.loads(sys.stdin.read() if name == "-" else Path(name).read_text("utf-8"))
    except OSError as error:
        raise InputError(f"{name} cannot be read: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"{'Standard input' if name == '-' else name} is not JSON: {error}.") from error
