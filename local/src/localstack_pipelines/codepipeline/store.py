"""The pipelines and jobs of each account and region, in LocalStack's stores."""

from __future__ import annotations

from typing import TYPE_CHECKING

from localstack.services.stores import AccountRegionBundle, BaseStore, LocalAttribute

if TYPE_CHECKING:
    from .models import Job, Pipeline


class CodePipelineStore(BaseStore):
    """The pipelines, by name, and the jobs, by id, of one account in one region."""

    pipelines: dict[str, Pipeline] = LocalAttribute(default=dict)  # type: ignore[assignment]  # a descriptor
    jobs: dict[str, Job] = LocalAttribute(default=dict)  # type: ignore[assignment]  # a descriptor


codepipeline_stores: AccountRegionBundle[CodePipelineStore] = AccountRegionBundle("codepipeline", CodePipelineStore)
