"""The parts of LocalStack and dulwich that CodeCommit relies on. A test fails when an upgrade changes them."""

from __future__ import annotations

import inspect
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest
from dulwich.hooks import Hook
from dulwich.repo import Repo
from dulwich.web import HTTPGitApplication
from localstack import config
from localstack.aws import handlers
from localstack.aws.api import RequestContext, ServiceException
from localstack.aws.app import LocalstackAwsGateway
from localstack.aws.connect import connect_to
from localstack.aws.skeleton import create_dispatch_table
from localstack.aws.spec import load_service
from localstack.http import Request, Response, Router
from localstack.services.edge import ROUTER
from localstack.services.plugins import (
    PLUGIN_NAMESPACE,
    Service,
    ServiceLifecycleHook,
    ServicePlugin,
    aws_provider,
)
from localstack.services.stores import AccountRegionBundle
from localstack.state import StateLifecycleHook
from plux import PluginManager, PluginSpec

from localstack_pipelines.codecommit import errors
from localstack_pipelines.codecommit.plugin import codecommit
from localstack_pipelines.codecommit.provider import CodeCommitProvider
from localstack_pipelines.codecommit.store import CodeCommitStore
from localstack_pipelines.common.errors import SerializationException

MODEL = load_service("codecommit")
ERROR_CLASSES = [
    value
    for value in vars(errors).values()
    if inspect.isclass(value) and issubclass(value, errors.CodeCommitError) and value is not errors.CodeCommitError
]


def test_the_provider_is_the_only_one_for_codecommit() -> None:
    found = [point.value for point in entry_points(group=PLUGIN_NAMESPACE) if point.name.startswith("codecommit:")]
    assert found == ["localstack_pipelines.codecommit.plugin:codecommit"]


def test_the_entry_point_is_a_plugin_of_the_provider_namespace() -> None:
    assert isinstance(codecommit, PluginSpec)
    assert (codecommit.namespace, codecommit.name) == ("localstack.aws.provider", "codecommit:default")
    assert list(inspect.signature(aws_provider).parameters) == ["api", "name", "should_load"]


def test_localstack_loads_the_provider_as_a_service() -> None:
    manager: PluginManager[ServicePlugin] = PluginManager(PLUGIN_NAMESPACE)
    service = manager.load("codecommit:default").service
    assert isinstance(service, Service)
    assert service.name() == "codecommit"
    assert isinstance(service.lifecycle_hook, CodeCommitProvider)


def test_every_handler_is_an_operation_of_the_api_model() -> None:
    operations = set(create_dispatch_table(CodeCommitProvider()))
    assert operations <= set(MODEL.operation_names)
    assert {"CreateRepository", "GetBranch", "CreateCommit", "ListTagsForResource"} <= operations


def test_handlers_are_called_with_the_context_and_the_parsed_request() -> None:
    calls: list[tuple[Any, ...]] = []

    class Provider(CodeCommitProvider):
        def get_repository(self, *arguments: Any) -> dict[str, Any]:
            calls.append(arguments)
            return {}

    context, request = RequestContext(Request()), {"repositoryName": "a"}
    create_dispatch_table(Provider())["GetRepository"](context, request)  # type: ignore[arg-type]
    assert calls == [(context, request)]


def test_handlers_refuse_members_of_another_type() -> None:
    context = RequestContext(Request())
    context.operation = MODEL.operation_model("GetRepository")
    handle = create_dispatch_table(CodeCommitProvider())["GetRepository"]
    with pytest.raises(SerializationException, match="'repositoryName' must be of type string"):
        handle(context, {"repositoryName": 7})  # type: ignore[arg-type]


@pytest.mark.parametrize("error", ERROR_CLASSES, ids=lambda error: error.__name__)
def test_every_error_is_one_of_the_api_model(error: type[errors.CodeCommitError]) -> None:
    assert MODEL.shape_for(error.__name__).metadata["exception"] is True
    raised = error("why")
    assert isinstance(raised, ServiceException)
    assert (raised.code, raised.status_code, raised.message) == (error.__name__, 400, "why")


def test_the_router_takes_and_removes_rules_with_patterns() -> None:
    assert isinstance(ROUTER, Router)
    router: Router[Any] = Router(dispatcher=lambda request, endpoint, args: endpoint(request, **args))
    rule = router.add(
        path='/git/<regex("[0-9]{2}"):account>/<name>',
        endpoint=lambda request, account, name: Response(f"{account} {name}"),
        methods=["GET"],
    )
    assert router.dispatch(Request(path="/git/12/x")).get_data() == b"12 x"
    router.remove([rule])
    with pytest.raises(Exception, match="404"):
        router.dispatch(Request(path="/git/12/x"))


def test_routes_are_served_after_decompression_and_before_a_service_is_guessed() -> None:
    chain = LocalstackAwsGateway().request_handlers
    decoded, routed, guessed = (
        chain.index(handler)
        for handler in (handlers.content_decoder, handlers.serve_edge_router_rules, handlers.parse_service_name)
    )
    assert decoded < routed < guessed


def test_stores_know_the_service_and_its_regions() -> None:
    stores = AccountRegionBundle("codecommit", CodeCommitStore)
    assert stores["000000000000"]["eu-west-1"].repositories == {}
    with pytest.raises(ValueError, match="not a valid AWS region"):
        stores["000000000000"]["nowhere"]


def test_the_life_cycle_hooks_that_the_provider_overrides_exist() -> None:
    for hook in ("on_before_start", "on_before_stop"):
        assert hook in vars(ServiceLifecycleHook)
    assert "on_after_state_reset" in vars(StateLifecycleHook)


def test_localstack_says_where_it_is_and_where_to_write() -> None:
    assert config.external_service_url().startswith("http")
    assert Path(config.dirs.tmp).is_absolute()


def test_the_internal_clients_take_account_and_region() -> None:
    clients = connect_to(aws_access_key_id="000000000000", region_name="eu-west-1")
    assert clients.events.meta.region_name == "eu-west-1"
    assert hasattr(clients.events, "put_events")


def test_dulwich_keeps_hooks_by_their_git_names(tmp_path: Path) -> None:
    with Repo.init_bare(str(tmp_path / "bare"), mkdir=True) as git:
        assert {"update", "post-receive"} <= set(git.hooks)
        assert all(isinstance(hook, Hook) for hook in git.hooks.values())


def test_dulwich_serves_a_backend_through_wsgi() -> None:
    assert next(iter(inspect.signature(HTTPGitApplication).parameters)) == "backend"
    assert callable(HTTPGitApplication.__call__)
