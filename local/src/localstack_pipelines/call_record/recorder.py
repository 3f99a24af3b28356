"""The recorder: writes a line of JSON for every call that a role makes.

A call is a role's if it has credentials from ``AssumeRole``. LocalStack assumes the roles of functions and state
machines for them, so the record has their calls with their roles. It omits the calls of tests, Terraform and LocalStack
itself.
"""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any

from localstack.utils.aws.request_context import extract_access_key_id_from_auth_header

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from localstack.aws.api import RequestContext
    from rolo.gateway import HandlerChain
    from werkzeug import Response

# The members of answers that are recorded.
IDENTIFYING = {"ChangeSetId", "Id", "StackId", "VersionId", "executionArn"}


class Recorder:
    """A response handler that writes to ``path``.

    Each line is an object: ``role`` (the role's ARN), ``session`` (the name of the role session), ``service`` and
    ``operation`` (as in the API model), ``account`` and ``region``, ``parameters`` (of the request, without bodies),
    ``error`` (the error code, or null) and ``answer`` (the identifiers in the response, those of list items included).
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._sessions: dict[str, tuple[str, str]] = {}

    def __call__(
        self,
        chain: HandlerChain[RequestContext],  # noqa: ARG002  # LocalStack's interface
        context: RequestContext,
        response: Response,  # noqa: ARG002
    ) -> None:
        """Record the answered call if a role made it."""
        if context.service is None or context.operation is None:
            return
        asked: Mapping[str, Any] = {} if context.service_request is None else context.service_request
        answer = context.service_response or {}
        if (context.service.service_name, context.operation.name) == ("sts", "AssumeRole") and "Credentials" in answer:
            self._learn(asked, answer)
        key = extract_access_key_id_from_auth_header(dict(context.request.headers))
        with self._lock:
            found = self._sessions.get(key or "")
            if found is None:
                return
            line = {
                "role": found[0],
                "session": found[1],
                "service": context.service.service_name,
                "operation": context.operation.name,
                "account": context.account_id,
                "region": context.region,
                "parameters": plain(asked),
                "error": None if context.service_exception is None else context.service_exception.code,
                "answer": identified(answer),
            }
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line) + "\n")

    def _learn(self, request: Mapping[str, Any], answer: Mapping[str, Any]) -> None:
        with self._lock:
            key = answer["Credentials"]["AccessKeyId"]
            self._sessions[key] = (str(request["RoleArn"]), str(request["RoleSessionName"]))


def identified(answer: Mapping[str, Any]) -> dict[str, Any]:
    """Return the identifiers in a response, those of list items included."""
    found: dict[str, Any] = {name: value for name, value in answer.items() if name in IDENTIFYING and value is not None}
    for name, value in answer.items():
        items = [identified(item) for item in value if isinstance(item, dict)] if isinstance(value, list) else []
        if any(items):
            found[name] = items
    return found


def plain(value: Any) -> Any:
    """Return ``value`` as JSON; request bodies become null."""
    if isinstance(value, dict):
        return {str(name): plain(member) for name, member in value.items() if member is not None}
    if isinstance(value, list | tuple):
        return [plain(member) for member in value]
    if isinstance(value, str | int | float | bool):
        return value
    return None
