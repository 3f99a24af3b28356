"""Plans, applies and destroys one environment: ``python -m dev.provision plan dev [ARGUMENT...]``.

Each environment has its own state and working data. The state is ``.state/<environment>.tfstate`` or, with a file
``environments/<environment>.s3.tfbackend``, an object in S3. Terraform reads the type of a backend only from the
configuration, which is the same for all environments: for S3 it runs in a folder of links to the configuration, where
an override file names the other backend (docs/adr/0020-state-per-environment.md).

Before anything else, the identity that the state records is compared with that of the variables.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from changegate_cli.terraform import Terraform
from dev.console import SHOWN_LINES, CommandError, main, say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROOT = Path(__file__).resolve().parents[1]
ACTIONS = ("plan", "apply", "destroy")
MOVE = "move-state"

# Settings that a tfbackend file does not repeat: the state is encrypted, and locked by an object next to it.
OVERRIDE = {"terraform": {"backend": {"s3": {"encrypt": True, "use_lockfile": True}}}}


@dataclass(frozen=True)
class Environment:
    """One environment of the checkout, named after its variables file."""

    name: str
    checkout: Path

    @property
    def variables(self) -> str:
        """The variables file, relative to the checkout."""
        return f"environments/{self.name}.tfvars"

    @property
    def backend(self) -> str:
        """The file that says where in S3 the state is; only an environment with its state in S3 has it."""
        return f"environments/{self.name}.s3.tfbackend"

    @property
    def is_remote(self) -> bool:
        """Whether the state is in S3."""
        return (self.checkout / self.backend).is_file()

    @property
    def state_file(self) -> str:
        """The state, if it is not in S3."""
        return f".state/{self.name}.tfstate"

    @property
    def remote_data(self) -> Path:
        """Terraform's working data for the state in S3."""
        return self.checkout / ".state" / f"{self.name}.s3.terraform"

    @property
    def data(self) -> Path:
        """Terraform's working data."""
        return self.remote_data if self.is_remote else self.checkout / ".state" / f"{self.name}.terraform"

    @property
    def folder(self) -> Path:
        """Where Terraform runs."""
        return self.checkout / ".state" / f"{self.name}.s3" if self.is_remote else self.checkout

    @property
    def state_place(self) -> str:
        """Where the state is, for people."""
        return f"the place in S3 that {self.backend} names" if self.is_remote else self.state_file

    def has_local_resources(self) -> bool:
        """Return whether the state in the checkout has resources."""
        path = self.checkout / self.state_file
        try:
            state = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return False
        except ValueError as error:
            raise CommandError(f"{self.state_file} is not a Terraform state: {error}") from error
        return bool(state.get("resources"))


class EnvironmentTerraform:
    """Terraform with the state and the variables of one environment."""

    def __init__(self, environment: Environment, variables: Mapping[str, str]) -> None:
        self._environment = environment
        self._terraform = Terraform.of(
            environment.checkout, variables, folder=environment.folder, data=environment.data, unattended=False
        )

    def init(self) -> None:
        """Prepare the working data for the state of the environment."""
        settings = (
            f"-backend-config={self._environment.checkout / self._environment.backend}"
            if self._environment.is_remote
            else f"-backend-config=path={self._environment.state_file}"
        )
        otherwise = f"The state of {self._environment.name} could not be reached: {self._environment.state_place}."
        lines: list[str] = []
        try:
            code = self._terraform.stream(
                "init", "-input=false", "-no-color", "-lockfile=readonly", settings, on_line=lines.append
            )
        except OSError as error:
            raise CommandError(f"{otherwise} ({error})") from error
        if code != 0:
            sys.stderr.write("".join(f"  {line}\n" for line in lines[-SHOWN_LINES:]))
            raise CommandError(otherwise)

    def state(self) -> dict[str, Any]:
        """Return the state; empty where there is none yet."""
        text = self._ask(["state", "pull"], f"The state of {self._environment.name} could not be read.")
        state: dict[str, Any] = json.loads(text) if text.strip() else {}
        return state

    def push(self, state: Path) -> None:
        """Make a copy of the file ``state`` the state."""
        self._ask(["state", "push", str(state)], f"{state.name} could not be moved to {self._environment.state_place}.")

    def identity(self, arguments: Sequence[str]) -> dict[str, str]:
        """Return the values of the variables ``name`` and ``region``."""
        values: dict[str, str] = self.evaluate("{ name = var.name, region = var.region }", arguments)
        return values

    def evaluate(self, expression: str, arguments: Sequence[str]) -> dict[str, Any]:
        """Return the value of ``expression``: one line about variables, an object."""
        text = self._ask(
            ["console", f"-var-file={self._environment.variables}", *_variables_in(arguments)],
            f"{self._environment.variables} could not be read.",
            stdin=f"jsonencode({expression})\n",
        )
        # The console prints a string in quotes and with escapes. Other lines are about a lock that it waits for.
        answers = [line for line in text.splitlines() if line.startswith('"{')]
        if len(answers) != 1:
            raise CommandError(f"{self._environment.variables} could not be read.\n{text.strip()}")
        value: dict[str, Any] = json.loads(json.loads(answers[0]))
        return value

    def replace_process(self, arguments: Sequence[str]) -> NoReturn:
        """Replace this process by Terraform."""
        self._terraform.replace_process(*arguments)

    def _ask(self, arguments: Sequence[str], otherwise: str, stdin: str = "") -> str:
        done = self._terraform.run(*arguments, stdin=stdin)
        if done.returncode != 0:
            raise CommandError(f"{otherwise}\n{done.stderr.strip()}")
        # Warnings are on standard error.
        return done.stdout


def link_configuration(environment: Environment) -> None:
    """Create the folder where Terraform runs for a state in S3: links to the checkout, and the override."""
    environment.folder.mkdir(parents=True, exist_ok=True)
    for entry in environment.folder.iterdir():
        if entry.is_symlink():
            entry.unlink()
    for entry in environment.checkout.iterdir():
        hidden = entry.name.startswith(".") and entry.name != ".terraform.lock.hcl"
        if not hidden:
            (environment.folder / entry.name).symlink_to(Path("../..") / entry.name)
    (environment.folder / "backend_override.tf.json").write_text(json.dumps(OVERRIDE, indent=2) + "\n")


def check_backend(environment: Environment) -> None:
    """Refuse an environment whose state is also in, or was last in, the other place.

    :raises CommandError: with the way out.
    """
    if environment.is_remote and environment.has_local_resources():
        raise CommandError(
            f"{environment.backend} puts the state of {environment.name} into S3, but {environment.state_file} "
            f"still has resources: move it there with make {MOVE} ENV={environment.name}."
        )
    # Terraform writes this file once it has reached the backend.
    if not environment.is_remote and (environment.remote_data / "terraform.tfstate").exists():
        raise CommandError(
            f"The state of {environment.name} was in S3 when it was last used, but {environment.backend} no longer "
            f"exists: restore it, or remove .state/{environment.name}.s3.terraform if nothing is left there."
        )


def check_state(environment: Environment, state: Mapping[str, Any], expected: Mapping[str, str]) -> None:
    """Refuse a state of another environment than that of the variables.

    :raises CommandError: naming both.
    """
    found = identity(state)
    if not found:
        raise CommandError(
            f"The state of {environment.name}, {environment.state_place}, has resources that are not Changegate's."
        )
    wrong = [key for key, value in found.items() if value != expected[key]]
    if wrong:
        theirs = " in ".join(found[key] for key in ("name", "region") if key in found)
        ours = " in ".join(expected[key] for key in ("name", "region") if key in found)
        raise CommandError(
            f"The state of {environment.name}, {environment.state_place}, is that of {theirs}, "
            f"but {environment.variables} describes {ours}: use the state and the variables of one environment, "
            "or destroy the environment before you change its name or region."
        )


def identity(state: Mapping[str, Any]) -> dict[str, str]:
    """Return the name and region that ``state`` records; empty if it records none."""
    outputs = state.get("outputs", {})
    if "environment" in outputs:
        recorded = outputs["environment"]["value"]
        return {"name": recorded["name"], "region": recorded["region"]}
    # A destroy removes the outputs first. The tags of the resources have the name as well.
    names = {
        instance["attributes"]["tags_all"]["Application"]
        for resource in state.get("resources", [])
        if resource["mode"] == "managed"
        for instance in resource["instances"]
        if "Application" in (instance.get("attributes", {}).get("tags_all") or {})
    }
    return {"name": names.pop()} if len(names) == 1 else {}


def provision(action: str, environment: Environment, arguments: Sequence[str], variables: Mapping[str, str]) -> None:
    """Check that the state is that of the environment, then replace this process by Terraform.

    :raises CommandError: if it is not.
    """
    check_backend(environment)
    terraform = EnvironmentTerraform(environment, variables)
    make_ready(environment, terraform)
    state = terraform.state()
    if state.get("resources"):
        check_state(environment, state, terraform.identity(arguments))
    questions = ["-input=false"] if action == "plan" else []
    terraform.replace_process([action, *questions, f"-var-file={environment.variables}", *arguments])


def move_state(environment: Environment, variables: Mapping[str, str]) -> None:
    """Move the state from the checkout to S3.

    :raises CommandError: if there is no state to move, or one in S3 already.
    """
    if not environment.is_remote:
        raise CommandError(f"{environment.backend} does not exist: it says where in S3 the state goes.")
    if not environment.has_local_resources():
        raise CommandError(f"There is nothing to move: {environment.state_file} does not exist or has no resources.")
    terraform = EnvironmentTerraform(environment, variables)
    make_ready(environment, terraform)
    if terraform.state().get("resources"):
        raise CommandError(f"There is a state with resources at {environment.state_place} already.")
    state = environment.checkout / environment.state_file
    check_state(environment, json.loads(state.read_text(encoding="utf-8")), terraform.identity([]))
    terraform.push(state)
    state.rename(state.with_name(f"{state.name}.moved"))
    say(f"The state of {environment.name} is in S3 now; {environment.state_file}.moved is the old file.")


def make_ready(environment: Environment, terraform: EnvironmentTerraform) -> None:
    """Connect Terraform with the state of the environment."""
    (environment.checkout / ".state").mkdir(exist_ok=True)
    if environment.is_remote:
        link_configuration(environment)
    terraform.init()


def _variables_in(arguments: Sequence[str]) -> list[str]:
    """Return those of ``arguments`` that set variables, as ``-var=a=b`` or as ``-var a=b``."""
    found = []
    for before, argument in zip(["", *arguments], arguments, strict=False):
        if argument.startswith(("-var=", "-var-file=")):
            found.append(argument)
        elif before in {"-var", "-var-file"}:
            found.append(f"{before}={argument}")
    return found


def _command(arguments: Sequence[str]) -> None:
    action, name, *further = arguments
    environment = Environment(name, ROOT)
    if action == MOVE:
        move_state(environment, os.environ)
    elif action in ACTIONS:
        provision(action, environment, further, os.environ)
    else:
        raise CommandError(f"There is no action {action}: the actions are {', '.join(ACTIONS)} and {MOVE}.")


if __name__ == "__main__":
    main(_command)
