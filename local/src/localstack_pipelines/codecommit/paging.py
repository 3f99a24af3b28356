"""Pages of a list, with the ``nextToken`` of the API."""

from __future__ import annotations

import base64
import binascii
import json
from typing import TYPE_CHECKING

from . import errors

if TYPE_CHECKING:
    from collections.abc import Sequence


def page[T](items: Sequence[T], token: str | None, size: int, *, listing: str) -> tuple[Sequence[T], str | None]:
    """Return one page of ``items`` and the token of the next one, None on the last.

    :param listing: what is listed and how; a token of another listing is refused.
    :raises errors.InvalidContinuationTokenException: when the token was not issued for this listing.
    """
    start = 0 if token is None else _position(token, listing)
    end = start + size
    following = _token(end, listing) if end < len(items) else None
    return items[start:end], following


def _token(position: int, listing: str) -> str:
    return base64.urlsafe_b64encode(json.dumps([listing, position]).encode()).decode()


def _position(token: str, listing: str) -> int:
    try:
        match json.loads(base64.urlsafe_b64decode(token.encode())):
            case [str(issued_for), int(position)] if issued_for == listing and position > 0:
                return position
    except (binascii.Error, ValueError):
        pass
    raise errors.InvalidContinuationTokenException("The continuation token is not valid.")
