"""The demonstration: four pushes, their expected outcomes, and a table of the results."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich import box
from rich.table import Table
from rich.text import Text

from changegate_cli.local.installation import TEMPLATE
from changegate_cli.local.stack import change_sets, snapshot
from changegate_cli.watch.result import PushOutcome, PushResult

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import RenderableType

    from changegate_cli.local.checkout import Checkout
    from changegate_cli.local.installation import Installation
    from changegate_cli.local.provisioned import ProvisionedAws
    from changegate_cli.local.stack import StackSnapshot
    from changegate_cli.watch.display import Display


@dataclass(frozen=True)
class Push:
    """One push of the demonstration.

    :ivar title: what kind of change it is.
    :ivar edit: how the template differs from the deployed one.
    :ivar variant: file among the variants that replaces the template; None for the sample as it is.
    :ivar expected: the outcome that it must have.
    """

    title: str
    edit: str
    variant: str | None
    expected: PushOutcome


# The third and the fourth both start from the stack that the second has deployed.
PUSHES = (
    Push("create the stack", "everything is new", None, PushOutcome.CREATED),
    Push("a safe update", "a longer visibility timeout, a new parameter", "2-safe-update.yaml", PushOutcome.UPDATED),
    Push("replace a resource", "another queue name", "3-replacement.yaml", PushOutcome.REJECTED),
    Push("remove a resource", "the alert topic is gone", "4-removal.yaml", PushOutcome.REJECTED),
)


@dataclass(frozen=True)
class PushReport:
    """What one push did.

    :ivar stack: what happened to the stack, in a few words.
    :ivar problems: what is not as it must be, as sentences; empty when all is well.
    """

    push: Push
    result: PushResult
    stack: str
    problems: tuple[str, ...]


def make_push(
    installation: Installation[ProvisionedAws], checkout: Checkout, display: Display, push: Push
) -> PushReport:
    """Make one push, follow it to its end and check what it did to the stack.

    :raises CommandError: when it cannot be made or followed.
    """
    cloudformation = installation.aws.client("cloudformation")
    before = None if push.expected is PushOutcome.CREATED else snapshot(cloudformation, installation.stack_name)
    template = checkout.variants / push.variant if push.variant else None
    result = installation.push(display, checkout.sample_app, f"{push.title}: {push.edit}", template)
    pushed = template or checkout.sample_app / TEMPLATE
    if result.outcome is not push.expected:
        problem = f"{push.title}: expected {push.expected}, was {result.outcome}: {result.reason}"
        return PushReport(push, result, "", (problem,))
    after = snapshot(cloudformation, installation.stack_name)
    left = change_sets(cloudformation, installation.stack_name)
    problems = tuple(_problems(push, before, after, left, pushed))
    return PushReport(push, result, "" if problems else _about(push, before, after), problems)


def table(reports: list[PushReport]) -> RenderableType:
    """Return a table of what the pushes did."""
    columns = Table(box=box.ROUNDED, show_lines=True, expand=True)
    columns.add_column("", justify="right", no_wrap=True)
    # In 80 columns no word is cut.
    columns.add_column("push", ratio=6, overflow="fold")
    columns.add_column("pipeline", no_wrap=True)
    columns.add_column("outcome", no_wrap=True)
    columns.add_column("reason", ratio=11, overflow="fold")
    columns.add_column("stack", ratio=6, overflow="fold")
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
    if push.expected is PushOutcome.REJECTED and before != after:
        problems.append(f"{push.title}: the rejected change has touched the stack.")
    if push.expected is not PushOutcome.REJECTED and after.template != pushed.read_text():
        problems.append(f"{push.title}: the stack does not have the template that was pushed.")
    return problems


def _about(push: Push, before: StackSnapshot | None, after: StackSnapshot) -> str:
    if push.expected is PushOutcome.REJECTED:
        return "untouched, change set deleted"
    old = {resource.logical_id: resource for resource in before.resources} if before else {}
    new = sum(resource.logical_id not in old for resource in after.resources)
    changed = sum(old[resource.logical_id] != resource for resource in after.resources if resource.logical_id in old)
    counts = [f"{new} resources new"] if new != 1 else ["1 resource new"]
    if changed:
        counts.append(f"{changed} changed in place")
    return ", ".join(counts)
