"""The command ``changegate-local``: demo, up, push and down."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from changegate_cli.local import commands
from changegate_cli.local.checkout import Checkout
from changegate_cli.local.display import open_display
from changegate_cli.local.environment import isolate
from changegate_cli.local.errors import LocalRunError
from changegate_cli.local.signals import EXIT_BY_SIGNAL, Terminated, as_exceptions

if TYPE_CHECKING:
    from collections.abc import Sequence

EXIT_INTERRUPTED = EXIT_BY_SIGNAL + 2

COMMANDS = {
    "demo": (commands.demo, "start a local AWS, push four times, show what happened, stop it"),
    "up": (commands.up, "start a local AWS that stays, apply everything, push the sample"),
    "push": (commands.push, "push the sample as it is now, and follow it"),
    "down": (commands.down, "stop the local AWS that `up` has started"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0, 1 for a failure, 128 + n when signal n has ended it."""
    parser = argparse.ArgumentParser(
        prog="changegate-local", description="Changegate on one machine, without an AWS account."
    )
    parser.add_argument(
        "--checkout",
        type=Path,
        default=Checkout.of_this_package().root,
        help="checkout of the project to run (default: the one this command is installed from)",
    )
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, (_, text) in COMMANDS.items():
        subparsers.add_parser(name, help=text, description=text)
    options = parser.parse_args(arguments)
    command, _ = COMMANDS[options.command]

    display = open_display()
    isolate()
    with as_exceptions():
        try:
            return command(Checkout(options.checkout.absolute()), display)
        except LocalRunError as error:
            return _fail(str(error))
        except (BotoCoreError, ClientError, ResponseParserError) as error:
            return _fail(f"The local AWS did not answer as it should: {error}")
        except BrokenPipeError:
            # Whoever read the output has gone. Without this, closing the stream would complain once more.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 1
        except KeyboardInterrupt:
            print("interrupted", file=sys.stderr)
            return EXIT_INTERRUPTED
        except Terminated as end:
            print(f"ended by {end}", file=sys.stderr)
            return end.exit_code


def _fail(sentence: str) -> int:
    print(f"changegate-local: {sentence}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
