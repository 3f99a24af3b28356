"""The command ``changegate``: its arguments, its exit codes and how it reports an error.

What a subcommand imports is imported when it runs: a script that needs the verdict as JSON does not wait for boto3.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from changegate_cli.errors import CommandError
from changegate_cli.signals import EXIT_INTERRUPTED, Terminated, as_exceptions

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code; 128 + n when signal n has ended it."""
    options = _parser().parse_args(arguments)
    with as_exceptions():
        try:
            code: int = options.run(options)
        except CommandError as error:
            return _fail(str(error), error.exit_code)
        except BrokenPipeError:
            # The reader of the output has gone. Without this, closing the stream would fail again.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 1
        except KeyboardInterrupt:
            return _fail("interrupted", EXIT_INTERRUPTED)
        except Terminated as end:
            return _fail(f"ended by {end}", end.exit_code)
    return code


def _fail(sentence: str, code: int) -> int:
    sys.stderr.write(f"changegate: {sentence}\n")
    return code


class _Version(argparse.Action):
    """Prints the version of the installed distribution; pyproject.toml has the number."""

    def __init__(self, option_strings: Sequence[str], dest: str, **options: Any) -> None:
        super().__init__(option_strings, dest, nargs=0, **options)

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import version  # noqa: PLC0415

        sys.stdout.write(f"changegate {version('changegate')}\n")
        parser.exit()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="changegate",
        description="Continuous delivery for CloudFormation that never deletes or replaces a resource nobody agreed "
        "to lose.",
    )
    parser.add_argument("--version", action=_Version, help="print the version and exit")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_inspect(commands)
    _add_watch(commands)
    _add_local(commands)
    return parser


def _add_inspect(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    inspect = commands.add_parser(
        "inspect",
        help="judge a change set",
        description="Judges a change set with the code that the deployment runs. Exit code: 0 safe, 3 unsafe, 2 bad "
        "input.",
    )
    change_set = inspect.add_mutually_exclusive_group(required=True)
    change_set.add_argument(
        "files",
        nargs="*",
        default=[],
        metavar="FILE",
        help="answers of DescribeChangeSet as JSON, one or a list of them in a file; all pages, and those of nested "
        "change sets; - is standard input",
    )
    change_set.add_argument(
        "--change-set", metavar="ARN", help="read this change set and its nested change sets from AWS"
    )
    inspect.add_argument(
        "--policy", metavar="FILE", help="policy to judge by: JSON in the shape of the Terraform variable 'policy'"
    )
    inspect.add_argument("--json", action="store_true", help="print the verdict as JSON")
    inspect.set_defaults(run=_inspect)


def _add_watch(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    watch = commands.add_parser(
        "watch",
        help="follow an execution of a pipeline",
        description="Follows an execution of a pipeline to its end: the stages, the states of the state machine, the "
        "events of the stack, the verdict. A terminal shows a live picture; elsewhere, and with CI or NO_COLOR set, "
        "each event is a line. The credentials and settings are those of the AWS SDKs. Exit code: 0 the execution "
        "succeeded, 1 it did not, 2 it cannot be followed.",
    )
    watch.add_argument("pipeline", metavar="PIPELINE", help="name of the pipeline: the Terraform variable 'name'")
    watch.add_argument("--execution", metavar="ID", help="execution of the pipeline (default: the newest)")
    watch.add_argument("--region", metavar="REGION", help="region of the pipeline (default: that of the AWS settings)")
    watch.set_defaults(run=_watch)


def _add_local(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    local = commands.add_parser(
        "local",
        help="run everything on this machine",
        description="Runs Changegate on this machine, without an AWS account, from a checkout of the project.",
    )
    actions = local.add_subparsers(dest="action", required=True, metavar="COMMAND")
    for name, text in (
        ("demo", "start a local AWS, push four times, show the results, stop it"),
        ("up", "start a local AWS that keeps running, apply everything, push the sample"),
        ("push", "push the sample as it is now, and follow it"),
        ("down", "stop the local AWS that `up` has started"),
    ):
        action = actions.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.")
        action.add_argument(
            "--checkout",
            type=Path,
            metavar="DIR",
            help="checkout of the project (default: the one this command is installed from)",
        )
    local.set_defaults(run=_local)


def _inspect(options: argparse.Namespace) -> int:
    from changegate_cli.inspect.command import run  # noqa: PLC0415

    return run(options.files, options.change_set, policy=options.policy, as_json=options.json)


def _watch(options: argparse.Namespace) -> int:
    from changegate_cli.watch.command import run  # noqa: PLC0415

    return run(options.pipeline, options.execution, options.region)


def _local(options: argparse.Namespace) -> int:
    from changegate_cli.local.checkout import find  # noqa: PLC0415

    checkout = find(options.checkout)
    from changegate_cli.local.command import run  # noqa: PLC0415

    return run(options.action, checkout)


if __name__ == "__main__":
    sys.exit(main())
