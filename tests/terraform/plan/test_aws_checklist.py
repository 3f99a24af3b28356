"""The page about the demands of AWS is true: what it names exists, and what it counts is so."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from botocore.loaders import Loader
from hypothesis import assume, given
from hypothesis import strategies as st

from changegate.contract.waiting import Waiting
from dev.generate.module_reference import variables
from tests.machine.definition.definition import render
from tests.support.checkout import ROOT
from tests.support.tasks import FUNCTIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = (ROOT / "docs/maintainers/aws-checklist.md").read_text("utf-8")
TABLES = [line for line in PAGE.splitlines() if line.startswith("| ") and not re.match(r"\| (---|requirement) ", line)]
CELLS = [tuple(cell.strip() for cell in line.strip("|").split(" | ")) for line in TABLES]
REFERENCE = re.compile(r"`([^`]+)`: `([^`]+)`")

# Events of one check in the history: of the wait, the task and the choice. And of a retry.
EVENTS_OF_LOOK = 2 + 5 + 2
EVENTS_OF_RETRY = 3
# Of everything that happens once: a dozen tasks and choices, the start and the end.
EVENTS_OF_THE_REST = 200
MAX_EVENTS = 25_000
LOOKS_IN_LONGEST_RHYTHM = 2300

pytestmark = pytest.mark.terraform


def references(column: int) -> Iterator[tuple[str, str]]:
    for cells in CELLS:
        yield from REFERENCE.findall(cells[column])


def pattern(symbol: str) -> str:
    """Return the pattern that a file with ``symbol`` matches."""
    match symbol.split("."):
        case ["var", name]:
            return rf'^variable "{name}" \{{$'
        case ["module", name]:
            return rf'^module "{name}" \{{$'
        case ["local", name]:
            return rf"^  {name} += "
        case [kind, name] if kind.startswith("aws_"):
            return rf'^resource "{kind}" "{name}" \{{$|\b{kind}\.{name}\b'
    return re.escape(symbol)


def test_every_row_is_read() -> None:
    assert len(CELLS) > 45
    for cells in CELLS:
        assert len(cells) == 4, cells
        requirement, source, met_by, test = cells
        assert requirement
        assert source
        assert REFERENCE.search(met_by), met_by
        assert REFERENCE.search(test) or test.startswith("none: "), test


@pytest.mark.parametrize(("file", "symbol"), sorted(set(references(2))))
def test_what_meets_a_demand_is_there(file: str, symbol: str) -> None:
    assert re.search(pattern(symbol), (ROOT / file).read_text("utf-8"), re.MULTILINE)


@pytest.mark.parametrize(("suite", "name"), sorted(set(references(3))))
def test_what_shows_it_is_there(suite: str, name: str) -> None:
    if suite.endswith(".py"):
        assert f"\ndef {name}(" in (ROOT / suite).read_text("utf-8")
    else:
        assert f'\nrun "{name}" {{' in (ROOT / f"tests/terraform/plan/{suite}.tftest.hcl").read_text("utf-8")


def test_every_source_is_listed_and_used() -> None:
    listed = re.findall(r"^(\d+)\. ", PAGE.partition("## Sources")[2], re.MULTILINE)
    used = {number for cells in CELLS for number in re.findall(r"\[(\d+)\]", cells[1])}
    assert listed == [str(number) for number in range(1, len(listed) + 1)]
    assert used == set(listed)


def model(service: str, shape: str) -> dict[str, Any]:
    found: dict[str, Any] = Loader().load_service_model(service, "service-2")["shapes"][shape]
    return found


def test_names_fit_the_api() -> None:
    name = "n" * 32
    function_names = [f"{name}-{key.replace('_', '-')}" for key in FUNCTIONS]
    text = (ROOT / "names.tf").read_text("utf-8")
    roles = text.partition("\n  roles = {\n")[2].partition("} : key")[0]
    role_names = [f"{name}-{suffix}" for suffix in re.findall(r'"\$\{var\.name\}-([a-z-]+)"', roles)]
    assert len(role_names) == 2
    formats = text.partition("  names_of_pipelines = {\n")[2].partition("\n  }\n")[0]
    of_pipelines = {
        key: value.replace("${var.name}", name).replace("%s", "k" * 20)
        for key, value in re.findall(r'(\w+) += "([^"]+)"', formats)
    }
    role_names += [of_pipelines["pipeline_role"], of_pipelines["event_rule_role"]]
    log_groups = [f"/aws/lambda/{function}" for function in function_names] + [f"/aws/vendedlogs/states/{name}-deploy"]

    # A function's role has the function's name. For functions, the model has the length of an ARN; a name has 64.
    assert max(map(len, role_names + function_names)) <= model("iam", "roleNameType")["max"] == 64
    assert len(f"{name}-deploy") <= model("stepfunctions", "Name")["max"] == 80
    assert len(of_pipelines["pipeline"]) <= model("codepipeline", "PipelineName")["max"] == 100
    assert len(of_pipelines["event_rule"]) <= model("events", "RuleName")["max"] == 64
    assert len(of_pipelines["repository"]) <= model("codecommit", "RepositoryName")["max"] == 100
    assert len(of_pipelines["source_alarm"]) <= model("cloudwatch", "AlarmName")["max"] == 255
    assert max(map(len, log_groups)) <= model("logs", "LogGroupName")["max"] == 512
    assert len(f"alias/{name}") <= model("kms", "AliasNameType")["max"] == 256
    assert model("cloudformation", "ChangeSetName")["max"] == 128


def test_limits_that_the_page_takes_from_the_api_models() -> None:
    assert model("codepipeline", "ContinuationToken")["max"] == 2048
    assert model("codepipeline", "Message")["max"] == 5000
    assert model("stepfunctions", "SensitiveData")["max"] == 256 * 1024
    assert model("cloudformation", "ClientToken")["max"] == 128
    assert model("cloudformation", "NotificationARNs")["max"] == 5
    assert model("cloudformation", "RollbackTriggers")["max"] == 5
    assert model("cloudformation", "MonitoringTimeInMinutes")["max"] == 180


def test_definition_fits() -> None:
    assert len(render().encode()) < model("stepfunctions", "Definition")["max"] // 10


def test_log_delivery_has_what_cloudwatch_logs_asks_for() -> None:
    code = (ROOT / "modules/iam/state_machine.tf").read_text("utf-8")
    statement = code.partition('Sid    = "DeliverLog"')[2].partition("},")[0]
    # "Logs sent to CloudWatch Logs", for the first setup of a delivery.
    demanded = {"CreateLogDelivery", "DescribeLogGroups", "DescribeResourcePolicies", "PutResourcePolicy"}
    assert demanded <= set(re.findall(r'"logs:(\w+)"', statement))
    assert 'Resource = "*"' in statement


def looks(minimum: int, maximum: int, limit: int) -> int:
    """Return how often the state machine checks before it gives up."""
    waiting = Waiting("state", minimum, maximum, limit)
    wait, number = waiting.begin(), 1
    while following := waiting.again({"wait": wait}):
        wait, number = following, number + 1
    return number


def test_history_has_room_for_the_default_waiting() -> None:
    [waiting] = [variable for variable in variables(ROOT) if variable.name == "waiting"]
    setting = {name: int(value) for name, value in re.findall(r"(\w+) = optional\(number, (\d+)\)", waiting.type)}
    minimum, maximum = setting["minimum_seconds"], setting["maximum_seconds"]
    limits = [setting[f"{what}_seconds"] for what in ("busy_stack", "change_set", "stack_operation")]
    number = 2 * sum(looks(minimum, maximum, limit) for limit in limits)
    retries = sum(retry["MaxAttempts"] for retry in json.loads((ROOT / "asl/retry.json").read_text("utf-8")))
    usual, worst = number * EVENTS_OF_LOOK, number * (EVENTS_OF_LOOK + retries * EVENTS_OF_RETRY)

    assert worst < MAX_EVENTS
    text = " ".join(PAGE.split())
    assert f"looks {number} times" in text
    assert f"That is {usual:,} events" in text
    assert f"it would be {worst:,}" in text


@given(
    minimum=st.integers(1, 60),
    more=st.integers(0, 600),
    limits=st.tuples(st.integers(1, 86400), st.integers(1, 86400), st.integers(1, 86400)),
)
def test_history_has_room_for_every_waiting_that_is_taken(
    minimum: int, more: int, limits: tuple[int, int, int]
) -> None:
    maximum = minimum + more
    # The longest limits that variables_waiting.tf accepts with this interval and an execution of a day.
    taken = min(LOOKS_IN_LONGEST_RHYTHM * maximum, 86400) // 2
    limits_taken = [max(limit * taken // sum(limits), maximum) for limit in limits]
    assume(2 * sum(limits_taken) <= LOOKS_IN_LONGEST_RHYTHM * maximum)
    number = 2 * sum(looks(minimum, maximum, limit) for limit in limits_taken)
    assert number * EVENTS_OF_LOOK + EVENTS_OF_THE_REST < MAX_EVENTS


def test_the_bound_is_that_of_the_configuration() -> None:
    assert (
        f"condition = {LOOKS_IN_LONGEST_RHYTHM} * var.waiting.maximum_seconds >="
        in (ROOT / "variables_waiting.tf").read_text()
    )
