"""The account and region of a stack."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Target:
    """Where a stack is, if not in the account and region of the state machine."""

    role_arn: str | None = None
    """The role to assume, of any account."""
    external_id: str | None = None
    region: str | None = None
