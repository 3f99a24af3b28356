"""The entry point ``codepipeline_event_target``: a hook that LocalStack runs when it starts."""

from __future__ import annotations

from localstack.runtime import hooks


@hooks.on_infra_start()  # type: ignore[untyped-decorator]  # LocalStack has no types for it
def register_codepipeline_target() -> None:
    """Register the target for ARNs of the service ``codepipeline``."""
    from localstack.services.events.target import TargetSenderFactory  # noqa: PLC0415  # slow to import

    from .target import SERVICE, CodePipelineTargetSender  # noqa: PLC0415

    TargetSenderFactory.register_target_sender(SERVICE, CodePipelineTargetSender)
