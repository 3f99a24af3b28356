"""Sets up the checkout: Terraform and its provider, and virtual environments by name. Installs only what is missing.

``dev/bootstrap/bootstrap.sh`` runs first and installs uv and the Python that runs this module.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from pathlib import Path
from typing import TYPE_CHECKING

from dev.bootstrap import environments, node_packages, terraform, terraform_rc
from dev.console import main, say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@contextlib.contextmanager
def exclusive(lock: Path) -> Iterator[None]:
    """Hold ``lock`` during a ``with`` block: two makes at the same time would undo each other's work."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Waiting for another make to set up this checkout")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def command(names: Sequence[str]) -> None:
    """Set up the checkout in the working directory: Terraform, and the groups of environments ``names``."""
    checkout = Path.cwd()
    python = checkout / ".tools" / "bin" / "python3.13"
    with exclusive(checkout / ".tools" / "setup.lock"):
        for name in names:
            for environment in environments.GROUPS[name]:
                environments.ensure(environment, checkout, python, os.environ)
            if name in environments.NODE_PACKAGES:
                node_packages.ensure(environments.NODE_PACKAGES[name], checkout, os.environ)
        terraform_rc.ensure(checkout, terraform.ensure(checkout, os.environ), os.environ)


if __name__ == "__main__":
    main(command)
