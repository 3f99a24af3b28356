"""The guide to cost: its counts are those of executions, its amounts follow from its formula."""

from __future__ import annotations

import ast
import io
import json
import math
import operator
import re
import zipfile
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

import boto3
import pytest
from moto import mock_aws

from changegate.contract.waiting import Waiting
from changegate.revision.revision import Revision
from changegate.revision.template import publish
from tests.machine.scenarios import change_sets, statuses
from tests.machine.scenarios.definition import REALISTIC_WAITING
from tests.support.checkout import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from tests.machine.scenarios.conftest import Theatre
    from tests.machine.scenarios.scenario import Scenario

type Row = dict[str, str]

PAGE: Final = (ROOT / "docs/guides/cost.md").read_text("utf-8")
SCENARIOS: Final = {scenario.name: scenario for scenario in [*statuses.SCENARIOS, *change_sets.SCENARIOS]}
# The scenario of each path, and how many seconds the page assumes that its change set takes.
PATHS: Final = {
    "a new stack": ("absent", 0),
    "a safe update": ("update-complete", 10),
    "a revision without changes": ("empty", 10),
    "a refused update": ("replacement", 10),
}
FURTHER_LOOK: Final = "each further look"
TRIGGER_SECONDS: Final = 30
"""The interval of the trigger's invocations that the page assumes."""

_OPERATORS: Final[dict[type[ast.operator], Callable[[float, float], float]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


def tables() -> Iterator[list[Row]]:
    """Yield the tables of the page; the names of columns are without code."""
    for block in re.findall(r"(?:^\|.*\n)+", PAGE, re.MULTILINE):
        header, _, *lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in block.splitlines()]
        yield [dict(zip(header, line, strict=True)) for line in lines]


def table(*columns: str) -> list[Row]:
    """Return the only table with these columns."""
    (found,) = [rows for rows in tables() if set(columns) <= set(rows[0])]
    return found


def number(cell: str) -> float:
    """Return the number that a cell begins with; "0.20 per 1,000,000" is a fraction."""
    found = re.match(r"([\d.,]+)(?: per ([\d,]+))?", cell)
    assert found, cell
    return float(found[1].rstrip(",.").replace(",", "")) / float((found[2] or "1").replace(",", ""))


def value(formula: str, symbols: Mapping[str, float]) -> float:
    """Return the value of a formula in the page."""

    def of(node: ast.expr) -> float:
        match node:
            case ast.Constant(value=int(given) | float(given)):
                return given
            case ast.Name(id=name):
                return symbols[name]
            case ast.BinOp(left=left, op=op, right=right):
                return _OPERATORS[type(op)](of(left), of(right))
        raise AssertionError(f"{formula}: {ast.dump(node)}")

    return of(ast.parse(formula.strip("`"), mode="eval").body)


def column(row: Row, symbol: str) -> float:
    """Return the number in the column of a symbol."""
    (cell,) = [cell for name, cell in row.items() if name.startswith(f"`{symbol}`")]
    return number(cell)


def constants() -> dict[str, float]:
    """Return the symbols that are the same for every user."""
    found: dict[str, float] = {}
    for row in table("symbol", "what", "value"):
        names = re.findall(r"`(\w+)`", row["symbol"])
        numbers = [float(cell) for cell in re.findall(r"\d+(?:\.\d+)?", row["value"].split("measured")[0])]
        if numbers:
            found |= dict(zip(names, numbers[: len(names)], strict=True))
    return found


def deployments() -> list[Row]:
    return table("path", "works", "USD")


def of_deployment(row: Row) -> dict[str, float]:
    """Return the symbols of a deployment."""
    return {symbol: column(row, symbol) for symbol in "mnih"}


def lines(symbols: Mapping[str, float], *, free: bool) -> dict[str, float]:
    """Return the amount of each line of the formula."""
    return {
        row["line"]: max(0.0, value(row["quantity in a month"], symbols) - (number(row["free"]) if free else 0))
        * number(row["price"])
        for row in table("line", "quantity in a month", "price", "free", "source")
    }


def looks(seconds: int) -> tuple[int, int]:
    """Return how often an execution looks while CloudFormation works, and the seconds that it has waited by then."""
    waiting = Waiting(
        "Wait",
        REALISTIC_WAITING["minimum_seconds"],
        REALISTIC_WAITING["maximum_seconds"],
        REALISTIC_WAITING["stack_operation_seconds"],
    )
    wait, number_of = waiting.begin(), 1
    while wait["total"] < seconds:
        following = waiting.again({"wait": wait})
        assert following is not None
        wait, number_of = following, number_of + 1
    return number_of, wait["total"]


@pytest.mark.parametrize(
    ("path", "scenario"), [(path, SCENARIOS[name]) for path, (name, _) in PATHS.items()], ids=list(PATHS)
)
def test_an_execution_has_the_counts_of_the_page(theatre: Theatre, path: str, scenario: Scenario) -> None:
    (execution,) = theatre.ended(scenario).executions
    assert execution.history.retried == []
    entered = execution.history.entered
    waits = [state for state in entered if state.startswith("Wait ")]
    further = len(waits) - len(set(waits))
    assert further > 0
    history = theatre.stage.aws.client("stepfunctions").get_paginator("get_execution_history")
    measured = {
        "transitions": len(entered),
        "tasks": sum(visit.succeeded or bool(visit.failures) for visit in execution.history.visits),
        "events": sum(len(part["events"]) for part in history.paginate(executionArn=execution.arn)),
    }
    rows = {row["path"]: row for row in table("path", "transitions", "tasks", "events")}
    assert measured == {
        name: number(rows[path][name]) + further * number(rows[FURTHER_LOOK][name]) for name in measured
    }


def test_the_page_has_every_path_that_is_measured() -> None:
    assert [row["path"] for row in table("path", "transitions", "tasks", "events")] == [*PATHS, FURTHER_LOOK]


def test_the_looks_follow_from_the_waits() -> None:
    for row in table("works", "looks", "waited"):
        assert looks(int(row["works"])) == (int(row["looks"]), int(row["waited"])), row


def test_the_revision_is_read_and_the_template_written_as_often_as_the_page_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as revision:
        revision.writestr("template.yaml", "".join(f"# {line}\n" for line in range(1000)))
        revision.writestr("configuration.json", json.dumps({"Tags": {"team": "orders"}}))
    monkeypatch.setenv("TEMPLATE_BUCKET", "bucket")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        client = boto3.client("s3", region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test")
        client.create_bucket(Bucket="bucket")
        client.put_object(Bucket="bucket", Key="revision", Body=archive.getvalue())
        calls = Counter[str]()
        client.meta.events.register("before-call.s3", lambda model, **_: calls.update([model.name]))
        publish(client, Revision("bucket", "revision", "template.yaml", "configuration.json"), "prod-app", {}, {})
    known = constants()
    # The trigger reads the input, CloudFormation the template.
    assert calls["HeadObject"] + calls["GetObject"] + 2 == known["r"]
    # Inspect Change Set Changes writes the verdict.
    assert calls["PutObject"] + 1 == known["w"]
    assert set(calls) == {"HeadObject", "GetObject", "PutObject"}


def test_the_symbols_of_a_deployment_follow_from_its_path_and_time() -> None:
    rows = {row["path"]: row for row in table("path", "transitions", "tasks", "events")}
    assert {row["path"] for row in deployments()} == set(PATHS)
    for row in deployments():
        path, works = row["path"], int(row["works"])
        parts = [looks(seconds) for seconds in (PATHS[path][1], works) if seconds]
        further, waited = sum(times - 1 for times, _ in parts), sum(seconds for _, seconds in parts)
        trigger = 1 + math.ceil(waited / TRIGGER_SECONDS)

        def total(name: str, path: str = path, further: int = further) -> float:
            return number(rows[path][name]) + further * number(rows[FURTHER_LOOK][name])

        expected = {
            "L": further,
            "j": trigger,
            "m": math.ceil((waited + TRIGGER_SECONDS) / 60),
            "n": total("transitions"),
            "i": total("tasks") + trigger,
            "h": total("events"),
        }
        assert {symbol: column(row, symbol) for symbol in expected} == expected, row


def test_a_deployment_costs_what_the_formula_charges_for_it() -> None:
    without = {**constants(), "P": 0, "E": 0, "D": 0, "q": 0}
    for row in deployments():
        symbols = {**without, **of_deployment(row)}
        amount = sum(lines({**symbols, "D": 1}, free=False).values()) - sum(lines(symbols, free=False).values())
        assert row["USD"] == f"{amount:.4f}", row


def amounts(example: str, *, free: bool) -> dict[str, str]:
    """Return the amounts of an example by service, as the page prints them."""
    given = {row["symbol"].strip("`"): number(row[example]) for row in table("symbol", example)}
    (update,) = [row for row in deployments() if (row["path"], row["works"]) == ("a safe update", "180")]
    by_line = lines({**constants(), **of_deployment(update), **given}, free=free)
    services = [row["service"] for row in table("service")]
    assert {line.split(":")[0] for line in by_line} == {
        name for service in services[:-1] for name in service.split(", ")
    }
    found = {
        service: sum(amount for line, amount in by_line.items() if line.split(":")[0] in service.split(", "))
        for service in services[:-1]
    }
    return {service: f"{amount:.2f}" for service, amount in {**found, services[-1]: sum(found.values())}.items()}


@pytest.mark.parametrize(
    ("name", "example"), [("one", "one pipeline, one stack"), ("twenty", "twenty pipelines, 300 stacks")]
)
def test_the_examples_follow_from_the_formula(name: str, example: str) -> None:
    rows = table("service")
    assert {row["service"]: row[name] for row in rows} == amounts(example, free=False)
    assert {row["service"]: row[f"{name}, less free"] for row in rows} == amounts(example, free=True)


def test_every_price_has_a_source_with_an_address() -> None:
    sources = dict(re.findall(r"^(\d+)\. ((?:.+\n)(?:   .+\n)*)", PAGE.partition("## Sources")[2], re.MULTILINE))
    cited: set[Any] = {found for row in table("line", "source") for found in re.findall(r"\d+", row["source"])}
    assert cited
    for source in cited:
        assert "https://" in sources[source], source
