"""Variables: ``#{namespace.key}`` references in action configurations (User Guide, "Variables reference")."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

# In bytes. User Guide, "Quotas in AWS CodePipeline": "Total size limit for output variables".
MAX_VARIABLES_BYTES = 122880

_REFERENCE = re.compile(r"#\{([A-Za-z0-9@\-_]+)\.([A-Za-z0-9@\-_]+)\}")


class UnresolvedVariableError(Exception):
    """A configuration refers to a variable that has no value. The message names the variable."""


def resolve(configuration: Mapping[str, str], namespaces: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """Return the configuration with the values of the variables in place of the references.

    :param configuration: the configuration of the action, key to value.
    :param namespaces: the values of the variables, by namespace and key.
    :raises UnresolvedVariableError: a variable has no value.
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


def namespaces_in(configuration: Mapping[str, str]) -> set[str]:
    """Return the namespaces that a configuration refers to."""
    return {reference[1] for value in configuration.values() for reference in _REFERENCE.finditer(value)}


def size_in_bytes(variables: Mapping[str, str]) -> int:
    """Return the size that counts against the quota: that of the keys and values in UTF-8."""
    return sum(len(key.encode()) + len(value.encode()) for key, value in variables.items())
