"""Pages of a list, and the tokens that lead from one page to the next."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


@dataclass(frozen=True)
class Pager:
    """Splits lists into pages.

    :param refusal: makes the error for a token that the service did not issue.
    """

    refusal: Callable[[], Exception]

    def page[Item](
        self,
        items: Sequence[Item],
        size: int | None,
        token: str | None,
        *,
        listing: str = "",
        key: Callable[[Item], str] | None = None,
    ) -> tuple[Sequence[Item], str | None]:
        """Return a page and the token of the next one, ``None`` on the last page.

        :param size: items per page, at least 1; ``None`` for all items.
        :param token: the token that came with the previous page; ``None`` for the first page.
        :param listing: what the list contains and in which order; a token is valid for its own listing only.
        :param key: identifies an item. With it, a page starts after the last item of the previous page, so that items
            added at the front do not move the pages; without it, a page starts at a position.
        :raises Exception: the refusal, when the token is not one for this list.
        """
        start = 0 if token is None else self._start(items, token, listing, key)
        end = len(items) if size is None else start + size
        listed = items[start:end]
        if end >= len(items):
            return listed, None
        return listed, _encode(listing, end if key is None else key(listed[-1]))

    def _start[Item](self, items: Sequence[Item], token: str, listing: str, key: Callable[[Item], str] | None) -> int:
        match _decode(token):
            case [str(issued_for), int(position)] if issued_for == listing and key is None and position > 0:
                return position
            case [str(issued_for), str(last)] if issued_for == listing and key is not None:
                for position, item in enumerate(items):
                    if key(item) == last:
                        return position + 1
        raise self.refusal()


def _encode(listing: str, place: int | str) -> str:
    return base64.urlsafe_b64encode(json.dumps([listing, place]).encode()).decode()


def _decode(token: str) -> object:
    try:
        return json.loads(base64.urlsafe_b64decode(token.encode()))
    except (binascii.Error, ValueError):
        return None
