"""Exit codes and sentences of the command line."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import EndpointConnectionError

from changegate_cli.local import cli
from changegate_cli.local.checkout import Checkout
from changegate_cli.local.errors import LocalRunError
from changegate_cli.local.signals import Terminated, as_exceptions, ignored

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from changegate_cli.local.display import Display


@pytest.fixture(autouse=True)
def environment() -> Iterator[None]:
    before = dict(os.environ)
    yield
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[Checkout], int]], None]:
    """Puts a function in the place of ``demo``."""

    def replace(function: Callable[[Checkout], int]) -> None:
        def run(checkout: Checkout, _: Display) -> int:
            return function(checkout)

        monkeypatch.setitem(cli.COMMANDS, "demo", (run, "a test"))

    return replace


type Replace = Callable[[Callable[[Checkout], int]], None]


def raising(error: BaseException) -> Callable[[Checkout], int]:
    def run(_: Checkout) -> int:
        raise error

    return run


def test_the_exit_code_is_the_commands(command: Replace) -> None:
    command(lambda _: 7)
    assert cli.main(["demo"]) == 7


def test_the_checkout_is_this_one_or_the_one_given(command: Replace, tmp_path: Path) -> None:
    seen: list[Path] = []

    def run(checkout: Checkout) -> int:
        seen.append(checkout.root)
        return 0

    command(run)
    cli.main(["demo"])
    cli.main(["--checkout", str(tmp_path), "demo"])
    assert seen == [Checkout.of_this_package().root, tmp_path]
    assert (seen[0] / "pyproject.toml").exists()


@pytest.mark.parametrize(
    ("error", "code", "sentence"),
    [
        (LocalRunError("Run `make up` first."), 1, "changegate-local: Run `make up` first.\n"),
        (
            EndpointConnectionError(endpoint_url="http://x/"),
            1,
            'changegate-local: The local AWS did not answer as it should: Could not connect to the endpoint URL: "http://x/"\n',
        ),
        (KeyboardInterrupt(), 130, "interrupted\n"),
        (Terminated(signal.SIGTERM), 143, "ended by SIGTERM\n"),
    ],
)
def test_what_can_be_expected_to_fail_is_one_sentence(
    command: Replace, capsys: pytest.CaptureFixture[str], error: BaseException, code: int, sentence: str
) -> None:
    command(raising(error))
    assert cli.main(["demo"]) == code
    assert capsys.readouterr().err == sentence


def test_what_nobody_expected_is_not_hidden(command: Replace) -> None:
    command(raising(ZeroDivisionError()))
    with pytest.raises(ZeroDivisionError):
        cli.main(["demo"])


def test_a_checkout_that_is_not_set_up(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--checkout", str(tmp_path), "demo"]) == 1
    assert capsys.readouterr().err == (
        "changegate-local: .venvs/localstack/bin/python is missing: run `make setup` first.\n"
    )


def test_a_checkout_that_is_not_built(tmp_path: Path) -> None:
    checkout = Checkout(tmp_path)
    for path in (
        checkout.localstack_python,
        checkout.lambda_python,
        checkout.terraform,
        checkout.terraform_config,
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
