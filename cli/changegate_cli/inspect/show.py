"""Prints a verdict for people: the tree of changes with the fate of each resource, then the verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text
from rich.tree import Tree

from changegate.safety import Decision, Fate
from changegate.safety.report import APPROVALS_DO_NOT_EXIST

if TYPE_CHECKING:
    from collections.abc import Iterator

    from changegate.safety import ResourceOutcome, Verdict

MARKS = {
    Fate.ADDED: ("+", "green"),
    Fate.IMPORTED: ("+", "green"),
    Fate.UPDATED: ("~", "cyan"),
    Fate.REPLACED: ("!", "red"),
    Fate.PERHAPS_REPLACED: ("?", "yellow"),
    Fate.REMOVED: ("-", "red"),
    Fate.RETAINED: ("-", "yellow"),
    Fate.UNDETERMINED: ("?", "red"),
}
# A log has no width: a line there is as long as its content.
_LOG_WIDTH = 1000
# Columns that rich draws before a node, for each level.
_INDENT = 4


def show(verdict: Verdict, console: Console | None = None) -> None:
    """Print the verdict; without a terminal, as plain lines without colours or wrapping."""
    console = console or Console(highlight=False)
    if not console.is_terminal:
        console = Console(file=console.file, highlight=False, color_system=None, width=_LOG_WIDTH)
    if not verdict.outcomes:
        console.print("No changes.")
        console.print(Text("Safe.", style="bold green"))
        return
    counts = ", ".join(f"{count} {fate}" for fate, count in verdict.counts.items())
    console.print(_tree(verdict, console.width))
    console.print()
    console.print(f"{_changes(len(verdict.outcomes))}: {counts}.")
    if verdict.safe:
        console.print(Text("Safe: every change is allowed.", style="bold green"))
        return
    console.print(Text(f"Unsafe: {_changes(len(verdict.refused))} refused.", style="bold red"))
    if any(finding.decision is Decision.APPROVE for finding in verdict.refused):
        console.print(f"{APPROVALS_DO_NOT_EXIST}.")


def _changes(count: int) -> str:
    return "1 change" if count == 1 else f"{count} changes"


def _tree(verdict: Verdict, width: int) -> Tree:
    """Return the changes as a tree; nested stacks are its branches, in the order of their paths."""
    root = Tree("Change set", guide_style="dim")
    branches: dict[tuple[str, ...], Tree] = {(): root}
    for outcome in verdict.outcomes:
        parent = branches.get(outcome.path[:-1], root)
        branch = parent.add(_label(outcome, width - _INDENT * len(outcome.path)))
        branches.setdefault(outcome.path, branch)
    return root


def _label(outcome: ResourceOutcome, width: int) -> Text:
    """Return a change as one line if it fits into ``width``; otherwise each of its parts has a line."""
    parts = list(_parts(outcome))
    line = Text(" - ").join([Text(" ").join(parts[:2]), *parts[2:]])
    return line if line.cell_len <= width else Text("\n  ").join(parts)


def _parts(outcome: ResourceOutcome) -> Iterator[Text]:
    """Yield the resource, its fate, and the decision about that if there is one."""
    mark, colour = MARKS[outcome.fate]
    finding = outcome.finding
    resource = Text.assemble((f"{mark} ", colour), (outcome.path[-1] or "(unnamed)", "bold"))
    resource.append(f" {outcome.resource_type or 'unknown type'}")
    if outcome.physical_resource_id:
        resource.append(f" [{outcome.physical_resource_id}]", style="dim")
    yield resource
    yield Text(finding.cause.reason if finding else outcome.fate.value, style=colour)
    if finding:
        decision = "allowed" if finding.allowed else "REFUSED"
        yield Text(f"{decision} by {finding.rule}", style="" if finding.allowed else "red")
