"""Reads what the scripted CloudFormation has written down: its journal and its state."""

from __future__ import annotations

import json
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from changegate_cli.local.instance import LocalAws
    from tests.machine.scenarios.scripts import Script

_SCRIPTS = "/_localstack_pipelines/cloudformation/scripts/"
_LOOKING = ("Describe", "List", "Get", "Validate")


@dataclass(frozen=True)
class Journal:
    """What happened to the stacks of one script."""

    calls: Sequence[dict[str, Any]]
    stacks: Sequence[dict[str, Any]]

    def parameters(self, operation: str) -> dict[str, Any]:
        """Return the parameters of the first call of an operation."""
        return next(call["parameters"] for call in self.calls if call["operation"] == operation)


def effects(journal: Journal) -> list[str]:
    """Return every call that could change something, in order.

    ``CreateStack`` is a call that was answered, ``CreateStack=`` one that was answered as the same call with the same
    token had been before, ``CreateStack!Throttling`` one that was refused with that code and did nothing, and
    ``CreateStack+InternalFailure`` one that did what it was to do and was answered with that code all the same.
    """
    found: list[str] = []
    tokens: set[tuple[str, str]] = set()
    for call in journal.calls:
        operation: str = call["operation"]
        code: str = call.get("error", {}).get("code", "")
        if operation.startswith(_LOOKING):
            continue
        if "answer" not in call:
            found.append(f"{operation}!{code}")
            continue
        token = call["parameters"].get("ClientRequestToken") or call["parameters"].get("ClientToken")
        repeated = token is not None and (operation, token) in tokens
        if token is not None:
            tokens.add((operation, token))
        found.append(operation + ("=" if repeated else "") + (f"+{code}" if code else ""))
    return found


def write_script(aws: LocalAws, stack_name: str, script: Script) -> None:
    """Set the script of a stack; an error says what is wrong with it."""
    _request(aws, "PUT", _SCRIPTS + urllib.parse.quote(stack_name), script)


def read_journal(aws: LocalAws, stack_name: str) -> Journal:
    """Return what has happened to the stacks of a script."""
    content = _request(aws, "GET", _SCRIPTS + urllib.parse.quote(stack_name), None)
    return Journal(content["journal"], content["stacks"])


def _request(aws: LocalAws, method: str, path: str, content: object) -> Any:
    body = None if content is None else json.dumps(content).encode()
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(aws.endpoint_url + path, data=body, headers=headers, method=method)  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=60) as response:  # noqa: S310
            return json.loads(response.read() or b"null")
    except urllib.error.HTTPError as error:
        raise AssertionError(f"{method} {path}: {error.read().decode()}") from error
