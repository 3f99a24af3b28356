"""Tags of pipelines (API reference, ``TagResource``; User Guide, "Quotas in AWS CodePipeline")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from localstack_pipelines.codepipeline.errors import (
    InvalidArnException,
    InvalidTagsException,
    ResourceNotFoundException,
    TooManyTagsException,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from localstack_pipelines.codepipeline.model import Pipeline

MAX_TAGS = 50


def with_tags(tags: Mapping[str, str], added: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """Return the tags with others added; a given key gets the new value.

    :raises InvalidTagsException: a key is reserved or given twice.
    :raises TooManyTagsException: there would be more than 50.
    """
    keys = [tag["key"] for tag in added]
    for key in keys:
        if key.lower().startswith("aws:"):
            raise InvalidTagsException(f"The tag key '{key}' is reserved: keys must not start with 'aws:'.")
    if len(set(keys)) != len(keys):
        raise InvalidTagsException("A tag key is given more than once.")
    merged = {**tags, **{tag["key"]: tag["value"] for tag in added}}
    if len(merged) > MAX_TAGS:
        raise TooManyTagsException(f"A resource can have at most {MAX_TAGS} tags; it would have {len(merged)}.")
    return merged


def find_resource(pipelines: Mapping[str, Pipeline], arn: str) -> Pipeline:
    """Return the pipeline that an ARN names.

    :param pipelines: those of one account and region.
    :raises InvalidArnException: the ARN does not have the form of a pipeline's.
    :raises ResourceNotFoundException: there is no such pipeline in the account and region.
    """
    parts = arn.split(":")
    if len(parts) != 6 or parts[0] != "arn" or parts[2] != "codepipeline":
        raise InvalidArnException(f"'{arn}' is not the ARN of a pipeline.")
    pipeline = pipelines.get(parts[5])
    if pipeline is None or pipeline.arn != arn:
        raise ResourceNotFoundException(f"There is no resource with the ARN '{arn}'.")
    return pipeline
