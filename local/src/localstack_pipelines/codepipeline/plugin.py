"""The entry point of the provider ``codepipeline:default``."""

from __future__ import annotations

from localstack.services.plugins import Service, aws_provider


@aws_provider()  # type: ignore[untyped-decorator]  # of LocalStack
def codepipeline() -> Service:
    """Make the CodePipeline service."""
    from localstack_pipelines.codepipeline.provider import CodePipelineProvider  # noqa: PLC0415

    return Service.for_provider(CodePipelineProvider())
