"""Pages of a list, newest entries first or in any other order that does not change.

A token names the last entry that was shown, so that entries which come in at the front meanwhile move nothing.
"""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING

from localstack_pipelines.codepipeline.errors import InvalidNextTokenException

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def page_of[T](
    entries: Sequence[T], key: Callable[[T], str], size: int, token: str | None
) -> tuple[list[T], str | None]:
    """Return one page and the token of the next, ``None`` on the last page.

    :param key: what identifies an entry.
    :param size: entries per page, at least 1.
    :param token: what an earlier call returned; ``None`` for the first page.
    :raises InvalidNextTokenException: the token does not come from this list.
    """
    start = 0
    if token is not None:
        last = _decode(token)
        positions = [position for position, entry in enumerate(entries) if key(entry) == last]
        if not positions:
            raise InvalidNextTokenException("The next token is not one that this operation returned.")
        start = positions[0] + 1
    page = list(entries[start : start + size])
    more = start + size < len(entries)
    return page, base64.urlsafe_b64encode(key(page[-1]).encode()).decode() if more else None


def _decode(token: str) -> str:
    try:
        return base64.urlsafe_b64decode(token.encode()).decode()
    except (binascii.Error, UnicodeError):
        raise InvalidNextTokenException("The next token is not one that this operation returned.") from None
