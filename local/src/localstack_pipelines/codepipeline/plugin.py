"""The entry point ``codepipeline:default``."""

from __future__ import annotations

from localstack.services.plugins import Service, aws_provider


@aws_provider()  # type: ignore[untyped-decorator]  # LocalStack has no types for it
def codepipeline() -> Service:
    """Return the service. The import is here so that LocalStack starts fast: it calls this on first use."""
    from .provider import CodePipelineProvider  # noqa: PLC0415

    return Service.for_provider(CodePipelineProvider())
