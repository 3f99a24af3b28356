"""Lets EventBridge rules start pipelines: a hook at the start of LocalStack registers the target."""

from __future__ import annotations

from localstack.runtime import hooks


@hooks.on_infra_start()  # type: ignore[untyped-decorator]  # LocalStack does not type it
def register_codepipeline_target() -> None:
    """Register the target for ARNs of the service ``codepipeline``."""
    from localstack.services.events.target import TargetSenderFactory  # noqa: PLC0415  # slow, and not at import

    from .target import SERVICE, CodePipelineTargetSender  # noqa: PLC0415

    TargetSenderFactory.register_target_sender(SERVICE, CodePipelineTargetSender)
