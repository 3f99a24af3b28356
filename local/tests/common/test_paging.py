"""Pages and their tokens."""

from __future__ import annotations

import pytest

from localstack_pipelines.common.paging import Pager


class InvalidTokenError(Exception):
    pass


PAGER = Pager(InvalidTokenError)


def test_pages_have_every_entry_once_even_when_entries_are_added_at_the_front() -> None:
    entries = [f"e{number}" for number in range(5)]
    first, token = PAGER.page(entries, 2, None, key=str)
    second, token = PAGER.page(["new", *entries], 2, token, key=str)
    third, token = PAGER.page(["newer", "new", *entries], 2, token, key=str)
    assert first + second + third == entries
    assert token is None


@pytest.mark.parametrize("size", [1, 2, 5, 6])
def test_the_last_page_has_no_token(size: int) -> None:
    entries, token, pages = [f"e{number}" for number in range(5)], None, 0
    while True:
        _, token = PAGER.page(entries, size, token, key=str)
        pages += 1
        if token is None:
            break
    assert pages == -(-5 // size)


@pytest.mark.parametrize("token", ["?", "Zm9yZWlnbg==", "/w=="])
def test_a_foreign_token_is_refused(token: str) -> None:
    with pytest.raises(InvalidTokenError):
        PAGER.page(["a"], 1, token, key=str)


def test_without_a_key_a_page_starts_at_a_position() -> None:
    first, token = PAGER.page("abc", 2, None)
    second, end = PAGER.page("abc", 2, token)
    assert (first, second, end) == ("ab", "c", None)


def test_without_a_size_all_items_are_on_one_page() -> None:
    assert PAGER.page("abc", None, None) == ("abc", None)


def test_a_page_of_a_list_that_has_become_shorter_is_empty() -> None:
    _, token = PAGER.page("abc", 2, None)
    assert PAGER.page("a", 2, token) == ("", None)


def test_a_token_is_valid_for_its_listing_only() -> None:
    _, token = PAGER.page("abc", 2, None, listing="one")
    with pytest.raises(InvalidTokenError):
        PAGER.page("abc", 2, token, listing="other")
    with pytest.raises(InvalidTokenError):
        PAGER.page("abc", 2, token, listing="one", key=str)


def test_a_key_that_is_no_longer_in_the_list_is_refused() -> None:
    _, token = PAGER.page("abc", 2, None, key=str)
    with pytest.raises(InvalidTokenError):
        PAGER.page("ac", 2, token, key=str)
