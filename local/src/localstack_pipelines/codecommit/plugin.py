"""The entry point of the CodeCommit provider, ``codecommit:default``."""

from __future__ import annotations

from localstack.services.plugins import Service, aws_provider


@aws_provider()  # type: ignore[untyped-decorator]  # LocalStack does not type it
def codecommit() -> Service:
    """Make the service. Imports wait until it is first used, so that LocalStack starts as fast as without it."""
    from .provider import CodeCommitProvider  # noqa: PLC0415

    return Service.for_provider(CodeCommitProvider())
