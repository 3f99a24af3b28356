"""The table of the fields of ``taskParams`` is current."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dev.generate import task_params_table

if TYPE_CHECKING:
    import pytest


def test_the_page_has_the_current_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert task_params_table.main(["--check"]) == 0, capsys.readouterr().err


def test_a_row_says_who_sets_and_who_reads_a_field() -> None:
    assert "| `stackPolicy` | the stack policy of the template configuration | `create_change_set` | " in (
        task_params_table.table()
    )
