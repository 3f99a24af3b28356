from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from changegate.contract.waiting import Waiting
from changegate.errors import MisconfiguredError

if TYPE_CHECKING:
    from changegate.contract.task_params import TaskParams

SETTING: dict[str, Any] = {"state": "Wait", "minimumSeconds": 5, "maximumSeconds": 60, "limitSeconds": 3600}


def waits(waiting: Waiting) -> list[int]:
    """Return every wait of a waiting that lasts to its limit, in seconds."""
    params: TaskParams = {"wait": waiting.begin()}
    seconds = [params["wait"]["seconds"]]
    while (wait := waiting.again(params)) is not None:
        params = {"wait": wait}
        seconds.append(params["wait"]["seconds"])
    return seconds


def test_waits_are_short_at_first_and_longer_later() -> None:
    seconds = waits(Waiting.parse(SETTING))
    assert seconds[:12] == [5, 5, 5, 5, 5, 6, 7, 9, 11, 14, 18, 22]
    assert seconds[-2] == 60
    assert sum(seconds) == 3600
    # Looking every 5 seconds would be 720 looks.
    assert len(seconds) == 72


@given(st.integers(1, 100), st.integers(0, 500), st.integers(1, 50_000))
def test_waits_keep_their_bounds_and_add_up_to_the_limit(minimum: int, more: int, limit: int) -> None:
    seconds = waits(Waiting("Wait", minimum, minimum + more, limit))
    assert sum(seconds) == limit
    assert all(minimum <= wait <= minimum + more for wait in seconds[:-1])
    assert 1 <= seconds[-1] <= minimum + more
    assert seconds[:-1] == sorted(seconds[:-1])


def test_the_waiting_of_another_state_does_not_count() -> None:
    waiting = Waiting.parse(SETTING)
    assert waiting.again({"wait": {"for": "Another", "seconds": 60, "total": 3600}}) == waiting.begin()
    assert waiting.again({}) == waiting.begin()


def test_a_waiting_that_begins_forgets_the_one_before() -> None:
    assert Waiting.parse(SETTING).begin() == {"for": "Wait", "seconds": 5, "total": 5}


@pytest.mark.parametrize(
    "wrong",
    [None, {}, SETTING | {"state": 1}, SETTING | {"minimumSeconds": 0}, SETTING | {"maximumSeconds": 4}]
    + [SETTING | {"limitSeconds": value} for value in (0, "60", None)],
)
def test_bounds_of_another_shape_are_a_misconfiguration(wrong: Any) -> None:
    with pytest.raises(MisconfiguredError, match="how long to wait"):
        Waiting.parse(wrong)
