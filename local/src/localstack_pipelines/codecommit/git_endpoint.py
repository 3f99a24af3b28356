"""The git endpoint: smart HTTP (clone, fetch, push) as routes of LocalStack's gateway.

dulwich implements the protocol. Its WSGI application is called directly, because werkzeug's buffered
``Response.from_app`` loses the output that an application writes through the return value of ``start_response``.
The endpoint does not request credentials and ignores those that a client sends.
"""

from __future__ import annotations

import contextlib
import io
import logging
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from dulwich.errors import GitProtocolError, HookError
from dulwich.hooks import Hook
from dulwich.server import Backend
from dulwich.web import HTTPGitApplication
from localstack.http import Response

from localstack_pipelines.common.arns import caller_arn

from .models import GIT_PATH
from .references import ReferenceRefusedError, check_change, record_changes
from .state_changes import ReferenceChange
from .store import repositories_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from wsgiref.types import WSGIApplication, WSGIEnvironment

    from dulwich.objects import ObjectID
    from dulwich.refs import Ref
    from dulwich.repo import Repo
    from dulwich.server import BackendRepo
    from localstack.http import Request, Router
    from werkzeug.routing import Rule

    from .models import Repository

LOG = logging.getLogger(__name__)

REPOSITORY_ROUTE = GIT_PATH + '/<regex("[0-9]{12}"):account_id>/<region>/<repository_name>'

# Placeholder for the repository in the path that dulwich receives: the route selects the repository.
PATH_IN_APPLICATION = "/repository"

ZERO_ID = b"0" * 40


class GitEndpoint:
    """The routes of the git endpoint. They serve smart HTTP only, never single files of a repository."""

    def __init__(self, router: Router[Any]) -> None:
        self._router = router
        self._rules: list[Rule] = []

    def register(self) -> None:
        """Add the routes, unless they exist."""
        if self._rules:
            return
        self._rules = [
            self._router.add(path=f"{REPOSITORY_ROUTE}/info/refs", endpoint=self.advertise, methods=["GET"]),
            self._router.add(
                path=f'{REPOSITORY_ROUTE}/<regex("git-(upload|receive)-pack"):service>',
                endpoint=self.serve,
                methods=["POST"],
            ),
        ]

    def unregister(self) -> None:
        """Remove the routes, if they exist."""
        rules, self._rules = self._rules, []
        if rules:
            self._router.remove(rules)

    def advertise(self, request: Request, account_id: str, region: str, repository_name: str) -> Response:
        """Answer ``GET .../info/refs?service=...``: the references and the server's capabilities."""
        if not request.args.get("service"):
            return _refusal(HTTPStatus.FORBIDDEN, "This endpoint supports git's smart HTTP protocol only.")
        return self._handle(request, account_id, region, repository_name, "info/refs")

    def serve(self, request: Request, account_id: str, region: str, repository_name: str, service: str) -> Response:
        """Answer ``POST .../git-upload-pack`` (fetch) or ``git-receive-pack`` (push).

        One push at a time changes a repository: the lock is held until the events are published.
        """
        with contextlib.ExitStack() as held:
            if service == "git-receive-pack" and (repository := _find_repository(account_id, region, repository_name)):
                held.enter_context(repository.lock)
            return self._handle(request, account_id, region, repository_name, service)

    def _handle(self, request: Request, account_id: str, region: str, repository_name: str, resource: str) -> Response:
        repository = _find_repository(account_id, region, repository_name)
        if repository is None:
            return _refusal(HTTPStatus.NOT_FOUND, f"Repository {repository_name} not found.")
        with repository.open() as git:
            git.hooks["update"] = _UpdateHook(repository, git)
            git.hooks["post-receive"] = _PostReceiveHook(repository, git)
            application = HTTPGitApplication(_OneRepository(git))
            try:
                return call_application(application, git_environment(request, resource))
            except GitProtocolError as error:
                return _refusal(HTTPStatus.BAD_REQUEST, str(error))


def git_environment(request: Request, resource: str) -> WSGIEnvironment:
    """Return the WSGI environment of a request for dulwich.

    The gateway has already decoded chunks and compression, but the headers for them are still there: a reader that
    relies on them would decode a second time.
    """
    body = request.get_data(cache=False)
    environment = dict(request.environ)
    for header in ("HTTP_TRANSFER_ENCODING", "HTTP_CONTENT_ENCODING"):
        environment.pop(header, None)
    environment["PATH_INFO"] = f"{PATH_IN_APPLICATION}/{resource}"
    environment["CONTENT_LENGTH"] = str(len(body))
    environment["wsgi.input"] = io.BytesIO(body)
    return environment


def call_application(application: WSGIApplication, environment: WSGIEnvironment) -> Response:
    """Call a WSGI application; return everything that it wrote and yielded as one response."""
    started: list[tuple[str, list[tuple[str, str]]]] = []
    body: list[bytes] = []

    def start_response(
        status: str, headers: list[tuple[str, str]], _exc_info: object = None
    ) -> Callable[[bytes], object]:
        started.append((status, headers))
        return body.append

    result: Iterable[bytes] = application(environment, start_response)
    with contextlib.ExitStack() as closing:
        if hasattr(result, "close"):
            closing.callback(result.close)
        body.extend(result)
    status, headers = started[-1]
    return Response(b"".join(body), status=status, headers=dict(headers))


class _OneRepository(Backend):
    """A backend in which every path is the same repository."""

    def __init__(self, git: Repo) -> None:
        self._git = git

    def open_repository(self, path: str) -> BackendRepo:  # noqa: ARG002  # the base class's signature
        return self._git


class _UpdateHook(Hook):
    """Checks each pushed reference before it changes."""

    def __init__(self, repository: Repository, git: Repo) -> None:
        self._repository = repository
        self._git = git

    def execute(self, *args: Any) -> tuple[bytes, bytes]:
        name, old, new = args
        try:
            check_change(self._repository, self._git, _change(old, new, name))
        except ReferenceRefusedError as refused:
            raise HookError(str(refused)) from refused
        return b"", b""


class _PostReceiveHook(Hook):
    """Records the references that a push has changed."""

    def __init__(self, repository: Repository, git: Repo) -> None:
        self._repository = repository
        self._git = git

    def execute(self, *args: Any) -> bytes:
        updated: Sequence[tuple[ObjectID, ObjectID, Ref]] = args[0]
        changes = [_change(old, new, name) for old, new, name in updated]
        caller = caller_arn(self._repository.account_id)
        record_changes(self._repository, self._git, changes, caller)
        return b""


def _change(old: ObjectID, new: ObjectID, name: Ref) -> ReferenceChange:
    return ReferenceChange(
        name.decode("utf-8", "backslashreplace"),
        None if old == ZERO_ID else old.decode(),
        None if new == ZERO_ID else new.decode(),
    )


def _find_repository(account_id: str, region: str, repository_name: str) -> Repository | None:
    try:
        return repositories_of(account_id, region).get(repository_name)
    except ValueError:  # the region does not exist
        return None


def _refusal(status: HTTPStatus, message: str) -> Response:
    return Response(f"{message}\n", status=status, mimetype="text/plain")
