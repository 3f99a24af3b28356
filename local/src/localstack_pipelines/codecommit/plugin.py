"""The entry point ``codecommit:default``."""

from __future__ import annotations

from localstack.services.plugins import Service, aws_provider


@aws_provider()  # type: ignore[untyped-decorator]  # LocalStack has no types for it
def codecommit() -> Service:
    """Return the service. The import is here so that LocalStack starts fast: it calls this on first use."""
    from .provider import CodeCommitProvider  # noqa: PLC0415

    return Service.for_provider(CodeCommitProvider())
