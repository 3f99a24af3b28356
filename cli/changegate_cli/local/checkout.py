"""The checkout of the project that ``changegate local`` runs."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from changegate_cli import terraform
from changegate_cli.local.errors import LocalRunError


@dataclass(frozen=True)
class Checkout:
    """A checkout of the project, with what ``make`` has put into it."""

    root: Path

    @classmethod
    def of_this_package(cls) -> Checkout:
        """Return the checkout that this package is installed from, if it is installed editable."""
        return cls(Path(__file__).resolve().parents[3])

    @property
    def exists(self) -> bool:
        """Whether the folder looks like a checkout of the project."""
        return (self.root / "Makefile").exists() and self.variables.exists()

    @property
    def terraform(self) -> Path:
        """Terraform, or a link to it."""
        return self.root / ".tools" / "bin" / "terraform"

    @property
    def lambda_zip(self) -> Path:
        """The zip of all Lambda functions."""
        return self.root / "build" / "changegate.zip"

    @property
    def localstack_python(self) -> Path:
        """The interpreter that has LocalStack and its plug-ins."""
        return self.root / ".venvs" / "localstack" / "bin" / "python"

    @property
    def lambda_python(self) -> Path:
        """The interpreter that runs Lambda functions."""
        return self.root / ".venvs" / "lambda" / "bin" / "python"

    @property
    def variables(self) -> Path:
        """The Terraform variables of a local run."""
        return self.root / "environments" / "local.tfvars"

    @property
    def sample_app(self) -> Path:
        """The content of the repository."""
        return self.root / "examples" / "sample-app"

    @property
    def variants(self) -> Path:
        """The templates that the demo pushes after the first one."""
        return self.root / "examples" / "variants"

    @property
    def instances(self) -> Path:
        """The folder that has one folder per local AWS."""
        return self.root / ".local"

    def require_built(self) -> None:
        """Check that everything a run needs is there.

        :raises LocalRunError: naming the first file that is missing and the target that makes it.
        """
        needs = {
            self.localstack_python: "setup",
            self.lambda_python: "setup",
            self.terraform: "setup",
            terraform.config_file(self.root): "setup",
            self.lambda_zip: "build",
        }
        for path, target in needs.items():
            if not path.exists():
                name = path.relative_to(self.root)
                raise LocalRunError(f"{name} is missing: run `make {target}` first.")


def find(given: Path | None) -> Checkout:
    """Return the checkout to run, after checking that everything else is installed.

    :param given: the checkout that the user names.
    :raises LocalRunError: naming everything that is missing.
    """
    checkout = Checkout.of_this_package() if given is None else Checkout(given.absolute())
    missing = []
    if given is None and not checkout.exists:
        missing.append("a checkout of the project (--checkout DIR)")
    if find_spec("psutil") is None:
        missing.append("psutil (the extra `local`)")
    if missing:
        raise LocalRunError(f"`changegate local` needs {' and '.join(missing)}.")
    return checkout
