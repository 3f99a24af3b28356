"""Reads the journal and the state of the scripted CloudFormation."""

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
    """The calls about the stacks of one script, and their state."""

    calls: Sequence[dict[str, Any]]
    stacks: Sequence[dict[str, Any]]

    def parameters(self, operation: str) -> dict[str, Any]:
        """Return the parameters of the first call of an operation."""
        return next(call["parameters"] for call in self.calls if call["operation"] == operation)


def effects(journal: Journal) -> list[str]:
    """Return every call that could change something, in order.

    ``CreateStack`` is a call that succeeded, ``CreateStack=`` one that returned the answer of an earlier call with the
    same token, ``CreateStack!Throttling`` one that failed with that code and had no effect, and
    ``CreateStack+InternalFailure`` one that took effect but answered with that code.
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
    """Set the script of a stack.

    :raises AssertionError: the script is invalid; the message says why.
    """
    _request(aws, "PUT", _SCRIPTS + urllib.parse.quote(stack_name), script)


def read_journal(aws: LocalAws, stack_name: str) -> Journal:
    """Return the journal of a script."""
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
