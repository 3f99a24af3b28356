"""The command line: exit codes, sentences, and what it imports."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tomllib
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import EndpointConnectionError

from changegate_cli import terraform
from changegate_cli.local import checkout as local_checkout
from changegate_cli.local import command as local_command
from changegate_cli.local.checkout import Checkout
from changegate_cli.local.errors import LocalRunError
from changegate_cli.main import main
from changegate_cli.signals import Terminated, as_exceptions, ignored

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from changegate_cli.watch.display import Display


@pytest.fixture(autouse=True)
def environment() -> Iterator[None]:
    before = dict(os.environ)
    yield
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[Checkout], int]], None]:
    """Replaces ``changegate local demo`` by a function."""

    def replace(function: Callable[[Checkout], int]) -> None:
        def run(checkout: Checkout, _: Display) -> int:
            return function(checkout)

        monkeypatch.setitem(local_command.COMMANDS, "demo", run)

    return replace


type Replace = Callable[[Callable[[Checkout], int]], None]


def raising(error: BaseException) -> Callable[[Checkout], int]:
    def run(_: Checkout) -> int:
        raise error

    return run


def test_the_exit_code_is_the_commands(command: Replace) -> None:
    command(lambda _: 7)
    assert main(["local", "demo"]) == 7


def test_the_checkout_is_this_one_or_the_one_given(command: Replace, tmp_path: Path) -> None:
    seen: list[Path] = []

    def run(checkout: Checkout) -> int:
        seen.append(checkout.root)
        return 0

    command(run)
    main(["local", "demo"])
    main(["local", "demo", "--checkout", str(tmp_path)])
    assert seen == [Checkout.of_this_package().root, tmp_path]
    assert (seen[0] / "pyproject.toml").exists()


@pytest.mark.parametrize(
    ("error", "code", "sentence"),
    [
        (LocalRunError("Run `make up` first."), 1, "changegate: Run `make up` first.\n"),
        (
            EndpointConnectionError(endpoint_url="http://x/"),
            1,
            'changegate: The local AWS gave an unexpected answer: Could not connect to the endpoint URL: "http://x/"\n',
        ),
        (KeyboardInterrupt(), 130, "changegate: interrupted\n"),
        (Terminated(signal.SIGTERM), 143, "changegate: ended by SIGTERM\n"),
    ],
)
def test_what_can_be_expected_to_fail_is_one_sentence(
    command: Replace, capsys: pytest.CaptureFixture[str], error: BaseException, code: int, sentence: str
) -> None:
    command(raising(error))
    assert main(["local", "demo"]) == code
    assert capsys.readouterr().err == sentence


def test_what_nobody_expected_is_not_hidden(command: Replace) -> None:
    command(raising(ZeroDivisionError()))
    with pytest.raises(ZeroDivisionError):
        main(["local", "demo"])


def test_a_checkout_that_is_not_set_up(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["local", "demo", "--checkout", str(tmp_path)]) == 1
    assert capsys.readouterr().err == ("changegate: .venvs/localstack/bin/python is missing: run `make setup` first.\n")


def test_a_checkout_that_is_not_built(tmp_path: Path) -> None:
    checkout = Checkout(tmp_path)
    for path in (
        checkout.localstack_python,
        checkout.lambda_python,
        checkout.terraform,
        terraform.config_file(tmp_path),
    ):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    with pytest.raises(LocalRunError, match=r"^build/changegate\.zip is missing: run `make build` first\.$"):
        checkout.require_built()


@pytest.mark.parametrize(
    ("number", "error"),
    [(signal.SIGINT, KeyboardInterrupt), (signal.SIGTERM, Terminated), (signal.SIGHUP, Terminated)],
)
def test_signals_are_exceptions_even_where_they_were_ignored(number: int, error: type[BaseException]) -> None:
    before = signal.signal(number, signal.SIG_IGN)
    try:
        with pytest.raises(error), as_exceptions():
            signal.raise_signal(number)
        assert signal.getsignal(number) is signal.SIG_IGN
    finally:
        signal.signal(number, before)


def test_cleaning_up_is_not_cut_off() -> None:
    with as_exceptions():
        with ignored():
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.raise_signal(number)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)


def test_the_version_is_that_of_the_distribution(capsys: pytest.CaptureFixture[str]) -> None:
    project = tomllib.loads((Checkout.of_this_package().root / "cli" / "pyproject.toml").read_text("utf-8"))["project"]
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"changegate {project['version']}\n"


def test_the_pinned_requirements_are_those_of_the_distribution() -> None:
    root = Checkout.of_this_package().root
    project = tomllib.loads((root / "cli" / "pyproject.toml").read_text("utf-8"))["project"]
    named = {*project["dependencies"], *project["optional-dependencies"]["local"]}
    lines = (root / "dev" / "requirements" / "cli.in").read_text("utf-8").splitlines()
    assert {line for line in lines if line and not line.startswith("#")} == named


@pytest.mark.parametrize(
    ("arguments", "needs"),
    [
        (["--version"], set()),
        (["inspect", "--json", "change-set.json"], set()),
        (["inspect", "change-set.json"], {"rich"}),
        (["watch", "--help"], set()),
        (["local", "demo", "--help"], set()),
    ],
)
def test_a_command_imports_what_it_needs_and_no_more(arguments: list[str], needs: set[str], tmp_path: Path) -> None:
    change_set = {"ChangeSetId": "c", "StackName": "s", "Status": "CREATE_COMPLETE", "Changes": []}
    (tmp_path / "change-set.json").write_text(json.dumps(change_set))
    program = (
        "import sys\n"
        "from changegate_cli.main import main\n"
        "try:\n    code = main(sys.argv[1:])\nexcept SystemExit as end:\n    code = end.code\n"
        "heavy = {'boto3', 'botocore', 'psutil', 'rich'} & set(sys.modules)\n"
        "print(code, *sorted(heavy), file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stderr.splitlines() == [" ".join(["0", *sorted(needs)])]


def test_what_a_local_run_needs_is_said_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(Checkout, "of_this_package", classmethod(lambda _: Checkout(tmp_path)))
    assert main(["local", "demo"]) == 1
    assert capsys.readouterr().err == (
        "changegate: `changegate local` needs a checkout of the project (--checkout DIR).\n"
    )
    monkeypatch.setattr(local_checkout, "find_spec", lambda _: None)
    assert main(["local", "demo"]) == 1
    assert capsys.readouterr().err == (
        "changegate: `changegate local` needs a checkout of the project (--checkout DIR) "
        "and psutil (the extra `local`).\n"
    )
    assert main(["local", "demo", "--checkout", str(tmp_path)]) == 1
    assert capsys.readouterr().err == "changegate: `changegate local` needs psutil (the extra `local`).\n"
