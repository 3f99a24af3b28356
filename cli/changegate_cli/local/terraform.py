"""Applies the project's Terraform to a local AWS, from a copy of it.

The product's configuration does not depend on emulators. What an emulator needs is in an override file in the copy
(https://developer.hashicorp.com/terraform/language/files/override) and in the environment: one variable,
AWS_ENDPOINT_URL, reaches every service, so none can be forgotten and reached in a real account.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from changegate_cli.local.environment import isolated
from changegate_cli.local.errors import LocalRunError
from changegate_cli.local.instance import client_environment
from changegate_cli.terraform import Difference, Progress, Terraform, read_differences, read_errors, read_progress

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from changegate_cli.local.checkout import Checkout

OVERRIDE = {
    "provider": {
        "aws": {
            # Buckets have no names in the DNS here.
            "s3_use_path_style": True,
            # No account checks the credentials, and no instance has metadata.
            "skip_credentials_validation": True,
            "skip_metadata_api_check": "true",
            # Otherwise an instance that has ended is asked for minutes.
            "max_retries": 5,
            # Names contain the account's number.
            "skip_requesting_account_id": False,
        }
    }
}


@dataclass(frozen=True)
class LocalTerraform:
    """Terraform for one local AWS.

    :ivar checkout: the configuration to apply, and the Terraform to do it with.
    :ivar folder: the working directory; the copy, the state, plans and the log are in it.
    :ivar endpoint_url: of the local AWS.
    """

    checkout: Checkout
    folder: Path
    endpoint_url: str

    @property
    def log(self) -> Path:
        """The file with the output of all commands."""
        return self.folder / "terraform.log"

    def prepare(self) -> None:
        """Copy the configuration and add the override."""
        source = self.checkout.root
        self.folder.mkdir(parents=True, exist_ok=True)
        for file in source.glob("*.tf"):
            shutil.copy2(file, self.folder)
        shutil.copy2(source / ".terraform.lock.hcl", self.folder)
        for name in ("modules", "asl"):
            shutil.copytree(source / name, self.folder / name, dirs_exist_ok=True)
        shutil.copy2(source / "environments" / "root.tf", self.folder)
        (self.folder / "local_override.tf.json").write_text(json.dumps(OVERRIDE, indent=2))

    def init(self) -> None:
        """Install what the lock file names; the state is a file in the working directory.

        :raises LocalRunError: with Terraform's own words.
        """
        self._run("init", "-input=false", "-no-color", "-lockfile=readonly")

    def apply(self, on_progress: Callable[[Progress], None] = lambda _: None) -> None:
        """Create everything.

        :raises LocalRunError: with Terraform's own words.
        """
        self._change("apply", on_progress)

    def destroy(self, on_progress: Callable[[Progress], None] = lambda _: None) -> None:
        """Remove everything.

        :raises LocalRunError: with Terraform's own words.
        """
        self._change("destroy", on_progress)

    def outputs(self) -> dict[str, Any]:
        """Return the outputs of the last apply."""
        answer = json.loads("\n".join(self._run("output", "-json")))
        return {name: output["value"] for name, output in answer.items()}

    def differences(self) -> tuple[Difference, ...]:
        """Return what a plan would change now, without changing it.

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
        checkout = self.checkout
        return f"-var-file={checkout.variables.absolute()}", f"-var=lambda_zip={checkout.lambda_zip.absolute()}"

    def _run(self, *arguments: str) -> list[str]:
        lines: list[str] = []
        if self._execute(arguments, lines.append) != 0:
            message = " ".join(line.strip(" │╷╵") for line in lines[-20:] if line.strip(" │╷╵"))
            raise LocalRunError(f"`terraform {arguments[0]}` failed: {message}")
        return lines

    def _execute(self, arguments: Sequence[str], on_line: Callable[[str], None]) -> int:
        variables = {**isolated(os.environ), **client_environment(self.endpoint_url)}
        terraform = Terraform.of(self.checkout.root.absolute(), variables, folder=self.folder)
        with self.log.open("a") as log:
            log.write(f"$ terraform {' '.join(arguments)}\n")

            def heard(line: str) -> None:
                log.write(f"{line}\n")
                on_line(line)

            return terraform.stream(*arguments, on_line=heard)
