"""Resolves ``#{namespace.key}`` references in action configurations (User Guide, "Variables reference")."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

# "Total size limit for output variables" (User Guide, "Quotas in AWS CodePipeline"), in bytes.
MAX_VARIABLES_BYTES = 122880

_REFERENCE = re.compile(r"#\{([A-Za-z0-9@\-_]+)\.([A-Za-z0-9@\-_]+)\}")


class UnresolvedVariableError(Exception):
    """A configuration refers to a variable that no earlier action has produced; the message names it."""


def resolve(configuration: Mapping[str, str], namespaces: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """Return the configuration with all references replaced.

    :param configuration: the action's configuration, key to value.
    :param namespaces: the variables produced so far, by namespace and key.
    :raises UnresolvedVariableError: a reference leads nowhere.
    """

    def value_of(reference: re.Match[str]) -> str:
        namespace, key = reference.groups()
        try:
            return namespaces[namespace][key]
        except KeyError:
            raise UnresolvedVariableError(
                f"The action configuration refers to the variable {reference.group()}, which has no value."
            ) from None

    return {key: _REFERENCE.sub(value_of, value) for key, value in configuration.items()}


def size_in_bytes(variables: Mapping[str, str]) -> int:
    """Return what the variables count against the quota: the bytes of their keys and values in UTF-8."""
    return sum(len(key.encode()) + len(value.encode()) for key, value in variables.items())
