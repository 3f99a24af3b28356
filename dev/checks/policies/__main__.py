"""Renders every policy and lints it: ``python -m dev.checks.policies``, where parliament is. Exits 1 with findings."""

from __future__ import annotations

import sys

from dev.checks.policies import lint, plans

EXCEPTIONS = plans.ROOT / plans.VARIANTS / "exceptions.toml"


def main() -> int:
    """Lint every policy of every plan."""
    policies = {policy for plan in plans.plans_of_everything() for policy in plans.policies_of(plan)}
    found = lint.problems(policies, lint.read_exceptions(EXCEPTIONS))
    for line in found:
        sys.stdout.write(f"{line}\n")
    sys.stdout.write(f"{len(policies)} policies, {len(found)} findings\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
