"""Tags of pipelines (API reference, ``TagResource``; User Guide, "Quotas in AWS CodePipeline")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .errors import (
    InvalidArnException,
    InvalidTagsException,
    ResourceNotFoundException,
    TooManyTagsException,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .models import Pipeline

MAX_TAGS = 50


def with_tags(tags: Mapping[str, str], added: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """Return the tags together with added ones, which replace tags with the same key.

    :raises InvalidTagsException: a key is reserved or given twice.
    :raises TooManyTagsException: the result has more than 50 tags.
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
    """Return the pipeline with an ARN.

    :param pipelines: the pipelines of one account and region, by name.
    :raises InvalidArnException: the ARN is not that of a pipeline.
    :raises ResourceNotFoundException: the account and region have no such pipeline.
    """
    parts = arn.split(":")
    if len(parts) != 6 or parts[0] != "arn" or parts[2] != "codepipeline":
        raise InvalidArnException(f"'{arn}' is not the ARN of a pipeline.")
    pipeline = pipelines.get(parts[5])
    if pipeline is None or pipeline.arn != arn:
        raise ResourceNotFoundException(f"No resource has the ARN '{arn}'.")
    return pipeline
