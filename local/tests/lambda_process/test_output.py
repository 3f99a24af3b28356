"""The output file of an execution environment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from localstack_pipelines.lambda_process.output import Output

if TYPE_CHECKING:
    from pathlib import Path


def test_output_is_taken_in_portions(tmp_path: Path) -> None:
    output = Output(tmp_path / "log")
    assert output.take() == ""
    output.append("one\ntwo")
    assert output.take() == "one\ntwo\n"
    assert output.take() == ""
    output.append("\nthree\n")
    assert output.take() == "\nthree\n"
    assert output.everything() == "one\ntwo\nthree\n"
    output.path.unlink()
    assert output.everything() == ""
