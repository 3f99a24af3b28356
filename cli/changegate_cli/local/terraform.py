"""Applies the project's Terraform to a local AWS, from a copy of it.

The product's configuration knows nothing of emulators. What an emulator needs is in an override file beside the
copy (https://developer.hashicorp.com/terraform/language/files/override) and in the environment: one variable,
AWS_ENDPOINT_URL, reaches every service, so that none can be forgotten and be looked for in a real account.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from changegate_cli.local.environment import isolated
from changegate_cli.local.errors import LocalRunError
from changegate_cli.local.instance import client_environment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

OVERRIDE = {
    "provider": {
        "aws": {
            # Buckets have no names in the DNS here.
            "s3_use_path_style": True,
            # There is no account to check credentials against, and no instance to ask for metadata.
            "skip_credentials_validation": True,
            "skip_metadata_api_check": "true",
            # An instance that has ended is not asked for minutes.
            "max_retries": 5,
            # The account's number is asked for: names contain it.
            "skip_requesting_account_id": False,
        }
    }
}

STOP_TIMEOUT_SECONDS = 10


@dataclass(frozen=True)
class Progress:
    """How far an apply or destroy is, in resources; ``total`` is 0 until the plan is made."""

    done: int
    total: int


@dataclass(frozen=True)
class Difference:
    """A resource that a plan would change."""

    address: str
    actions: tuple[str, ...]
    attributes: frozenset[str]


@dataclass(frozen=True)
class Terraform:
    """The copy in ``folder``, with everything that is the same for each command.

    :ivar folder: the working directory; state, plan and log are in it too.
    :ivar executable: Terraform.
    :ivar config_file: its CLI configuration.
    :ivar endpoint_url: of the local AWS.
    :ivar variables: file with the variables' values.
    :ivar lambda_zip: value of the variable of that name.
    """

    folder: Path
    executable: Path
    config_file: Path
    endpoint_url: str
    variables: Path
    lambda_zip: Path

    @property
    def log(self) -> Path:
        """What the commands wrote."""
        return self.folder / "terraform.log"

    def prepare(self, source: Path) -> None:
        """Copy the configuration from the checkout ``source`` and add the override."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for file in source.glob("*.tf"):
            shutil.copy2(file, self.folder)
        shutil.copy2(source / ".terraform.lock.hcl", self.folder)
        for name in ("modules", "asl"):
            shutil.copytree(source / name, self.folder / name, dirs_exist_ok=True)
        (self.folder / "local_override.tf.json").write_text(json.dumps(OVERRIDE, indent=2))

    def init(self) -> None:
        """Install what the lock file names; the state is a file of the working directory.

        :raises LocalRunError: with Terraform's own words.
        """
        state = self.folder / "terraform.tfstate"
        self._run("init", "-input=false", "-no-color", "-lockfile=readonly", f"-backend-config=path={state}")

    def apply(self, on_progress: Callable[[Progress], None] = lambda _: None) -> None:
        """Make everything there is.

        :raises LocalRunError: with Terraform's own words.
        """
        self._change("apply", on_progress)

    def destroy(self, on_progress: Callable[[Progress], None] = lambda _: None) -> None:
        """Remove everything there is.

        :raises LocalRunError: with Terraform's own words.
        """
        self._change("destroy", on_progress)

    def outputs(self) -> dict[str, Any]:
        """Return the outputs of the last apply."""
        answer = json.loads("\n".join(self._run("output", "-json")))
        return {name: output["value"] for name, output in answer.items()}

    def differences(self) -> tuple[Difference, ...]:
        """Return what a plan would change now; nothing is changed.

        :raises LocalRunError: with Terraform's own words.
        """
        plan = self.folder / "differences.tfplan"
        self._run("plan", "-input=false", "-no-color", f"-out={plan}", *self._variables())
        answer = json.loads("\n".join(self._run("show", "-json", str(plan))))
        return tuple(read_differences(answer))

    def addresses(self) -> tuple[str, ...]:
        """Return the addresses in the state, data sources included."""
        return tuple(line for line in self._run("state", "list") if line)

    def _change(self, command: str, on_progress: Callable[[Progress], None]) -> None:
        messages: list[dict[str, Any]] = []

        def heard(line: str) -> None:
            with contextlib.suppress(json.JSONDecodeError):
                messages.append(json.loads(line))
                on_progress(read_progress(messages))

        arguments = (command, "-json", "-input=false", "-auto-approve", *self._variables())
        if self._execute(arguments, heard) != 0:
            raise LocalRunError(f"Terraform could not {command}: {read_errors(messages)}")

    def _variables(self) -> tuple[str, str]:
        return f"-var-file={self.variables}", f"-var=lambda_zip={self.lambda_zip}"

    def _run(self, *arguments: str) -> list[str]:
        lines: list[str] = []
        if self._execute(arguments, lines.append) != 0:
            text = " ".join(line.strip(" │╷╵") for line in lines[-20:] if line.strip(" │╷╵"))
            raise LocalRunError(f"`terraform {arguments[0]}` failed: {text}")
        return lines

    def _execute(self, arguments: Sequence[str], on_line: Callable[[str], None]) -> int:
        environment = {
            **isolated(os.environ),
            **client_environment(self.endpoint_url),
            "TF_CLI_CONFIG_FILE": str(self.config_file),
            "TF_IN_AUTOMATION": "1",
            "CHECKPOINT_DISABLE": "1",
        }
        with (
            self.log.open("a") as log,
            _process([str(self.executable), *arguments], self.folder, environment) as process,
        ):
            log.write(f"$ terraform {' '.join(arguments)}\n")
            # A pipe, below; typed as if it could be none.
            for line in process.stdout or ():
                log.write(line)
                on_line(line.rstrip("\n"))
            return process.wait()


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
    return " ".join(dict.fromkeys(errors)) or "it said nothing."


def read_differences(plan: dict[str, Any]) -> Iterator[Difference]:
    """Yield the resources that ``plan`` (of ``terraform show -json``) would change."""
    for change in plan.get("resource_changes", []):
        actions = tuple(change["change"]["actions"])
        if actions in {("no-op",), ("read",)}:
            continue
        before = change["change"]["before"] or {}
        after = {**(change["change"]["after"] or {}), **(change["change"]["after_unknown"] or {})}
        changed = {name for name in {*before, *after} if before.get(name) != after.get(name)}
        yield Difference(change["address"], actions, frozenset(changed))


@contextlib.contextmanager
def _process(command: list[str], folder: Path, environment: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    # A session of its own: Ctrl-C reaches this program alone, which then ends Terraform and its providers.
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        yield process
    except BaseException:
        process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(STOP_TIMEOUT_SECONDS)
        raise
    finally:
        # Providers are in the same session; one that is left over is not left running.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if process.stdout is not None:
            process.stdout.close()
