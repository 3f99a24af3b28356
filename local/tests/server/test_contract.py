"""What the server relies on in LocalStack, rolo and hypercorn: each test covers what an upgrade may change."""

from __future__ import annotations

import inspect
import threading
from importlib.metadata import entry_points

from hypercorn import Config
from hypercorn.asyncio import serve
from localstack import config
from localstack.logging.setup import setup_hypercorn_logger
from localstack.runtime import current
from localstack.runtime.components import Components
from localstack.runtime.runtime import LocalstackRuntime
from localstack.runtime.server.core import RuntimeServer, RuntimeServerPlugin
from plux import PluginManager
from rolo.gateway.asgi import AsgiGateway

from localstack_pipelines.server.plugin import LoopbackRuntimeServerPlugin
from localstack_pipelines.server.runtime_server import LoopbackRuntimeServer

METHODS = {
    "register": ["self", "gateway", "listen", "ssl_creds"],
    "run": ["self"],
    "shutdown": ["self"],
}


def parameters(function: object) -> list[str]:
    return list(inspect.signature(function).parameters)  # type: ignore[arg-type]


def test_the_namespace_is_the_one_of_our_entry_point() -> None:
    assert RuntimeServerPlugin.namespace == "localstack.runtime.server"
    (ours,) = entry_points(group=RuntimeServerPlugin.namespace, name="loopback")
    assert ours.load() is LoopbackRuntimeServerPlugin
    assert LoopbackRuntimeServerPlugin.name == "loopback"


def test_the_plugin_manager_makes_the_server() -> None:
    plugins = PluginManager(RuntimeServerPlugin.namespace)
    assert plugins.exists("loopback")
    plugins.load("loopback")
    assert isinstance(plugins.get_container("loopback").load_value, LoopbackRuntimeServer)


def test_the_server_has_exactly_the_known_methods() -> None:
    public = {name for name in vars(RuntimeServer) if not name.startswith("_")}
    assert public == set(METHODS)
    for name, expected in METHODS.items():
        assert parameters(getattr(RuntimeServer, name)) == expected
        assert parameters(getattr(LoopbackRuntimeServer, name)) == expected


def test_the_server_is_chosen_by_the_configuration() -> None:
    assert isinstance(config.GATEWAY_SERVER, str)
    assert str(config.HostAndPort("127.0.0.1", 4566)) == "127.0.0.1:4566"


def test_the_runtime_tells_when_it_stops() -> None:
    runtime = LocalstackRuntime(Components())
    assert isinstance(runtime.stopping, threading.Event)
    assert isinstance(runtime.stopped, threading.Event)
    assert runtime.exit_code == 0
    assert parameters(runtime.exit) == ["code"]
    assert callable(current.get_current_runtime)


def test_the_gateway_can_be_served_as_an_asgi_application() -> None:
    assert parameters(AsgiGateway.__init__)[:3] == ["self", "gateway", "event_loop"]
    assert callable(AsgiGateway.close)


def test_hypercorn_serves_until_its_trigger_returns() -> None:
    assert inspect.iscoroutinefunction(serve)
    assert {"app", "config", "shutdown_trigger"} <= set(parameters(serve))
    for option in ("bind", "h11_pass_raw_headers", "keep_alive_timeout", "loglevel"):
        assert hasattr(Config(), option)
    setup_hypercorn_logger(Config())
