"""ARNs that several services report."""

from __future__ import annotations


def caller_arn(account_id: str) -> str:
    """Return the ARN of the caller of a request.

    LocalStack does not look up the user behind a set of credentials, so the caller is the account's root user.
    """
    return f"arn:aws:iam::{account_id}:root"
