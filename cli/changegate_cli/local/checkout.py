"""Where things are in a checkout of the project."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from changegate_cli.local.errors import LocalRunError


@dataclass(frozen=True)
class Checkout:
    """A checkout of the project, with what the Makefile has put into it."""

    root: Path

    @classmethod
    def of_this_package(cls) -> Checkout:
        """Return the checkout that this package is installed from (it is installed editable)."""
        return cls(Path(__file__).resolve().parents[3])

    @property
    def terraform(self) -> Path:
        """Terraform, or a link to it."""
        return self.root / ".tools" / "bin" / "terraform"

    @property
    def terraform_config(self) -> Path:
        """Terraform's CLI configuration: where providers come from."""
        return self.root / ".tools" / "terraform.rc"

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
        """The interpreter that Lambda functions run with."""
        return self.root / ".venvs" / "lambda" / "bin" / "python"

    @property
    def variables(self) -> Path:
        """The Terraform variables of a local run."""
        return self.root / "environments" / "local.tfvars"

    @property
    def sample_app(self) -> Path:
        """The content of the repository that is pushed."""
        return self.root / "examples" / "sample-app"

    @property
    def variants(self) -> Path:
        """The templates that the demo pushes after the first one."""
        return self.root / "examples" / "variants"

    @property
    def instances(self) -> Path:
        """The folder that holds one folder per local AWS."""
        return self.root / ".local"

    def require_built(self) -> None:
        """Check that everything a run needs has been made.

        :raises LocalRunError: naming the first thing that is missing and the target that makes it.
        """
        needs = {
            self.localstack_python: "setup",
            self.lambda_python: "setup",
            self.terraform: "setup",
            self.terraform_config: "setup",
            self.lambda_zip: "build",
        }
        for path, target in needs.items():
            if not path.exists():
                name = path.relative_to(self.root)
                raise LocalRunError(f"{name} is missing: run `make {target}` first.")
