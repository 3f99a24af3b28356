"""Keeps a run on this machine away from the AWS account, the proxy and the git settings of its user."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, MutableMapping

LOOPBACK = "127.0.0.1"


def isolated(environment: Mapping[str, str]) -> dict[str, str]:
    """Return ``environment`` without what would lead an SDK, Terraform or git elsewhere.

    It has none of the AWS, Terraform and git variables (a profile, a region, a real endpoint, TF_VAR_...), names empty
    files for AWS settings, and uses no proxy for 127.0.0.1.
    """
    kept = {name: value for name, value in environment.items() if not name.startswith(("AWS_", "TF_", "GIT_"))}
    exempt = [host for host in kept.get("NO_PROXY", kept.get("no_proxy", "")).split(",") if host]
    no_proxy = ",".join(dict.fromkeys([*exempt, LOOPBACK]))
    return {
        **kept,
        "NO_PROXY": no_proxy,
        "no_proxy": no_proxy,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def isolate(environment: MutableMapping[str, str] = os.environ) -> None:
    """Change ``environment``, by default that of this process, to what :func:`isolated` returns for it."""
    replacement = isolated(environment)
    for name in set(environment) - set(replacement):
        del environment[name]
    environment.update(replacement)
