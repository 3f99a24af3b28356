"""A local AWS for tests that run Terraform, and the environment in which Terraform reaches it."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

from changegate_cli import terraform
from changegate_cli.local.checkout import Checkout
from changegate_cli.local.environment import isolated
from changegate_cli.local.instance import SETTINGS, LocalAws, client_environment, start

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextlib.contextmanager
def start_local_aws(home: Path) -> Iterator[LocalAws]:
    """Run a local AWS with the settings of the demo."""
    checkout = Checkout.of_this_package()
    checkout.require_built()
    with start(home, checkout.localstack_python, checkout.lambda_python, extra_env=SETTINGS) as aws:
        yield aws


def environment_for(aws: LocalAws) -> dict[str, str]:
    """Return the environment in which Terraform, or a make that runs it, reaches only ``aws``.

    The product's configuration needs nothing else: the SDK uses path-style requests for an IP address, and LocalStack
    returns the caller's identity.
    """
    # The make that runs the tests has set these.
    theirs = {"MAKEFLAGS", "MAKELEVEL", "MFLAGS"}
    variables = {name: value for name, value in isolated(os.environ).items() if name not in theirs}
    return terraform.environment(Checkout.of_this_package().root, {**variables, **client_environment(aws.endpoint_url)})
