"""Reads change sets and policies from files."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from changegate.safety import AnswerError, ChangeSet, Policy, PolicyError, assemble
from changegate_cli.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class InputError(UsageError):
    """An input of the command cannot be read."""


def change_set_from_files(names: Sequence[str]) -> ChangeSet:
    """Read answers of DescribeChangeSet: each file has one, or a list of them; ``-`` is standard input.

    :raises InputError: when a file cannot be read, is not JSON or is not such an answer.
    """
    found: list[Any] = []
    for name in names:
        content = _json(name)
        found.extend(content if isinstance(content, list) else [content])
    return change_set_of(found)


def change_set_of(answers: Iterable[Any]) -> ChangeSet:
    """Return the change set that answers of DescribeChangeSet describe.

    :raises InputError: when they are not such answers, or one is missing.
    """
    try:
        return assemble(answers)
    except AnswerError as error:
        raise InputError(str(error)) from error


def policy_from(name: str | None) -> Policy:
    """Read a policy from a JSON file in the shape of the Terraform variable; without a file, the default policy.

    :raises InputError: when the file cannot be read or is not a policy.
    """
    try:
        return Policy() if name is None else Policy.parse(_json(name))
    except PolicyError as error:
        raise InputError(f"{name} is not a policy: {error}") from error


def _json(name: str) -> Any:
    try:
        return json.loads(sys.stdin.read() if name == "-" else Path(name).read_text("utf-8"))
    except OSError as error:
        raise InputError(f"{name} cannot be read: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"{'Standard input' if name == '-' else name} is not JSON: {error}.") from error
