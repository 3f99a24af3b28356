"""Judges a change set with the code of the function and prints the verdict."""

from __future__ import annotations

import datetime as dt
import json
import sys
from typing import TYPE_CHECKING

from changegate.safety import judge
from changegate.safety.report import as_json as verdict_as_json
from changegate_cli.inspect.files import change_set_from_files, policy_from

if TYPE_CHECKING:
    from collections.abc import Sequence

SAFE, UNSAFE = 0, 3


def run(files: Sequence[str], change_set_arn: str | None, *, policy: str | None, as_json: bool) -> int:
    """Judge the change set in ``files``, or the one that ``change_set_arn`` names, and return the exit code.

    :param policy: the file of a policy; None for the default policy.
    :param as_json: whether to print the verdict as JSON.
    :raises InputError: when an input cannot be read.
    """
    rules = policy_from(policy)
    if change_set_arn:
        from changegate_cli.inspect.aws import change_set_from_aws  # noqa: PLC0415  # imports boto3

        change_set = change_set_from_aws(change_set_arn)
    else:
        change_set = change_set_from_files(files)
    verdict = judge(change_set, rules, dt.datetime.now(dt.UTC).date())
    if as_json:
        sys.stdout.write(json.dumps(verdict_as_json(verdict), indent=2) + "\n")
    else:
        from changegate_cli.inspect.show import show  # noqa: PLC0415  # imports rich

        show(verdict)
    return SAFE if verdict.safe else UNSAFE
