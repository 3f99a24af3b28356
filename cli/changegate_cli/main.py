"""The command line: ``changegate inspect``."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import sys
from typing import TYPE_CHECKING

from changegate.safety import judge
from changegate.safety.report import as_json
from changegate_cli.source import InputError, from_aws, from_files, policy_from

if TYPE_CHECKING:
    from collections.abc import Sequence

SAFE, BAD_INPUT, UNSAFE = 0, 2, 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code: 0 safe, 3 unsafe, 2 bad input."""
    parser = _parser()
    given = parser.parse_args(arguments)
    if bool(given.files) == bool(given.change_set):
        parser.error("give the files of a change set, or --change-set ARN")
    try:
        policy = policy_from(given.policy)
        change_set = from_aws(given.change_set) if given.change_set else from_files(given.files)
    except InputError as error:
        sys.stderr.write(f"changegate: {error}\n")
        return BAD_INPUT
    verdict = judge(change_set, policy, dt.datetime.now(dt.UTC).date())
    if given.json:
        sys.stdout.write(json.dumps(as_json(verdict), indent=2) + "\n")
    else:
        # Drawing is for people only; scripts need not wait for its import.
        from changegate_cli.show import show  # noqa: PLC0415

        show(verdict)
    return SAFE if verdict.safe else UNSAFE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="changegate", description="Tells what a CloudFormation change set would do, and whether it is safe."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    inspect = commands.add_parser(
        "inspect",
        help="judge a change set",
        description="Judges a change set by the code of the deployment. Exit code: 0 safe, 3 unsafe, 2 bad input.",
    )
    inspect.add_argument(
        "files",
        nargs="*",
        metavar="FILE",
        help="answers of DescribeChangeSet as JSON, one or a list of them in a file; all pages, and those of nested "
        "change sets; - is standard input",
    )
    inspect.add_argument(
        "--change-set", metavar="ARN", help="read this change set from AWS, with all that is nested in it"
    )
    inspect.add_argument(
        "--policy", metavar="FILE", help="judge by this policy: JSON in the shape of the Terraform variable 'policy'"
    )
    inspect.add_argument("--json", action="store_true", help="print the verdict as JSON")
    return parser


if __name__ == "__main__":
    sys.exit(main())
