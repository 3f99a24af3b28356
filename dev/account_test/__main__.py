"""Applies an environment, runs the end-to-end tests in it and removes all of it: ``python -m dev.account_test e2e``.

Arguments after the environment's name go to Terraform. Nothing is done to an environment, or under a name, that is in
use, and nothing without consent.
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
from changegate_cli.local.run import TEMPLATE
from changegate_cli.local.signals import Terminated, as_exceptions, ignored
from dev import provision
from dev.account_test import aws as on_account
from dev.account_test.aws import CleanUpError
from dev.account_test.child import run
from dev.account_test.subject import EXPRESSION, Subject
from dev.bootstrap.console import BootstrapError, say

if TYPE_CHECKING:
    from collections.abc import Sequence

CONSENT = "--yes"
TERRAFORM_QUIETLY = ("-auto-approve", "-input=false")
# A bucket that something was still written to, a role that something still used: the second time they go.
DESTROY_ATTEMPTS = 2

ABOUT = """
This runs the end-to-end tests on AWS:

  account      {subject.account_id}
  region       {subject.region}
  environment  {environment.variables}, named {subject.name}
  stack        {stacks}

It applies the environment, pushes the sample application and some bad revisions, deletes the stack and destroys the
environment. That takes an hour or two and costs less than 1 USD, 6 at the very most:
docs/maintainers/account-test.md has the sums, and what is left over.
"""


@dataclass
class AccountTest:
    """One run of the tests in one environment."""

    environment: provision.Environment
    consents: bool
    arguments: Sequence[str]
    terraform: provision.Terraform = field(init=False)
    subject: Subject = field(init=False)
    aws: AwsAccount = field(init=False)

    def prepare(self) -> None:
        """Find out what is to be done, and refuse what must not be done.

        :raises BootstrapError: with what is in the way.
        """
        provision.check_backend(self.environment)
        self.terraform = provision.Terraform(self.environment, os.environ)
        provision.make_ready(self.environment, self.terraform)
        name = self.environment.name
        if self.terraform.state().get("resources"):
            raise BootstrapError(
                f"The environment {name} is in use: its state, {self.environment.state_place}, holds resources. "
                "Take one for the tests alone; docs/maintainers/account-test.md says how to clean up after tests that "
                "were cut off."
            )
        self.subject = Subject.of(self.terraform.evaluate(EXPRESSION, self.arguments))
        objections = list(self.subject.objections(TEMPLATE))
        if objections:
            raise BootstrapError(f"{self.environment.variables} is not fit for the tests. {' '.join(objections)}")
        self.aws = AwsAccount(self.environment.checkout, self.subject.region)
        found = on_account.account_id(self.aws)
        if found != self.subject.account_id:
            raise BootstrapError(
                f"The credentials are of account {found}, but {self.environment.variables} is about "
                f"{self.subject.account_id}."
            )
        there = list(on_account.present(self.aws, self.subject))
        if there:
            raise BootstrapError(f"The tests would meet what is there already: {', '.join(there)}.")

    def ask(self) -> None:
        """Say what is about to be done, and have it allowed.

        :raises BootstrapError: where it is not.
        """
        stacks = ", ".join(self.subject.stacks)
        say(ABOUT.format(subject=self.subject, environment=self.environment, stacks=stacks))
        if self.consents:
            return
        if not sys.stdin.isatty():
            raise BootstrapError(f"Nobody can be asked: say make e2e ENV={self.environment.name} CONFIRM=yes.")
        if input("Only yes is taken for consent: ").strip() != "yes":
            raise BootstrapError("Nothing was done.")

    def run(self) -> int:
        """Apply, test and clean up; return the exit code."""
        outputs: dict[str, Any] = {}
        try:
            with as_exceptions():
                if self._terraform("apply") != 0:
                    raise BootstrapError("The environment could not be applied; the tests were not run.")
                outputs = {name: said["value"] for name, said in self.terraform.state()["outputs"].items()}
                code = self._test(outputs)
        finally:
            say("\n== Cleaning up; it is not to be interrupted")
            with ignored():
                self._clean_up(outputs)
        return code

    def _test(self, outputs: dict[str, Any]) -> int:
        with tempfile.TemporaryDirectory() as folder:
            said = Path(folder, "account.json")
            said.write_text(json.dumps({"region": self.subject.region, "outputs": outputs}))
            return run(
                [
                    *(sys.executable, "-m", "pytest", "tests/e2e", "-m", "on_account", f"--account={said}"),
                    # It takes long: whoever waits sees what goes on.
                    *("--verbose", "--capture=no", "--timeout=14400"),
                ],
                self.environment.checkout,
            )

    def _clean_up(self, outputs: dict[str, Any]) -> None:
        # Without outputs the apply has failed, and nothing was pushed.
        if outputs:
            try:
                on_account.stop_deployments(self.aws, outputs)
                for stack in self.subject.stacks:
                    if on_account.delete_stack(self.aws, stack, outputs["role_arns"]["cloudformation"]):
                        say(f"The stack {stack} is deleted.")
            except (BotoCoreError, ClientError, CleanUpError) as error:
                # The role that can delete the stack must not go before the stack.
                raise CleanUpError(f"{error} {self._by_hand()}") from error
        for _ in range(DESTROY_ATTEMPTS):
            if self._terraform("destroy") == 0:
                break
        if self.terraform.state().get("resources"):
            raise CleanUpError(f"The environment could not be destroyed. {self._by_hand()}")
        say(
            "Everything is gone but the KMS key, which is deleted when its waiting period ends, "
            "and what docs/maintainers/account-test.md names."
        )

    def _by_hand(self) -> str:
        return (
            f"Delete the stack {' and '.join(self.subject.stacks)} first, then say "
            f"make destroy ENV={self.environment.name}: docs/maintainers/account-test.md has the commands."
        )

    def _terraform(self, action: str) -> int:
        command = (sys.executable, "-m", "dev.provision", action, self.environment.name)
        return run([*command, *TERRAFORM_QUIETLY, *self.arguments], self.environment.checkout)


def main(arguments: Sequence[str]) -> int:
    """Run the tests in the environment that the first argument names; return the exit code."""
    name, *further = arguments
    terraform = [argument for argument in further if argument != CONSENT]
    test = AccountTest(provision.Environment(name, provision.ROOT), CONSENT in further, terraform)
    try:
        test.prepare()
        test.ask()
        return test.run()
    except (BootstrapError, BotoCoreError, ClientError, CleanUpError) as error:
        return _fail(str(error), 1)
    except KeyboardInterrupt:
        return _fail("interrupted", 130)
    except Terminated as end:
        return _fail(f"ended by {end}", end.exit_code)


def _fail(sentence: str, code: int) -> int:
    sys.stdout.flush()
    sys.stderr.write(f"changegate: {sentence}\n")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
