"""The endpoints that set scripts and return journals: routes of LocalStack's gateway."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote

from localstack.http import Response

from .reader import ScriptError

if TYPE_CHECKING:
    from localstack.http import Request, Router

    from .service import ScriptedCloudFormation

PATH: Final = "/_localstack_pipelines/cloudformation"


class ScriptEndpoints:
    """Handles the requests that ``README.md`` lists under Endpoints."""

    def __init__(self, service: ScriptedCloudFormation) -> None:
        self._service = service

    def register(self, router: Router[Any]) -> None:
        """Add the routes."""
        router.add(PATH, self.everything, methods=["GET"])
        router.add(PATH, self.forget, methods=["DELETE"])
        router.add(f"{PATH}/scripts/<pattern>", self.read, methods=["GET"])
        router.add(f"{PATH}/scripts/<pattern>", self.write, methods=["PUT"])
        router.add(f"{PATH}/scripts/<pattern>", self.remove, methods=["DELETE"])

    def everything(self, request: Request) -> Response:  # noqa: ARG002  # the router's interface
        """Return all state."""
        return _json(HTTPStatus.OK, self._service.state())

    def forget(self, request: Request) -> Response:  # noqa: ARG002
        """Delete all state."""
        self._service.forget()
        return _json(HTTPStatus.OK, {})

    def read(self, request: Request, pattern: str) -> Response:  # noqa: ARG002
        """Return a script, its stacks and its journal."""
        pattern = unquote(pattern)
        state = self._service.script_state(pattern)
        return _absent(pattern) if state is None else _json(HTTPStatus.OK, state)

    def write(self, request: Request, pattern: str) -> Response:
        """Set a script."""
        # LocalStack routes by the undecoded path.
        pattern = unquote(pattern)
        try:
            self._service.set_script(pattern, json.loads(request.get_data()))
        except ScriptError as error:
            return _json(HTTPStatus.BAD_REQUEST, {"message": str(error)})
        except ValueError as error:
            return _json(HTTPStatus.BAD_REQUEST, {"message": f"The script is not valid JSON: {error}."})
        return _json(HTTPStatus.OK, {"pattern": pattern})

    def remove(self, request: Request, pattern: str) -> Response:  # noqa: ARG002
        """Delete a script."""
        pattern = unquote(pattern)
        return _json(HTTPStatus.OK, {}) if self._service.remove_script(pattern) else _absent(pattern)


def _absent(pattern: str) -> Response:
    return _json(HTTPStatus.NOT_FOUND, {"message": f"There is no script {pattern}."})


def _json(status: HTTPStatus, content: object) -> Response:
    return Response(json.dumps(content), status=status, mimetype="application/json")
