"""Plans, applies and destroys one environment: ``python -m dev.provision plan dev [ARGUMENT...]``.

Each environment has a state and working data of its own. The state is ``.state/<environment>.tfstate``, or, where
``environments/<environment>.s3.tfbackend`` says so, an object in S3. Terraform reads the kind of a backend from the
configuration only, and the configuration is the same for all: with S3 it runs in a folder of links to it, beside which
an override file names the other backend (docs/adr/0020-state-per-environment.md).

Before anything is done, what the state says of itself is compared with what is to be done to it.
"""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dev.console import CommandError as BootstrapError
from dev.console import main, run, say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROOT = Path(__file__).resolve().parents[1]
ACTIONS = ("plan", "apply", "destroy")
MOVE = "move-state"

# What a tfbackend file need not say: the state is encrypted, and locked by an object beside it.
OVERRIDE = {"terraform": {"backend": {"s3": {"encrypt": True, "use_lockfile": True}}}}


@dataclass(frozen=True)
class Environment:
    """One environment of the checkout, by the name of its file of variables."""

    name: str
    checkout: Path

    @property
    def variables(self) -> str:
        """The file of variables, as Terraform is told it."""
        return f"environments/{self.name}.tfvars"

    @property
    def backend(self) -> str:
        """The file that says where in S3 the state is, if it is."""
        return f"environments/{self.name}.s3.tfbackend"

    @property
    def is_remote(self) -> bool:
        """Whether the state is in S3."""
        return (self.checkout / self.backend).is_file()

    @property
    def state_file(self) -> str:
        """The state, where it is not in S3."""
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
        """Return whether the state in the checkout holds anything."""
        path = self.checkout / self.state_file
        try:
            state = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return False
        except ValueError as error:
            raise BootstrapError(f"{self.state_file} is not a state of Terraform: {error}") from error
        return bool(state.get("resources"))


class Terraform:
    """Terraform, run for one environment."""

    def __init__(self, environment: Environment, variables: Mapping[str, str]) -> None:
        self._environment = environment
        self.executable = environment.checkout / ".tools" / "bin" / "terraform"
        # A workspace chosen elsewhere would be another state.
        self.variables = {name: value for name, value in variables.items() if name != "TF_WORKSPACE"}
        self.variables["TF_DATA_DIR"] = str(environment.data)

    def init(self) -> None:
        """Make the working data ready for the state of the environment."""
        settings = (
            f"-backend-config={self._environment.checkout / self._environment.backend}"
            if self._environment.is_remote
            else f"-backend-config=path={self._environment.state_file}"
        )
        run(
            [self.executable, "init", "-input=false", "-no-color", "-lockfile=readonly", settings],
            cwd=self._environment.folder,
            environment=self.variables,
            otherwise=f"The state of {self._environment.name} could not be reached: {self._environment.state_place}.",
        )

    def state(self) -> dict[str, Any]:
        """Return the state, empty where there is none yet."""
        text = self._ask(["state", "pull"], f"The state of {self._environment.name} could not be read.")
        state: dict[str, Any] = json.loads(text) if text.strip() else {}
        return state

    def push(self, state: Path) -> None:
        """Make a copy of the file ``state`` the state."""
        self._ask(["state", "push", str(state)], f"{state.name} could not be moved to {self._environment.state_place}.")

    def told(self, arguments: Sequence[str]) -> dict[str, str]:
        """Return the name and region that the variables say."""
        told: dict[str, str] = self.evaluate("{ name = var.name, region = var.region }", arguments)
        return told

    def evaluate(self, expression: str, arguments: Sequence[str]) -> dict[str, Any]:
        """Return the object that ``expression``, one line about variables, comes to."""
        text = self._ask(
            ["console", f"-var-file={self._environment.variables}", *_variables_in(arguments)],
            f"{self._environment.variables} could not be read.",
            told=f"jsonencode({expression})\n",
        )
        # The console shows a string as it would be written, in quotes and with escapes; what it says of a lock that it
        # waits for is beside it.
        answers = [line for line in text.splitlines() if line.startswith('"{')]
        if len(answers) != 1:
            raise BootstrapError(f"{self._environment.variables} could not be read.\n{text.strip()}")
        value: dict[str, Any] = json.loads(json.loads(answers[0]))
        return value

    def replace_process(self, arguments: Sequence[str]) -> None:
        """Go on as Terraform, so that questions, colours and Ctrl-C are its own."""
        os.chdir(self._environment.folder)
        # No shell is wanted.
        os.execve(self.executable, [str(self.executable), *arguments], self.variables)  # noqa: S606  # nosec B606

    def _ask(self, arguments: Sequence[str], otherwise: str, told: str = "") -> str:
        # Only what is on standard output is the answer; warnings are not.
        done = subprocess.run(
            [str(self.executable), *arguments],
            cwd=self._environment.folder,
            env=self.variables,
            input=told,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise BootstrapError(f"{otherwise}\n{done.stderr.strip()}")
        return done.stdout


def link_configuration(environment: Environment) -> None:
    """Make the folder in which Terraform runs for a state in S3: links to the checkout, and the override."""
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
    """Refuse an environment whose state is also, or was last, elsewhere.

    :raises BootstrapError: with the way out.
    """
    if environment.is_remote and environment.has_local_resources():
        raise BootstrapError(
            f"{environment.backend} puts the state of {environment.name} into S3, but {environment.state_file} "
            f"still holds resources: move it there with make {MOVE} ENV={environment.name}."
        )
    # Terraform notes a backend there once it has reached it.
    if not environment.is_remote and (environment.remote_data / "terraform.tfstate").exists():
        raise BootstrapError(
            f"The state of {environment.name} was in S3 when it was last used, but {environment.backend} is gone: "
            f"bring it back, or remove .state/{environment.name}.s3.terraform if nothing is left there."
        )


def check_state(environment: Environment, state: Mapping[str, Any], told: Mapping[str, str]) -> None:
    """Refuse a state of another environment than the variables are of.

    :raises BootstrapError: naming both.
    """
    found = identity(state)
    if not found:
        raise BootstrapError(
            f"The state of {environment.name}, {environment.state_place}, holds resources that are not Changegate's."
        )
    wrong = [key for key, value in found.items() if value != told[key]]
    if wrong:
        theirs = " in ".join(found[key] for key in ("name", "region") if key in found)
        ours = " in ".join(told[key] for key in ("name", "region") if key in found)
        raise BootstrapError(
            f"The state of {environment.name}, {environment.state_place}, is that of {theirs}, "
            f"but {environment.variables} is about {ours}: take the state and the variables of one environment, "
            "or destroy it before it is given another name or region."
        )


def identity(state: Mapping[str, Any]) -> dict[str, str]:
    """Return what ``state`` says of itself: its name and region; nothing where it says nothing."""
    outputs = state.get("outputs", {})
    if "environment" in outputs:
        said = outputs["environment"]["value"]
        return {"name": said["name"], "region": said["region"]}
    # The outputs go first when an environment is destroyed, and the resources bear the name, too.
    names = {
        instance["attributes"]["tags_all"]["Application"]
        for resource in state.get("resources", [])
        if resource["mode"] == "managed"
        for instance in resource["instances"]
        if "Application" in (instance.get("attributes", {}).get("tags_all") or {})
    }
    return {"name": names.pop()} if len(names) == 1 else {}


def provision(action: str, environment: Environment, arguments: Sequence[str], variables: Mapping[str, str]) -> None:
    """Check that the state is the environment's, then go on as Terraform.

    :raises BootstrapError: where it is not.
    """
    check_backend(environment)
    terraform = Terraform(environment, variables)
    make_ready(environment, terraform)
    state = terraform.state()
    if state.get("resources"):
        check_state(environment, state, terraform.told(arguments))
    questions = ["-input=false"] if action == "plan" else []
    terraform.replace_process([action, *questions, f"-var-file={environment.variables}", *arguments])


def move_state(environment: Environment, variables: Mapping[str, str]) -> None:
    """Move the state from the checkout to S3.

    :raises BootstrapError: where there is none, or one there already.
    """
    if not environment.is_remote:
        raise BootstrapError(f"{environment.backend} does not exist: it says where in S3 the state goes.")
    if not environment.has_local_resources():
        raise BootstrapError(f"There is nothing to move: {environment.state_file} does not exist or holds nothing.")
    terraform = Terraform(environment, variables)
    make_ready(environment, terraform)
    if terraform.state().get("resources"):
        raise BootstrapError(f"There is a state with resources at {environment.state_place} already.")
    state = environment.checkout / environment.state_file
    check_state(environment, json.loads(state.read_text(encoding="utf-8")), terraform.told([]))
    terraform.push(state)
    state.rename(state.with_name(f"{state.name}.moved"))
    say(f"The state of {environment.name} is in S3 now; {environment.state_file}.moved is what it was.")


def make_ready(environment: Environment, terraform: Terraform) -> None:
    """Bring Terraform and the state of the environment together."""
    (environment.checkout / ".state").mkdir(exist_ok=True)
    if environment.is_remote:
        link_configuration(environment)
    terraform.init()


def _variables_in(arguments: Sequence[str]) -> list[str]:
    """Return those of ``arguments`` that give variables, as ``-var=a=b`` or as ``-var a=b``."""
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
        raise BootstrapError(f"{action} is none of {', '.join(ACTIONS)} and {MOVE}.")


if __name__ == "__main__":
    main(_command)
