"""Runs the commands of ``changegate local``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from changegate_cli.local import commands
from changegate_cli.local.environment import isolate
from changegate_cli.local.errors import LocalRunError
from changegate_cli.watch.display import open_display

if TYPE_CHECKING:
    from changegate_cli.local.checkout import Checkout

COMMANDS = {"demo": commands.demo, "up": commands.up, "push": commands.push, "down": commands.down}


def run(name: str, checkout: Checkout) -> int:
    """Run a command and return its exit code.

    :raises LocalRunError: when it cannot continue.
    """
    display = open_display()
    isolate()
    try:
        return COMMANDS[name](checkout, display)
    except (BotoCoreError, ClientError, ResponseParserError) as error:
        raise LocalRunError(f"The local AWS gave an unexpected answer: {error}") from error
