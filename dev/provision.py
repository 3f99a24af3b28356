"""Plans, applies and destroys one environment: ``python -m dev.provision plan dev [ARGUMENT...]``.

The configuration is a module, without a provider and a backend. Terraform runs in a folder of links to it, one per
environment, with what makes it a root module: ``environments/root.tf`` and a file that names the backend. The state is
``.state/<environment>.tfstate`` or, with a file ``<environment>.s3.tfbackend`` beside the variables, an object in S3
(docs/adr/0020-state-per-environment.md).

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
from dev import destroy
from dev.console import SHOWN_LINES, CommandError, main, say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROOT = Path(__file__).resolve().parents[1]
ACTIONS = ("plan", "apply", "destroy")
MOVE = "move-state"

# The folder of the variables, unless ENVIRONMENTS names another.
DEFAULT_FILES = "environments"
# What a root module has and a module has not.
ROOT_MODULE = "environments/root.tf"
# Settings that a tfbackend file does not repeat: the state is encrypted, and locked by an object next to it.
S3_BACKEND = {"encrypt": True, "use_lockfile": True}


@dataclass(frozen=True)
class Environment:
    """One environment, named after its variables file.

    :ivar checkout: the configuration.
    :ivar files: the folder of the variables, which can be outside the checkout.
    """

    name: str
    checkout: Path
    files: Path

    @classmethod
    def named(cls, name: str, checkout: Path, variables: Mapping[str, str]) -> Environment:
        """Return the environment whose files are in the folder that the variable ENVIRONMENTS names."""
        return cls(name, checkout, (checkout / variables.get("ENVIRONMENTS", DEFAULT_FILES)).resolve())

    @property
    def variables(self) -> Path:
        """The variables file."""
        return self.files / f"{self.name}.tfvars"

    @property
    def backend(self) -> Path:
        """The file that says where in S3 the state is; only an environment with its state in S3 has it."""
        return self.files / f"{self.name}.s3.tfbackend"

    @property
    def is_remote(self) -> bool:
        """Whether the state is in S3."""
        return self.backend.is_file()

    @property
    def work(self) -> Path:
        """Where states and folders for Terraform are: with the variables, if these are outside the checkout."""
        inside = self.files.is_relative_to(self.checkout)
        return (self.checkout if inside else self.files) / ".state"

    @property
    def state_file(self) -> Path:
        """The state, if it is not in S3."""
        return self.work / f"{self.name}.tfstate"

    @property
    def remote_folder(self) -> Path:
        """Where Terraform runs for a state in S3; its working data are there, too."""
        return self.work / f"{self.name}.s3"

    @property
    def folder(self) -> Path:
        """Where Terraform runs."""
        return self.remote_folder if self.is_remote else self.work / f"{self.name}.local"

    @property
    def state_place(self) -> str:
        """Where the state is, for people."""
        if self.is_remote:
            return f"the place in S3 that {self.shown(self.backend)} names"
        return self.shown(self.state_file)

    def shown(self, path: Path) -> str:
        """Return ``path`` as people know it: relative to the checkout, if it is in it."""
        return str(path.relative_to(self.checkout) if path.is_relative_to(self.checkout) else path)

    def has_local_resources(self) -> bool:
        """Return whether the state in the checkout has resources."""
        try:
            state = json.loads(self.state_file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return False
        except ValueError as error:
            raise CommandError(f"{self.shown(self.state_file)} is not a Terraform state: {error}") from error
        return bool(state.get("resources"))


class EnvironmentTerraform:
    """Terraform with the state and the variables of one environment."""

    def __init__(self, environment: Environment, variables: Mapping[str, str]) -> None:
        self._environment = environment
        self._terraform = Terraform.of(environment.checkout, variables, folder=environment.folder, unattended=False)

    def init(self) -> None:
        """Prepare the working data for the state of the environment."""
        settings = (
            f"-backend-config={self._environment.backend}"
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

    def forget(self, addresses: Sequence[str]) -> None:
        """Remove resources from the state, so that nothing destroys them."""
        self._ask(["state", "rm", *addresses], "The state could not be changed; nothing was destroyed.")

    def identity(self, arguments: Sequence[str]) -> dict[str, str]:
        """Return the values of the variables ``name`` and ``region``."""
        values: dict[str, str] = self.evaluate("{ name = var.name, region = var.region }", arguments)
        return values

    def evaluate(self, expression: str, arguments: Sequence[str]) -> dict[str, Any]:
        """Return the value of ``expression``: one line about variables, an object."""
        text = self._ask(
            ["console", f"-var-file={self._environment.variables}", *_variables_in(arguments)],
            f"{self._shown_variables} could not be read.",
            stdin=f"jsonencode({expression})\n",
        )
        # The console prints a string in quotes and with escapes. Other lines are about a lock that it waits for.
        answers = [line for line in text.splitlines() if line.startswith('"{')]
        if len(answers) != 1:
            raise CommandError(f"{self._shown_variables} could not be read.\n{text.strip()}")
        value: dict[str, Any] = json.loads(json.loads(answers[0]))
        return value

    @property
    def _shown_variables(self) -> str:
        return self._environment.shown(self._environment.variables)

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
    """Create the folder where Terraform runs: links to the configuration, and what makes it a root module."""
    environment.folder.mkdir(parents=True, exist_ok=True)
    for entry in environment.folder.iterdir():
        if entry.is_symlink():
            entry.unlink()
    checkout = environment.checkout
    links = [*checkout.glob("*.tf"), *(checkout / name for name in (".terraform.lock.hcl", "asl", "build", "modules"))]
    if (checkout / ROOT_MODULE).exists():
        links.append(checkout / ROOT_MODULE)
    for path in links:
        (environment.folder / path.name).symlink_to(path)
    backend = {"s3": S3_BACKEND} if environment.is_remote else {"local": {}}
    (environment.folder / "backend_override.tf.json").write_text(
        json.dumps({"terraform": {"backend": backend}}, indent=2) + "\n", encoding="utf-8"
    )


def check_backend(environment: Environment) -> None:
    """Refuse an environment whose state is also in, or was last in, the other place.

    :raises CommandError: with the way out.
    """
    shown = environment.shown
    if environment.is_remote and environment.has_local_resources():
        raise CommandError(
            f"{shown(environment.backend)} puts the state of {environment.name} into S3, but "
            f"{shown(environment.state_file)} "
            f"still has resources: move it there with make {MOVE} ENV={environment.name}."
        )
    # Terraform writes this file once it has reached the backend.
    if not environment.is_remote and (environment.remote_folder / ".terraform" / "terraform.tfstate").exists():
        raise CommandError(
            f"The state of {environment.name} was in S3 when it was last used, but {shown(environment.backend)} no "
            f"longer exists: restore it, or remove {shown(environment.remote_folder)} if nothing is left there."
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
            f"but {environment.shown(environment.variables)} describes {ours}: use the state and the variables of one "
            "environment, or destroy the environment before you change its name or region."
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

    Before a destroy, say what is lost and what is left; the variable KEEP names what survives.

    :raises CommandError: if it is another environment's state, or KEEP has a name that does not exist.
    """
    kept = destroy.kept_names(variables.get("KEEP", "")) if action == "destroy" else ()
    check_backend(environment)
    terraform = EnvironmentTerraform(environment, variables)
    make_ready(environment, terraform)
    state = terraform.state()
    if state.get("resources"):
        check_state(environment, state, terraform.identity(arguments))
        if action == "destroy":
            say(destroy.announcement(state, kept))
            if addresses := destroy.kept_addresses(state, kept):
                _ask_to_forget(kept, arguments)
                terraform.forget(addresses)
    questions = ["-input=false"] if action == "plan" else []
    terraform.replace_process([action, *questions, f"-var-file={environment.variables}", *arguments])


def move_state(environment: Environment, variables: Mapping[str, str]) -> None:
    """Move the state from the checkout to S3.

    :raises CommandError: if there is no state to move, or one in S3 already.
    """
    if not environment.is_remote:
        raise CommandError(
            f"{environment.shown(environment.backend)} does not exist: it says where in S3 the state goes."
        )
    shown = environment.shown(environment.state_file)
    if not environment.has_local_resources():
        raise CommandError(f"There is nothing to move: {shown} does not exist or has no resources.")
    terraform = EnvironmentTerraform(environment, variables)
    make_ready(environment, terraform)
    if terraform.state().get("resources"):
        raise CommandError(f"There is a state with resources at {environment.state_place} already.")
    state = environment.state_file
    check_state(environment, json.loads(state.read_text(encoding="utf-8")), terraform.identity([]))
    terraform.push(state)
    state.rename(state.with_name(f"{state.name}.moved"))
    say(f"The state of {environment.name} is in S3 now; {shown}.moved is the old file.")


def make_ready(environment: Environment, terraform: EnvironmentTerraform) -> None:
    """Connect Terraform with the state of the environment."""
    link_configuration(environment)
    terraform.init()


def _ask_to_forget(kept: Sequence[str], arguments: Sequence[str]) -> None:
    # Terraform asks before it destroys, which is too late for this.
    if "-auto-approve" in arguments:
        return
    question = f"Enter yes to remove {', '.join(kept)} from the state for good, before Terraform asks: "
    if not sys.stdin.isatty() or input(question).strip() != "yes":
        raise CommandError("Cancelled; nothing was changed.")


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
    environment = Environment.named(name, ROOT, os.environ)
    if action == MOVE:
        move_state(environment, os.environ)
    elif action in ACTIONS:
        provision(action, environment, further, os.environ)
    else:
        raise CommandError(f"There is no action {action}: the actions are {', '.join(ACTIONS)} and {MOVE}.")


if __name__ == "__main__":
    main(_command)
