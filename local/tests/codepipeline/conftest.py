"""Worlds that end with their test."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from codepipeline.runner_world import World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture
def make() -> Iterator[Callable[..., World]]:
    """Return a function that makes worlds; the fixture closes their runners."""
    made: list[World] = []

    def make_one(given: dict[str, Any] | None = None, **settings: Any) -> World:
        made.append(World(given, **settings))
        return made[-1]

    yield make_one
    for world in made:
        world.runner.close()
