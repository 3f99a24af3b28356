"""The command ``changegate inspect``."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.stub import Stubber
from rich.console import Console

from changegate.safety import ChangeSet, Policy, judge
from changegate_cli.inspect.command import SAFE, UNSAFE
from changegate_cli.inspect.files import InputError
from changegate_cli.inspect.show import show
from changegate_cli.main import main
from tests.unit.safety.build import TODAY, change, modify, nested

if TYPE_CHECKING:
    from collections.abc import Callable

BAD_INPUT = InputError.exit_code
ARN = "arn:aws:cloudformation:eu-west-1:111111111111:changeSet/prod-app-1/2"


def answer(*changes: Any, **fields: Any) -> dict[str, Any]:
    return {"ChangeSetId": ARN, "StackId": "s", "StackName": "prod-app", "Status": "CREATE_COMPLETE",
            "Changes": list(changes), **fields}  # fmt: skip


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, Any], str]:
    def write_(name: str, content: Any) -> str:
        path = tmp_path / name
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return str(path)

    return write_


def test_safe_is_0_and_unsafe_is_3(write: Callable[[str, Any], str]) -> None:
    assert main(["inspect", write("a.json", answer(change("Add")))]) == SAFE == 0
    assert main(["inspect", write("b.json", answer(change("Remove")))]) == UNSAFE == 3


def test_it_prints_the_tree_and_the_verdict(
    write: Callable[[str, Any], str], capsys: pytest.CaptureFixture[str]
) -> None:
    answers = [
        answer(change("Add", "Mail"), nested("Storage", "child")),
        answer(change("Remove", "Orders", PhysicalResourceId="orders-1"), ChangeSetId="child"),
    ]
    main(["inspect", write("a.json", answers)])
    assert capsys.readouterr().out.splitlines() == [
        "Change set",
        "├── + Mail AWS::SQS::Queue added",
        "└── ~ Storage AWS::CloudFormation::Stack updated in place",
        "    └── - Orders AWS::SQS::Queue [orders-1] would be deleted - REFUSED by default for removal",
        "",
        "3 changes: 1 added, 1 updated in place, 1 removed.",
        "Unsafe: 1 change refused.",
    ]


def test_one_change_and_several_are_good_english(
    write: Callable[[str, Any], str], capsys: pytest.CaptureFixture[str]
) -> None:
    main(["inspect", write("a.json", answer(change("Remove", "Orders")))])
    assert capsys.readouterr().out.splitlines()[-2:] == ["1 change: 1 removed.", "Unsafe: 1 change refused."]
    main(["inspect", write("b.json", answer(change("Remove", "Orders"), change("Remove", "Mail")))])
    assert capsys.readouterr().out.splitlines()[-2:] == ["2 changes: 2 removed.", "Unsafe: 2 changes refused."]
    main(["inspect", write("c.json", answer(change("Add", "Orders")))])
    assert capsys.readouterr().out.splitlines()[-2:] == ["1 change: 1 added.", "Safe: every change is allowed."]


def test_no_changes_are_said_to_be_none(write: Callable[[str, Any], str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspect", write("a.json", answer())]) == SAFE
    assert capsys.readouterr().out.splitlines() == ["No changes.", "Safe."]


def test_json_is_for_machines(write: Callable[[str, Any], str], capsys: pytest.CaptureFixture[str]) -> None:
    main(["inspect", "--json", write("a.json", answer(change("Remove")))])
    printed = json.loads(capsys.readouterr().out)
    assert printed["safe"] is False
    assert printed["findings"][0]["kind"] == "removal"
    assert printed["changes"][0]["fate"] == "removed"


def test_pages_may_be_files_of_their_own(write: Callable[[str, Any], str]) -> None:
    first, second = write("1.json", answer(change("Add"), NextToken="t")), write("2.json", answer(change("Remove")))
    assert main(["inspect", first, second]) == UNSAFE
    assert main(["inspect", first]) == BAD_INPUT


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(json.dumps(answer(change("Remove")))))
    assert main(["inspect", "-"]) == UNSAFE


def test_a_policy_from_a_file(write: Callable[[str, Any], str], capsys: pytest.CaptureFixture[str]) -> None:
    removal = write("a.json", answer(change("Remove")))
    assert main(["inspect", "--policy", write("p.json", {"default": {"removal": "allow"}}), removal]) == SAFE
    assert "allowed by default for removal" in capsys.readouterr().out
    assert main(["inspect", "--policy", write("q.json", {"default": {"removal": "approve"}}), removal]) == UNSAFE
    assert "Approvals do not exist yet" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ({}, "not an answer of DescribeChangeSet"),
        ([], "there are 0"),
        (1, "not an answer of DescribeChangeSet"),
        ({"Changes": 1}, "not an answer of DescribeChangeSet"),
    ],
)
def test_bad_input_is_2_and_one_sentence(
    write: Callable[[str, Any], str], capsys: pytest.CaptureFixture[str], content: Any, words: str
) -> None:
    assert main(["inspect", write("a.json", content)]) == BAD_INPUT == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert words in printed.err
    assert len(printed.err.splitlines()) == 1


def test_a_file_that_is_not_there_and_a_policy_that_is_wrong(
    write: Callable[[str, Any], str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["inspect", "nowhere.json"]) == BAD_INPUT
    assert "nowhere.json cannot be read" in capsys.readouterr().err
    added = write("a.json", answer(change("Add")))
    assert main(["inspect", "--policy", write("p.json", {"rule": []}), added]) == BAD_INPUT
    assert "unknown field 'rule'" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["inspect"], ["inspect", "a.json", "--change-set", ARN], [], ["explode"]])
def test_wrong_arguments_are_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == BAD_INPUT


def test_a_change_set_is_read_live_with_its_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    client = boto3.client(
        "cloudformation", region_name="eu-west-1", aws_access_key_id="test", aws_secret_access_key="test"
    )
    stub = Stubber(client)
    stub.add_response("describe_change_set", answer(change("Add"), NextToken="t"), {"ChangeSetName": ARN})
    stub.add_response("describe_change_set", answer(change("Remove")), {"ChangeSetName": ARN, "NextToken": "t"})
    regions: list[Any] = []

    def make(service: str, region_name: str | None) -> Any:
        regions.append((service, region_name))
        return client

    monkeypatch.setattr(boto3, "client", make)
    with stub:
        assert main(["inspect", "--change-set", ARN]) == UNSAFE
    stub.assert_no_pending_responses()
    assert regions == [("cloudformation", "eu-west-1")]


def test_a_change_set_that_cannot_be_read_is_bad_input(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    client = boto3.client(
        "cloudformation", region_name="eu-west-1", aws_access_key_id="test", aws_secret_access_key="test"
    )
    monkeypatch.setattr(boto3, "client", lambda *_, **__: client)
    with Stubber(client) as stub:
        stub.add_client_error("describe_change_set", "ChangeSetNotFound", "ChangeSet does not exist", 404)
        assert main(["inspect", "--change-set", ARN]) == BAD_INPUT
    assert "ChangeSet does not exist" in capsys.readouterr().err


def test_the_command_is_installed() -> None:
    command = Path(sys.executable).with_name("changegate")
    result = subprocess.run([str(command), "inspect", "--help"], capture_output=True, text=True, check=True)
    assert "--change-set" in result.stdout


def hundreds() -> Any:
    inner = ChangeSet([modify(f"Resource{number:03}", "True") for number in range(300)])
    return judge(ChangeSet([nested("Storage", "c"), change("Add")], "prod-app", {"c": inner}), Policy(), TODAY)


def test_hundreds_of_nested_changes_are_a_line_each_in_a_log() -> None:
    out = io.StringIO()
    show(hundreds(), Console(file=out))
    lines = out.getvalue().splitlines()
    assert len([line for line in lines if "Resource" in line]) == 300
    assert len(lines) == 300 + 6
    assert "\x1b" not in out.getvalue()


def test_in_a_terminal_it_is_coloured_and_fits() -> None:
    out = io.StringIO()
    show(hundreds(), Console(file=out, force_terminal=True, width=80, color_system="standard"))
    assert "\x1b[" in out.getvalue()


@pytest.mark.parametrize(
    ("width", "lines"),
    [
        (
            60,
            [
                "└── - Orders AWS::SQS::Queue [orders-1]",
                "      would be deleted",
                "      REFUSED by default for removal",
            ],
        ),
        (90, ["└── - Orders AWS::SQS::Queue [orders-1] would be deleted - REFUSED by default for removal"]),
    ],
)
def test_in_a_narrow_terminal_each_part_has_a_line(width: int, lines: list[str]) -> None:
    out = io.StringIO()
    removed = ChangeSet([change("Remove", "Orders", PhysicalResourceId="orders-1")], "prod-app")
    show(judge(removed, Policy(), TODAY), Console(file=out, force_terminal=True, width=width, color_system=None))
    assert [line.rstrip() for line in out.getvalue().splitlines()][1:-3] == lines
