"""Renders and lints every policy: ``python -m dev.checks.policies``, in the environment of parliament.

Exits 1 with findings.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from dev.checks.policies import lint, plans
from dev.console import main

if TYPE_CHECKING:
    from collections.abc import Sequence

EXCEPTIONS = plans.ROOT / plans.VARIANTS / "exceptions.toml"


def command(_arguments: Sequence[str]) -> int:
    """Lint every policy of every plan; return the exit code."""
    policies = {policy for plan in plans.plans_of_everything() for policy in plans.policies_of(plan)}
    found = lint.problems(policies, lint.read_exceptions(EXCEPTIONS))
    for line in found:
        sys.stdout.write(f"{line}\n")
    sys.stdout.write(f"{len(policies)} policies, {len(found)} findings\n")
    return 1 if found else 0


if __name__ == "__main__":
    main(command)
