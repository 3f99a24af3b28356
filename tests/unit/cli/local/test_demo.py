"""What the demonstration reports about a push that did not do what it must do."""

from __future__ import annotations

import dataclasses
import io
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from rich.console import Console

from changegate_cli.local import demo
from changegate_cli.local.checkout import Checkout
from changegate_cli.local.demo import PUSHES, PushReport, make_push
from changegate_cli.local.stack import Resource, StackSnapshot
from changegate_cli.watch.display import Display, open_display
from changegate_cli.watch.result import PushOutcome, PushResult

if TYPE_CHECKING:
    from pathlib import Path

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
CREATE, UPDATE, REPLACE, REMOVE = PUSHES
GREEN = {PushOutcome.CREATED, PushOutcome.UPDATED, PushOutcome.UNCHANGED}


def resource(name: str, at: datetime = NOON) -> Resource:
    return Resource(name, f"prod-{name}", "AWS::SQS::Queue", "CREATE_COMPLETE", at)


STACK = StackSnapshot(
    stack_id="arn",
    status="CREATE_COMPLETE",
    created=NOON,
    updated=None,
    parameters=(),
    outputs=(),
    template="the sample",
    resources=(resource("A"), resource("B")),
)
UPDATED = dataclasses.replace(
    STACK,
    template="2-safe-update.yaml",
    resources=(resource("A", NOON + timedelta(seconds=1)), resource("B"), resource("C")),
)


class FakeInstallation:
    """Answers a push with an outcome; the stack is one before the push and another after it."""

    stack_name = "prod-sample-app"

    def __init__(self, outcome: PushOutcome, before: StackSnapshot, after: StackSnapshot) -> None:
        self.outcome = outcome
        self.stack = before
        self.after = after
        self.templates: list[Path | None] = []
        self.aws = self

    def client(self, _: str) -> FakeInstallation:
        return self

    def push(self, display: Display, content: Path, message: str, template: Path | None) -> PushResult:
        self.templates.append(template)
        self.stack = self.after
        pipeline = "Succeeded" if self.outcome in GREEN else "Failed"
        return PushResult(self.outcome, pipeline, "", "" if self.outcome in GREEN else "because [of it]")


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    checkout = Checkout(tmp_path)
    (checkout.sample_app / "infra").mkdir(parents=True)
    (checkout.sample_app / "infra" / "template.yaml").write_text("the sample")
    checkout.variants.mkdir()
    for push in PUSHES:
        if push.variant:
            (checkout.variants / push.variant).write_text(push.variant)
    return checkout


@pytest.fixture(autouse=True)
def left(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The change sets that are left over after a push."""
    names: list[str] = []
    monkeypatch.setattr(demo, "snapshot", lambda run, _: run.stack)
    monkeypatch.setattr(demo, "change_sets", lambda _, __: tuple(names))
    return names


def push(checkout: Checkout, which: demo.Push, run: Any) -> PushReport:
    return make_push(run, checkout, open_display(io.StringIO(), {}), which)


def test_a_creation(checkout: Checkout) -> None:
    report = push(checkout, CREATE, FakeInstallation(PushOutcome.CREATED, STACK, STACK))
    assert (report.stack, report.problems) == ("2 resources new", ())


def test_an_update(checkout: Checkout) -> None:
    run = FakeInstallation(PushOutcome.UPDATED, STACK, UPDATED)
    report = push(checkout, UPDATE, run)
    assert (report.stack, report.problems) == ("1 resource new, 1 changed in place", ())
    assert run.templates == [checkout.variants / "2-safe-update.yaml"]


@pytest.mark.parametrize("which", [REPLACE, REMOVE])
def test_a_rejection(checkout: Checkout, which: demo.Push) -> None:
    report = push(checkout, which, FakeInstallation(PushOutcome.REJECTED, UPDATED, UPDATED))
    assert (report.stack, report.problems) == ("untouched, change set deleted", ())


@pytest.mark.parametrize("which", PUSHES)
def test_another_outcome_is_a_problem(checkout: Checkout, which: demo.Push) -> None:
    for outcome in set(PushOutcome) - {which.expected}:
        report = push(checkout, which, FakeInstallation(outcome, STACK, STACK))
        assert len(report.problems) == 1
        assert f"expected {which.expected}, was {outcome}" in report.problems[0]


@pytest.mark.parametrize(
    "after",
    [
        dataclasses.replace(UPDATED, template="3-replacement.yaml"),
        dataclasses.replace(UPDATED, updated=NOON),
        dataclasses.replace(UPDATED, resources=UPDATED.resources[:1]),
        dataclasses.replace(UPDATED, status="UPDATE_ROLLBACK_COMPLETE"),
        dataclasses.replace(UPDATED, outputs=(("OrderQueueUrl", "another"),)),
    ],
)
def test_a_rejection_that_touches_the_stack_is_a_problem(checkout: Checkout, after: StackSnapshot) -> None:
    report = push(checkout, REPLACE, FakeInstallation(PushOutcome.REJECTED, UPDATED, after))
    assert report.problems == ("replace a resource: the rejected change has touched the stack.",)


def test_a_change_set_that_is_left_over_is_a_problem(checkout: Checkout, left: list[str]) -> None:
    left.append("prod-sample-app-1")
    report = push(checkout, REMOVE, FakeInstallation(PushOutcome.REJECTED, UPDATED, UPDATED))
    assert report.problems == ("remove a resource: change sets are left over: prod-sample-app-1.",)


def test_an_update_that_deploys_something_else_is_a_problem(checkout: Checkout) -> None:
    report = push(checkout, UPDATE, FakeInstallation(PushOutcome.UPDATED, STACK, STACK))
    assert report.problems == ("a safe update: the stack does not have the template that was pushed.",)


def test_the_table(checkout: Checkout) -> None:
    reports = [
        push(checkout, CREATE, FakeInstallation(PushOutcome.CREATED, STACK, STACK)),
        push(checkout, REMOVE, FakeInstallation(PushOutcome.REJECTED, UPDATED, UPDATED)),
    ]
    stream = io.StringIO()
    Console(file=stream, width=160).print(demo.table(reports))
    text = stream.getvalue()
    for word in ("Succeeded", "Created", "2 resources new", "Failed", "Rejected", "because [of it]", "untouched"):
        assert word in text


@pytest.mark.parametrize("width", [80, 110, 140])
def test_the_table_cuts_no_word(checkout: Checkout, width: int) -> None:
    reports = [
        push(checkout, UPDATE, FakeInstallation(PushOutcome.UPDATED, STACK, UPDATED)),
        push(checkout, REMOVE, FakeInstallation(PushOutcome.REJECTED, STACK, STACK)),
    ]
    reason = "Changegate.Rejected: The change set was rejected and nothing was changed: it has a queue."
    reports[1] = dataclasses.replace(reports[1], result=dataclasses.replace(reports[1].result, reason=reason))
    stream = io.StringIO()
    Console(file=stream, width=width).print(demo.table(reports))
    lines = stream.getvalue().splitlines()
    assert {len(line) for line in lines} == {width}
    assert "…" not in stream.getvalue()
    cells = [cell.split() for line in lines for cell in line.split("│")]
    words = {word for cell in cells for word in cell}
    expected = f"{reason} {UPDATE.title}: {UPDATE.edit} untouched, change set deleted resource new, changed in place"
    assert set(expected.split()) <= words
