"""The tables of variables and outputs: they are current, and the tool that writes them leaves what people wrote."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from dev.generate import module_reference as reference
from tests.support.checkout import ROOT

if TYPE_CHECKING:
    from pathlib import Path

VARIABLES = """
variable "plain" {
  description = "A | bar, <an angle> and a \\"quote\\"."
  type        = string
}

variable "nested" {
  description = <<-EOT
    On two
    lines.
  EOT
  type = object({
    names = optional(list(string), ["a"])
    count = optional(number, 5)
  })
  default  = { names = ["b|c"] }
  nullable = false

  validation {
    condition     = var.nested.count > 0
    error_message = "A description = of nothing."
  }
}

variable "nothing" {
  description = "Null is a default, too."
  type        = bool
  default     = null
}
"""

OUTPUTS = """
output "arn" {
  description = "Its ARN."
  value       = var.plain
}
"""

TABLES = """## Inputs

| name | type | default | description |
| --- | --- | --- | --- |
| `plain` | `string` | **required** | A \\| bar, \\<an angle\\> and a "quote". |
| `nested` | `object({names = optional(list(string), ["a"]), count = optional(number, 5)})` | `{"names": ["b\\|c"]}` \
| On two lines. |
| `nothing` | `bool` | `null` | Null is a default, too. |

## Outputs

| name | description |
| --- | --- |
| `arn` | Its ARN. |"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A configuration with one module, whose README has content already."""
    (tmp_path / "docs/reference").mkdir(parents=True)
    (tmp_path / "variables.tf").write_text('variable "a" {\n  description = "A."\n  type = string\n}\n', "utf-8")
    module = tmp_path / "modules/thing"
    module.mkdir(parents=True)
    (module / "variables.tf").write_text(VARIABLES, "utf-8")
    (module / "outputs.tf").write_text(OUTPUTS, "utf-8")
    (module / "README.md").write_text("# Thing\n\nWhat people wrote.\n", "utf-8")
    return tmp_path


def test_reference_is_current(capsys: pytest.CaptureFixture[str]) -> None:
    assert reference.main(["--check"]) == 0, capsys.readouterr().err


@pytest.mark.parametrize(("module", "page"), reference.pages().items(), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_variable_and_output_is_there(module: Path, page: Path) -> None:
    code = "".join(file.read_text("utf-8") for file in [*module.glob("*.tf"), *module.glob("environments/root.tf")])
    named = re.findall(r'^(?:variable|output) "(\w+)" \{$', code, re.MULTILINE)
    rows = re.findall(r"^\| `(\w+)` \|", page.read_text("utf-8").partition(reference.BEGIN)[2], re.MULTILINE)
    assert sorted(rows) == sorted(named)


def test_writes_tables_below_what_people_wrote(root: Path) -> None:
    assert reference.main([], root) == 0
    page = (root / "modules/thing/README.md").read_text("utf-8")
    assert page == f"# Thing\n\nWhat people wrote.\n\n{reference.BEGIN}\n\n{TABLES}\n\n{reference.END}\n"
    assert "| `a` |" in (root / "docs/reference/variables.md").read_text("utf-8")
    assert reference.main(["--check"], root) == 0


def test_leaves_what_people_wrote_on_both_sides(root: Path) -> None:
    page = root / "modules/thing/README.md"
    page.write_text(f"Above.\n\n{reference.BEGIN}\nold\n{reference.END}\n\nBelow.\n", "utf-8")
    reference.main([], root)
    written = page.read_text("utf-8")
    assert written.startswith(f"Above.\n\n{reference.BEGIN}\n\n{TABLES}")
    assert written.endswith(f"{reference.END}\n\nBelow.\n")
    assert "old" not in written


def test_check_names_what_is_not_current_and_writes_nothing(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    reference.main([], root)
    file = root / "modules/thing/variables.tf"
    file.write_text(VARIABLES.replace("Null is", "None is"), "utf-8")
    before = (root / "modules/thing/README.md").read_bytes()
    assert reference.main(["--check"], root) == 1
    assert capsys.readouterr().err == "modules/thing/README.md is not current: run make reference\n"
    assert (root / "modules/thing/README.md").read_bytes() == before


@pytest.mark.parametrize(
    "page",
    [
        reference.BEGIN,
        reference.END,
        f"{reference.END}\n{reference.BEGIN}",
        f"{reference.BEGIN}\n{reference.BEGIN}\n{reference.END}",
        f"{reference.BEGIN}\n{reference.END}\n{reference.END}",
    ],
)
def test_refuses_a_page_whose_markers_are_not_a_pair(page: str) -> None:
    with pytest.raises(reference.PageError, match="markers"):
        reference.renewed(page, "tables")


def test_refuses_a_variable_without_a_description(root: Path) -> None:
    (root / "modules/thing/variables.tf").write_text('variable "dumb" {\n  type = string\n}\n', "utf-8")
    with pytest.raises(reference.PageError, match="dumb has no description"):
        reference.main([], root)
