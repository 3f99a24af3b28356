"""Write the tables of variables and outputs: into every module's README, and into ``docs/reference/variables.md``.

``python -m dev.generate.module_reference`` writes them; ``--check`` exits 1 when one is not current. They are between
two markers; the text around the markers stays as it is.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import hcl2
from hcl2 import SerializationOptions

from dev.checkout import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

BEGIN = "<!-- begin reference: made by make reference -->"
END = "<!-- end reference -->"

_OPTIONS = SerializationOptions(with_comments=False, explicit_blocks=False, strip_string_quotes=True)
_HEREDOC = re.compile(r'^"?<<-?(\w+)\n(.*?)\n?\s*\1"?$', re.DOTALL)
# What Markdown would take for markup in a cell of a table.
_MARKUP = re.compile(r"([\\|<>*`\[\]])")


class PageError(ValueError):
    """A Terraform file or a page is not of the form that this tool needs."""


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of a module."""

    name: str
    type: str
    default: str | None
    """As Terraform writes it; ``None`` if the variable is required."""
    description: str


@dataclass(frozen=True, slots=True)
class Output:
    """An output of a module."""

    name: str
    description: str


def pages(root: Path = ROOT) -> dict[Path, Path]:
    """Return the page by the folder of the module that it describes."""
    modules = sorted(path.parent for path in root.glob("modules/*/variables.tf"))
    return {root: root / "docs/reference/variables.md", **{module: module / "README.md" for module in modules}}


def variables(module: Path) -> list[Variable]:
    """Return the variables of a module, in the order in which its files have them."""
    return [_variable(name, body) for name, body in _blocks(module, "variable")]


def outputs(module: Path) -> list[Output]:
    """Return the outputs of a module, in the order in which its files have them."""
    return [Output(name, _text(body, "description", name)) for name, body in _blocks(module, "output")]


def tables(module: Path) -> str:
    """Return the text between the markers of a module's page."""
    rows = [
        (
            f"`{given.name}`",
            _code(given.type),
            _default(given),
            given.description,
        )
        for given in variables(module)
    ]
    parts = ["## Inputs", _table(("name", "type", "default", "description"), rows)]
    if results := outputs(module):
        parts += ["## Outputs", _table(("name", "description"), [(f"`{o.name}`", o.description) for o in results])]
    return "\n\n".join(parts)


def renewed(page: str, content: str) -> str:
    """Return a page with ``content`` between its markers; a page without markers gets them at its end."""
    written = f"{BEGIN}\n\n{content}\n\n{END}"
    if BEGIN not in page and END not in page:
        return f"{page.rstrip()}\n\n{written}\n".lstrip()
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    if page.count(BEGIN) != 1 or page.count(END) != 1 or END in before:
        raise PageError("a page must have each of the two markers once, the beginning first")
    return f"{before}{written}{after}"


def main(arguments: Sequence[str] | None = None, root: Path = ROOT) -> int:
    """Write the tables, or check them."""
    contents = {page: tables(module) for module, page in pages(root).items()}
    return write_or_check(contents, arguments, __doc__ or "", root)


def write_or_check(
    contents: Mapping[Path, str], arguments: Sequence[str] | None, description: str, root: Path = ROOT
) -> int:
    """Write the text between the markers of pages, or with ``--check`` exit 1 when it is not current.

    :param contents: the text, by page.
    :param description: the docstring of the generator, whose first line describes it.
    """
    parser = argparse.ArgumentParser(description=description.partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="exit 1 when a page is not current")
    check = parser.parse_args(arguments).check
    stale = 0
    for page, content in contents.items():
        there = page.read_text("utf-8") if page.exists() else ""
        current = renewed(there, content)
        if current == there:
            continue
        stale += 1
        if check:
            sys.stderr.write(f"{page.relative_to(root)} is not current: run make reference\n")
        else:
            page.write_text(current, "utf-8")
    return 1 if check and stale else 0


def _blocks(module: Path, kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Go through the blocks of one kind of all files of a module."""
    # What the root module has beside the configuration is described with it.
    files = [*module.glob("*.tf"), *module.glob("environments/root.tf")]
    for file in sorted(files, key=lambda path: path.stem):
        content = hcl2.loads(file.read_text("utf-8"), serialization_options=_OPTIONS)
        for block in content.get(kind, []):
            for name, body in block.items():
                yield name.strip('"'), body


def _variable(name: str, body: dict[str, Any]) -> Variable:
    default = _value(body["default"]) if "default" in body else None
    return Variable(name, _expression(body["type"]), default, _text(body, "description", name))


def _text(body: dict[str, Any], attribute: str, name: str) -> str:
    """Return a string that a block must have, on one line."""
    if attribute not in body:
        raise PageError(f"{name} has no {attribute}")
    text = str(body[attribute])
    if heredoc := _HEREDOC.match(text):
        text = textwrap.dedent(heredoc[2])
    return " ".join(text.replace('\\"', '"').split())


def _expression(value: object) -> str:
    text = str(value)
    return text[2:-1] if text.startswith("${") and text.endswith("}") else text


def _value(value: object) -> str:
    """Return a value as Terraform writes it: like JSON, as far as defaults go."""
    if isinstance(value, str) and value.startswith("${"):
        return _expression(value)
    return json.dumps(value)


def _default(given: Variable) -> str:
    return "**required**" if given.default is None else _code(given.default)


def _code(text: str) -> str:
    # A bar ends a cell even within code; in code, only the bar can be escaped.
    return "`" + text.replace("|", "\\|") + "`"


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *[[*row[:-1], _MARKUP.sub(r"\\\1", row[-1])] for row in rows]]
    return "\n".join("| " + " | ".join(cells).replace("|  |", "| |") + " |" for cells in lines)


if __name__ == "__main__":
    sys.exit(main())
