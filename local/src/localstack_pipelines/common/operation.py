"""Handlers of API operations: methods of a provider that receive a checked request."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from localstack.aws.api import RequestContext, handler

if TYPE_CHECKING:
    from collections.abc import Callable

    from botocore.model import Shape  # type: ignore[import-untyped]  # no stubs

type Request = dict[str, Any]
type Response = dict[str, Any]
type Handler = Callable[[Any, RequestContext, Request], Response]


def operation(name: str, check: Callable[[Request, Shape], Request]) -> Callable[[Handler], Handler]:
    """Make a method the handler of an API operation.

    :param check: receives the parsed request and the operation's input shape; returns the request that the method
        receives, or raises an error of the API.
    """

    def decorate(method: Handler) -> Handler:
        @handler(name, expand=False)
        @functools.wraps(method)
        def handle(provider: Any, context: RequestContext, request: Request) -> Response:
            if context.operation is None or context.operation.input_shape is None:
                raise TypeError(f"{name} has no input shape in the service model.")
            return method(provider, context, check(request or {}, context.operation.input_shape))

        return handle

    return decorate
