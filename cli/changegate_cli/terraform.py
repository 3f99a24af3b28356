"""Runs Terraform and reads what it writes: the one wrapper, for the command, the workshop and the tests.

Standard library only: ``dev/provision.py`` runs without a virtual environment.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from changegate_cli import processes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

STOP_TIMEOUT_SECONDS = 10


def executable(checkout: Path) -> Path:
    """Return the Terraform that ``make setup`` has put into ``checkout``, or else the one on the PATH."""
    own = checkout / ".tools" / "bin" / "terraform"
    return own if own.exists() else Path(shutil.which("terraform") or own)


def config_file(checkout: Path) -> Path:
    """Return Terraform's CLI configuration of ``checkout``: where providers come from."""
    return checkout / ".tools" / "terraform.rc"


def environment(
    checkout: Path, variables: Mapping[str, str], *, data: Path | None = None, unattended: bool = True
) -> dict[str, str]:
    """Return the environment of a Terraform process.

    :param variables: what it is made from.
    :param data: the folder of working data, if not ``.terraform`` in the working directory.
    :param unattended: whether a program reads the output; a person gets hints about what to run next.
    """
    return {
        # A workspace chosen elsewhere would be another state.
        **{name: value for name, value in variables.items() if name != "TF_WORKSPACE"},
        **({"TF_CLI_CONFIG_FILE": str(config_file(checkout))} if config_file(checkout).exists() else {}),
        **({"TF_DATA_DIR": str(data)} if data is not None else {}),
        **({"TF_IN_AUTOMATION": "1"} if unattended else {}),
        "CHECKPOINT_DISABLE": "1",
    }


@dataclass(frozen=True)
class Terraform:
    """Terraform in one working directory.

    :ivar executable: the program.
    :ivar folder: the working directory.
    :ivar environment: the whole environment of the process.
    """

    executable: Path
    folder: Path
    environment: Mapping[str, str]

    @classmethod
    def of(
        cls,
        checkout: Path,
        variables: Mapping[str, str] = os.environ,
        *,
        folder: Path | None = None,
        data: Path | None = None,
        unattended: bool = True,
    ) -> Terraform:
        """Return the Terraform of ``checkout``; it runs there unless ``folder`` is given.

        The other parameters are those of :func:`environment`.
        """
        settings = environment(checkout, variables, data=data, unattended=unattended)
        return cls(executable(checkout), folder or checkout, settings)

    def run(
        self, *arguments: str | Path, stdin: str = "", timeout_seconds: float | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a command to its end and return it with its exit code and output."""
        return subprocess.run(
            self._command(arguments),
            cwd=self.folder,
            env=self.environment,
            input=stdin,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
            timeout=timeout_seconds,
        )

    def stream(self, *arguments: str | Path, on_line: Callable[[str], None]) -> int:
        """Run a command to its end and return its exit code.

        When this program is interrupted, Terraform and its providers end first.

        :param on_line: gets each line of standard output and standard error as it comes, without its end.
        """
        process = subprocess.Popen(
            self._command(arguments),
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            # Ctrl-C reaches this program alone, which ends Terraform below: a second signal would make it abort.
            start_new_session=True,
        )
        session = processes.Session(process)
        with process:
            try:
                # It is a pipe, though its type allows None.
                for line in process.stdout or ():
                    on_line(line.rstrip("\n"))
                return process.wait()
            except BaseException:
                processes.end([session], signal.SIGINT, STOP_TIMEOUT_SECONDS)
                raise
            finally:
                session.kill()

    def replace_process(self, *arguments: str | Path) -> NoReturn:
        """Replace this process, so that Terraform asks its questions, colours its output and gets Ctrl-C itself."""
        os.chdir(self.folder)
        # There is no shell.
        os.execve(self.executable, self._command(arguments), self.environment)  # noqa: S606  # nosec B606

    def _command(self, arguments: Sequence[str | Path]) -> list[str]:
        return [str(part) for part in (self.executable, *arguments)]


@dataclass(frozen=True)
class Progress:
    """How far an apply or destroy is, in resources; ``total`` is 0 until there is a plan."""

    done: int
    total: int


@dataclass(frozen=True)
class Difference:
    """A resource that a plan would change."""

    address: str
    actions: tuple[str, ...]
    attributes: frozenset[str]


def read_progress(messages: Sequence[dict[str, Any]]) -> Progress:
    """Return how far the command is that wrote ``messages`` (Terraform's machine-readable UI)."""
    total = 0
    done = 0
    for message in messages:
        if message.get("type") == "change_summary" and message["changes"]["operation"] == "plan":
            changes = message["changes"]
            total = changes["add"] + changes["change"] + changes["remove"]
        elif message.get("type") == "apply_complete" and message["hook"]["action"] != "read":
            done += 1
    return Progress(done, total)


def read_errors(messages: Sequence[dict[str, Any]]) -> str:
    """Return the errors among ``messages``, each as one sentence or more."""
    diagnostics = (message["diagnostic"] for message in messages if message.get("type") == "diagnostic")
    errors = (
        " ".join(f"{found['summary']}. {found.get('detail', '')}".split())
        for found in diagnostics
        if found["severity"] == "error"
    )
    return " ".join(dict.fromkeys(errors)) or "it reported no reason."


def read_differences(plan: Mapping[str, Any]) -> Iterator[Difference]:
    """Yield the resources that ``plan`` (of ``terraform show -json``) would change.

    A JSON document that is only written differently (``2.0`` for ``2``) has not changed.
    """
    for change in plan.get("resource_changes", []):
        actions = tuple(change["change"]["actions"])
        if actions in {("no-op",), ("read",)}:
            continue
        before = change["change"]["before"] or {}
        after = {**(change["change"]["after"] or {}), **(change["change"]["after_unknown"] or {})}
        changed = {name for name in {*before, *after} if _value(before.get(name)) != _value(after.get(name))}
        yield Difference(change["address"], actions, frozenset(changed))


def _value(attribute: Any) -> Any:
    if isinstance(attribute, str) and attribute.lstrip().startswith(("{", "[")):
        with suppress(json.JSONDecodeError):
            return json.loads(attribute)
    return attribute


def read_events(output: str) -> Iterator[dict[str, Any]]:
    """Yield the messages of Terraform's machine-readable UI in ``output``; other lines are left out."""
    for line in output.splitlines():
        if line.startswith("{"):
            event: dict[str, Any] = json.loads(line)
            yield event
