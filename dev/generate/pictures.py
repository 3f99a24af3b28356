"""Draw the pictures of the documentation, ``docs/pictures/*.svg``.

``python -m dev.generate.pictures`` draws them; Graphviz, as WebAssembly under Node.js, lays them out. ``--check`` exits
1 when a picture is not current: each has digests of its source and of itself, so the check needs neither.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dev.bootstrap.environments import GROUPS, NODE_PACKAGES
from dev.bootstrap.node_packages import node, packages
from dev.checkout import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

FOLDER = ROOT / "docs/pictures"
SCRIPT = Path(__file__).with_suffix(".cjs")

USUAL_CATCH = "Record Failure"
"""Where the errors of most tasks lead: drawn for none of them, as a dozen lines would hide the rest."""

_SHAPES = {
    "Task": "shape=box, style=rounded",
    "Choice": "shape=hexagon, fixedsize=true",
    "Wait": 'shape=box, style="rounded,dashed"',
    "Pass": "shape=box",  # nosec B105  # a shape, no password
    "Succeed": "shape=ellipse",
    "Fail": "shape=ellipse",
}
# Fonts differ between readers. Graphviz measures text in a larger size than pictures.css draws it, so that none is cut.
_HEAD = """digraph "State machine" {
  graph [nodesep=0.25, ranksep=0.36, bgcolor=transparent, pad=0.05]
  node [fontname=Helvetica, fontsize=16, margin="0.1,0.06", height=0.4]
  edge [fontname=Helvetica, fontsize=14, arrowsize=0.8]
"""
_STAMP = re.compile(r"<!-- make pictures: source ([0-9a-f]{64}), picture ([0-9a-f]{64}) -->\n")


def states() -> dict[str, Any]:
    """Return the states of the rendered definition by name."""
    # What renders the definition is needed here only.
    from tests.machine.definition import definition  # noqa: PLC0415

    return definition.states(definition.render())


def sources() -> dict[str, str]:
    """Return the graph of each picture, in DOT, by the picture's name."""
    return {"state-machine": state_machine(states()), "flow": (FOLDER / "flow.dot").read_text("utf-8")}


def state_machine(of: Mapping[str, Mapping[str, Any]]) -> str:
    """Return the graph of a state machine's states."""
    nodes = [f"  {_quoted(name)} [class={state['Type'].lower()}, {_shape(name, state)}]" for name, state in of.items()]
    edges = [f"  {_quoted(name)} -> {edge}" for name, state in of.items() for edge in _edges(state)]
    return "\n".join([_HEAD, *nodes, *edges, "}\n"])


def condition(rule: Mapping[str, Any]) -> str:
    """Return what a rule of a Choice state asks for, in a few words."""
    if "And" in rule:
        # That a field is present says nothing more where its value is compared.
        return "\nand ".join(condition(part) for part in rule["And"] if "IsPresent" not in part)
    if "Not" in rule:
        return condition(rule["Not"]).replace("= ", "≠ ")
    operator, value = next((key, value) for key, value in rule.items() if key not in {"Variable", "Next", "Comment"})
    field = _field(rule["Variable"])
    if operator == "IsPresent":
        return field if value else f"no {field}"
    if operator.endswith("Path"):
        return f"{field}\n= {_field(value)}"
    return json.dumps(value) if isinstance(value, bool) else str(value)


def draw(source: str) -> str:
    """Return the picture of a graph, by what ``make pictures`` installs."""
    environment = ROOT / GROUPS["pictures"][0].folder
    answer = subprocess.run(
        [node(environment), SCRIPT],
        input=source,
        env={**os.environ, "NODE_PATH": str(packages(environment))},
        capture_output=True,
        text=True,
        check=True,
    )
    picture = answer.stdout[answer.stdout.index("<svg") :]
    # Pixels, which browsers show text in, instead of points.
    head, _, body = re.sub(r'(width|height)="(\d+)pt"', r'\1="\2"', picture).partition(">\n")
    return stamped(f"{head}>\n<style>\n{_style()}</style>\n{body}", source)


def stamped(picture: str, source: str) -> str:
    """Return a picture with digests of its source and of itself at its end."""
    return f"{picture}<!-- make pictures: source {_source_digest(source)}, picture {_digest(picture)} -->\n"


def is_current(picture: str, source: str) -> bool:
    """Tell whether a picture was drawn from ``source`` and not changed since."""
    stamp = _STAMP.search(picture)
    return stamp is not None and stamp.groups() == (_source_digest(source), _digest(_STAMP.sub("", picture)))


def main(arguments: Sequence[str] | None = None) -> int:
    """Draw the pictures, or check them."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="exit 1 when a picture is not current")
    check = parser.parse_args(arguments).check
    stale = 0
    for name, source in sources().items():
        file = FOLDER / f"{name}.svg"
        if file.exists() and is_current(file.read_text("utf-8"), source):
            continue
        stale += 1
        if check:
            sys.stderr.write(f"{file.relative_to(ROOT)} is not current: run make pictures\n")
        else:
            file.write_text(draw(source), "utf-8")
    return 1 if check and stale else 0


def _shape(name: str, state: Mapping[str, Any]) -> str:
    shape = _SHAPES[state["Type"]]
    # Graphviz makes hexagons far wider than their text; 8.4 points are an average letter.
    return f"{shape}, width={(8.4 * len(name) + 30) / 72:.2f}" if "hexagon" in shape else shape


def _edges(state: Mapping[str, Any]) -> Iterator[str]:
    for rule in state.get("Choices", []):
        yield f"{_quoted(rule['Next'])} [label={_quoted(condition(rule), pad=True)}]"
    if "Default" in state:
        yield f"{_quoted(state['Default'])} [label={_quoted('else', pad=True)}]"
    if "Next" in state:
        yield f"{_quoted(state['Next'])} [weight=4]"
    for catch in state.get("Catch", []):
        if catch["Next"] != USUAL_CATCH:
            yield f"{_quoted(catch['Next'])} [class=caught, style=dashed, weight=0]"


def _field(path: str) -> str:
    return path.rpartition(".")[2]


def _quoted(text: str, *, pad: bool = False) -> str:
    # Spaces keep a label off the line that it stands next to.
    return json.dumps("\n".join(f" {line} " for line in text.splitlines()) if pad else text, ensure_ascii=False)


def _style() -> str:
    return (FOLDER / "pictures.css").read_text("utf-8")


def _source_digest(source: str) -> str:
    """Return the digest of everything that decides how a picture looks."""
    lock = ROOT / NODE_PACKAGES["pictures"].locked / "package-lock.json"
    return _digest("\0".join([source, _style(), SCRIPT.read_text("utf-8"), lock.read_text("utf-8")]))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


if __name__ == "__main__":
    sys.exit(main())
