"""The entry points: the provider ``cloudformation:scripted`` and the hook that adds its endpoints."""

from __future__ import annotations

from localstack import config
from localstack.runtime import hooks
from localstack.services.plugins import Service, aws_provider


@aws_provider(api="cloudformation", name="scripted")  # type: ignore[untyped-decorator]  # LocalStack does not type it
def cloudformation_scripted() -> Service:
    """Return the service. It imports on first use, so it does not slow LocalStack's start."""
    from .provider import ScriptedCloudFormationProvider, handlers  # noqa: PLC0415

    return Service.for_provider(ScriptedCloudFormationProvider(), dispatch_table_factory=handlers)


def _is_chosen() -> bool:
    return bool(config.SERVICE_PROVIDER_CONFIG.get_provider("cloudformation") == "scripted")


@hooks.on_infra_start(should_load=_is_chosen)  # type: ignore[untyped-decorator]  # LocalStack does not type it
def register_script_endpoints() -> None:
    """Add the endpoints at the start, because clients set scripts before the first CloudFormation call."""
    from localstack.services.edge import ROUTER  # noqa: PLC0415  # slow to import

    from .endpoints import ScriptEndpoints  # noqa: PLC0415
    from .provider import SERVICE  # noqa: PLC0415

    ScriptEndpoints(SERVICE).register(ROUTER)
