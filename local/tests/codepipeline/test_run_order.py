"""Which actions of a stage may start."""

from __future__ import annotations

import pytest
from codepipeline.declarations import invoke
from codepipeline.progress_world import START

from localstack_pipelines.codepipeline.models import ActionRun, Status
from localstack_pipelines.codepipeline.run_order import startable

# Not sorted by number, and with gaps between the numbers.
ACTIONS = [
    invoke("Last", runOrder=999),
    invoke("One", runOrder=1),
    invoke("Middle", runOrder=5),
    invoke("Two", runOrder=1),
]


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        ({}, ["One", "Two"]),
        ({"One": "InProgress", "Two": "InProgress"}, []),
        ({"One": "Succeeded", "Two": "InProgress"}, []),
        ({"One": "Succeeded", "Two": "Succeeded"}, ["Middle"]),
        ({"One": "Succeeded", "Two": "Succeeded", "Middle": "Succeeded"}, ["Last"]),
        ({"One": "Succeeded", "Two": "Succeeded", "Middle": "Succeeded", "Last": "Succeeded"}, []),
        # A retry removes the run of a failed action.
        ({"Two": "InProgress"}, ["One"]),
        ({"Two": "Succeeded"}, ["One"]),
        # Of two failed actions, one alone has been removed.
        ({"Two": "Failed"}, []),
        ({"One": "Failed", "Two": "Succeeded"}, []),
        ({"One": "Abandoned", "Two": "Succeeded"}, []),
    ],
)
def test_the_lowest_number_starts_and_the_next_waits_until_all_of_it_succeeded(
    statuses: dict[str, str], expected: list[str]
) -> None:
    runs = {
        name: ActionRun("1", "2", 1, "Stage", {"name": name}, START, START, status=Status(status))
        for name, status in statuses.items()
    }
    assert [action["name"] for action in startable(ACTIONS, runs)] == expected
