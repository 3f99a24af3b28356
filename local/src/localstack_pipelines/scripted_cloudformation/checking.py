"""Checks requests against the service model, as the service does before anything else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from localstack.aws.spec import load_service

from localstack_pipelines.common.errors import SerializationException, ValidationException
from localstack_pipelines.common.validation import check_request

from .errors import invalid

if TYPE_CHECKING:
    from .script import ApiObject


def check(operation: str, request: ApiObject) -> ApiObject:
    """Return the request without its empty members.

    :raises Refusal: names every constraint that is broken.
    """
    shape = load_service("cloudformation").operation_model(operation).input_shape
    try:
        return check_request(request, shape)
    except (SerializationException, ValidationException) as error:
        raise invalid(error.message) from error
