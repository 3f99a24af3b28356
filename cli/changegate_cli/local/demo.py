"""The demonstration: four pushes, what they must lead to, and a table of what they did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich import box
from rich.table import Table
from rich.text import Text

from changegate_cli.local.outcome import Outcome, Result
from changegate_cli.local.run import TEMPLATE
from changegate_cli.local.stack import change_sets, snapshot

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import RenderableType

    from changegate_cli.local.checkout import Checkout
    from changegate_cli.local.display import Display
    from changegate_cli.local.place import Place
    from changegate_cli.local.run import Run
    from changegate_cli.local.stack import StackSnapshot


@dataclass(frozen=True)
class Push:
    """One push of the demonstration.

    :ivar title: what kind of change it is.
    :ivar edit: what differs from what is deployed.
    :ivar variant: file among the variants that takes the template's place; None for the sample as it is.
    :ivar expected: what it must lead to.
    """

    title: str
    edit: str
    variant: str | None
    expected: Outcome


# The third and the fourth both start from what the second has deployed.
PUSHES = (
    Push("create the stack", "everything is new", None, Outcome.CREATED),
    Push("a safe update", "a longer visibility timeout, a new parameter", "2-safe-update.yaml", Outcome.UPDATED),
    Push("replace a resource", "another queue name", "3-replacement.yaml", Outcome.REJECTED),
    Push("remove a resource", "the alert topic is gone", "4-removal.yaml", Outcome.REJECTED),
)


@dataclass(frozen=True)
class Report:
    """What one push did.

    :ivar stack: what was found out about the stack, in a few words.
    :ivar problems: what is not as it must be, as sentences; empty when all is well.
    """

    push: Push
    result: Result
    stack: str
    problems: tuple[str, ...]


def make_push(run: Run[Place], checkout: Checkout, display: Display, push: Push) -> Report:
    """Make one push, follow it to its end and look at what it did to the stack.

    :raises LocalRunError: when it cannot be made or followed.
    """
    cloudformation = run.aws.client("cloudformation")
    before = None if push.expected is Outcome.CREATED else snapshot(cloudformation, run.stack_name)
    template = checkout.variants / push.variant if push.variant else None
    result = run.push(display, checkout.sample_app, f"{push.title}: {push.edit}", template)
    pushed = template or checkout.sample_app / TEMPLATE
    if result.outcome is not push.expected:
        problem = f"{push.title}: expected {push.expected}, was {result.outcome}: {result.reason}"
        return Report(push, result, "", (problem,))
    after = snapshot(cloudformation, run.stack_name)
    left = change_sets(cloudformation, run.stack_name)
    problems = tuple(_problems(push, before, after, left, pushed))
    return Report(push, result, "" if problems else _about(push, before, after), problems)


def table(reports: list[Report]) -> RenderableType:
    """Return what the pushes did as a table."""
    columns = Table(box=box.ROUNDED, show_lines=True, expand=True)
    columns.add_column("", justify="right", no_wrap=True)
    columns.add_column("push", ratio=3)
    columns.add_column("pipeline", no_wrap=True)
    columns.add_column("what happened", no_wrap=True)
    columns.add_column("reason", ratio=4)
    columns.add_column("stack", ratio=2)
    for number, report in enumerate(reports, start=1):
        style = "green" if report.result.is_green else "red"
        columns.add_row(
            str(number),
            f"{report.push.title}: {report.push.edit}",
            report.result.pipeline,
            Text(report.result.outcome, style=style),
            Text(report.result.reason),
            "; ".join(report.problems) or report.stack,
        )
    return columns


def _problems(
    push: Push, before: StackSnapshot | None, after: StackSnapshot, left: tuple[str, ...], pushed: Path
) -> list[str]:
    problems = []
    if left:
        problems.append(f"{push.title}: change sets are left over: {', '.join(left)}.")
    if push.expected is Outcome.REJECTED and before != after:
        problems.append(f"{push.title}: the rejected change has touched the stack.")
    if push.expected is not Outcome.REJECTED and after.template != pushed.read_text():
        problems.append(f"{push.title}: the stack has not the template that was pushed.")
    return problems


def _about(push: Push, before: StackSnapshot | None, after: StackSnapshot) -> str:
    if push.expected is Outcome.REJECTED:
        return "untouched, change set deleted"
    old = {resource.logical_id: resource for resource in before.resources} if before else {}
    new = sum(resource.logical_id not in old for resource in after.resources)
    changed = sum(old[resource.logical_id] != resource for resource in after.resources if resource.logical_id in old)
    counts = [f"{new} resources new"] if new != 1 else ["1 resource new"]
    if changed:
        counts.append(f"{changed} changed in place")
    return ", ".join(counts)
