"""Deploys and invokes the handlers in ``handlers``."""

from __future__ import annotations

import base64
import io
import json
import uuid
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from waiting import wait_until

if TYPE_CHECKING:
    from changegate_cli.local.instance import LocalAws

HANDLERS = Path(__file__).with_name("handlers")

ROLE = "arn:aws:iam::000000000000:role/function"


def zip_of(**sources: str) -> bytes:
    """Return a zip of the given modules, by default of all handlers."""
    modules = sources or {path.stem: path.read_text() for path in HANDLERS.glob("*.py")}
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        for name, source in modules.items():
            file.writestr(f"{name}.py", source)
    return archive.getvalue()


@dataclass(frozen=True)
class Answer:
    """The answer of an Invoke."""

    payload: Any
    function_error: str | None
    log: str


@dataclass(frozen=True)
class Function:
    """A deployed function."""

    aws: LocalAws
    name: str

    def invoke(self, **event: Any) -> Answer:
        """Invoke it and return the answer; its log is the tail of up to 4 KB."""
        response = self.aws.client("lambda").invoke(
            FunctionName=self.name, Payload=json.dumps(event).encode(), LogType="Tail"
        )
        return Answer(
            json.loads(response["Payload"].read()),
            response.get("FunctionError"),
            base64.b64decode(response["LogResult"]).decode(errors="replace"),
        )

    def wait_until_settled(self) -> dict[str, Any]:
        """Wait for the end of a creation or update and return the configuration."""
        client = self.aws.client("lambda")

        def configuration() -> dict[str, Any]:
            answer: dict[str, Any] = client.get_function_configuration(FunctionName=self.name)
            return answer

        def settled() -> bool:
            now = configuration()
            return now["State"] != "Pending" and now["LastUpdateStatus"] != "InProgress"

        assert wait_until(settled, 30)
        return configuration()


def deploy(aws: LocalAws, handler: str, *, code: bytes | None = None, **settings: Any) -> Function:
    """Create a function with a new name and the given handler, such as ``functions.echo``."""
    function = Function(aws, f"f-{uuid.uuid4().hex[:12]}")
    aws.client("lambda").create_function(
        **{
            "FunctionName": function.name,
            "Runtime": "python3.13",
            "Role": ROLE,
            "Handler": handler,
            "Code": {"ZipFile": code or zip_of()},
            "Timeout": 20,
            **settings,
        }
    )
    function.wait_until_settled()
    return function
