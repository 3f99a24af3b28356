"""Applies an environment, runs the end-to-end tests in it and removes all of it: ``python -m dev.account_test e2e``.

Arguments after the environment's name go to Terraform. It refuses an environment or a name that is in use, and asks for
consent first.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from changegate_cli.local.account import AwsAccount
from changegate_cli.local.installation import TEMPLATE
from changegate_cli.signals import EXIT_INTERRUPTED, Terminated, as_exceptions, ignored
from dev import provision
from dev.account_test import aws as on_account
from dev.account_test.aws import CleanUpError
from dev.account_test.child import run
from dev.account_test.under_test import EXPRESSION, EnvironmentUnderTest
from dev.console import CommandError, say

if TYPE_CHECKING:
    from collections.abc import Sequence

CONSENT = "--yes"
TERRAFORM_QUIETLY = ("-auto-approve", "-input=false")
# A bucket that still receives objects, or a role that is still in use, can be destroyed the second time.
DESTROY_ATTEMPTS = 2

ABOUT = """
This runs the end-to-end tests on AWS:

  account      {tested.account_id}
  region       {tested.region}
  environment  {variables}, named {tested.name}
  stack        {stacks}

It applies the environment, pushes the sample application and some bad revisions, deletes the stack and destroys the
environment. That takes an hour or two and costs less than 1 USD, at most 6: docs/maintainers/account-test.md has the
details, and what is left over.
"""


@dataclass
class AccountTest:
    """One run of the tests in one environment."""

    environment: provision.Environment
    consents: bool
    arguments: Sequence[str]
    terraform: provision.EnvironmentTerraform = field(init=False)
    tested: EnvironmentUnderTest = field(init=False)
    aws: AwsAccount = field(init=False)

    def prepare(self) -> None:
        """Read the environment and check that the tests may run in it.

        :raises CommandError: with the reason if they may not.
        """
        provision.check_backend(self.environment)
        self.terraform = provision.EnvironmentTerraform(self.environment, os.environ)
        provision.make_ready(self.environment, self.terraform)
        name = self.environment.name
        if self.terraform.state().get("resources"):
            raise CommandError(
                f"The environment {name} is in use: its state, {self.environment.state_place}, has resources. "
                "Use one for the tests alone; docs/maintainers/account-test.md says how to clean up after interrupted "
                "tests."
            )
        self.tested = EnvironmentUnderTest.of(self.terraform.evaluate(EXPRESSION, self.arguments))
        variables = self.environment.shown(self.environment.variables)
        objections = list(self.tested.objections(TEMPLATE))
        if objections:
            raise CommandError(f"{variables} does not suit the tests. {' '.join(objections)}")
        self.aws = AwsAccount(self.environment.checkout, self.tested.region)
        found = on_account.account_id(self.aws)
        if found != self.tested.account_id:
            raise CommandError(
                f"The credentials belong to account {found}, but {variables} describes {self.tested.account_id}."
            )
        existing = list(on_account.present(self.aws, self.tested))
        if existing:
            raise CommandError(f"The tests would create what exists already: {', '.join(existing)}.")

    def ask(self) -> None:
        """Say what the tests do, and ask for consent.

        :raises CommandError: without consent.
        """
        stacks = ", ".join(self.tested.stacks)
        variables = self.environment.shown(self.environment.variables)
        say(ABOUT.format(tested=self.tested, variables=variables, stacks=stacks))
        if self.consents:
            return
        if not sys.stdin.isatty():
            raise CommandError(f"This needs consent: run make e2e ENV={self.environment.name} CONFIRM=yes.")
        if input("Enter yes to continue: ").strip() != "yes":
            raise CommandError("Cancelled; nothing was changed.")

    def run(self) -> int:
        """Apply, test and clean up; return the exit code."""
        outputs: dict[str, Any] = {}
        try:
            with as_exceptions():
                if self._terraform("apply") != 0:
                    raise CommandError("The environment could not be applied; the tests were not run.")
                outputs = {name: output["value"] for name, output in self.terraform.state()["outputs"].items()}
                code = self._test(outputs)
        finally:
            say("\n== Cleaning up (cannot be interrupted)")
            with ignored():
                self._clean_up(outputs)
        return code

    def _test(self, outputs: dict[str, Any]) -> int:
        with tempfile.TemporaryDirectory() as folder:
            account = Path(folder, "account.json")
            account.write_text(json.dumps({"region": self.tested.region, "outputs": outputs}))
            return run(
                [
                    *(sys.executable, "-m", "pytest", "tests/e2e", "-m", "on_account", f"--account={account}"),
                    # It takes long: show what happens.
                    *("--verbose", "--capture=no", "--timeout=14400"),
                ],
                self.environment.checkout,
            )

    def _clean_up(self, outputs: dict[str, Any]) -> None:
        # No outputs: the apply has failed, and nothing was pushed.
        if outputs:
            try:
                on_account.stop_deployments(self.aws, outputs)
                for stack in self.tested.stacks:
                    if on_account.delete_stack(self.aws, stack, outputs["role_arns"]["cloudformation"]):
                        say(f"The stack {stack} is deleted.")
            except (BotoCoreError, ClientError, CleanUpError) as error:
                # Destroying the environment would delete the role that can delete the stack.
                raise CleanUpError(f"{error} {self._by_hand()}") from error
        for _ in range(DESTROY_ATTEMPTS):
            if self._terraform("destroy") == 0:
                break
        if self.terraform.state().get("resources"):
            raise CleanUpError(f"The environment could not be destroyed. {self._by_hand()}")
        say(
            "Everything is deleted except the KMS key, which AWS deletes after its waiting period, "
            "and what docs/maintainers/account-test.md lists."
        )

    def _by_hand(self) -> str:
        return (
            f"Delete the stack {' and '.join(self.tested.stacks)} first, then run "
            f"make destroy ENV={self.environment.name}: docs/maintainers/account-test.md has the commands."
        )

    def _terraform(self, action: str) -> int:
        command = (sys.executable, "-m", "dev.provision", action, self.environment.name)
        return run([*command, *TERRAFORM_QUIETLY, *self.arguments], self.environment.checkout)


def main(arguments: Sequence[str]) -> int:
    """Run the tests in the environment that the first argument names; return the exit code."""
    name, *further = arguments
    terraform = [argument for argument in further if argument != CONSENT]
    test = AccountTest(provision.Environment.named(name, provision.ROOT, os.environ), CONSENT in further, terraform)
    try:
        test.prepare()
        test.ask()
        return test.run()
    except (CommandError, BotoCoreError, ClientError, CleanUpError) as error:
        return _fail(str(error), 1)
    except KeyboardInterrupt:
        return _fail("interrupted", EXIT_INTERRUPTED)
    except Terminated as end:
        return _fail(f"ended by {end}", end.exit_code)


def _fail(sentence: str, code: int) -> int:
    sys.stdout.flush()
    sys.stderr.write(f"changegate: {sentence}\n")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
