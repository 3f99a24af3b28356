"""The values that the CloudFormation API has for the fields of a change.

They are listed here so that the verdict needs no SDK; a test compares them with the installed API model, so a new value
fails the build before it reaches a deployment. A value that is not listed is refused, never guessed.
"""

from __future__ import annotations

from typing import Final

CHANGE_TYPE: Final = frozenset({"Resource"})
CHANGE_ACTION: Final = frozenset({"Add", "Modify", "Remove", "Import", "Dynamic", "SyncWithActual"})
REPLACEMENT: Final = frozenset({"True", "False", "Conditional"})
POLICY_ACTION: Final = frozenset(
    {"Delete", "Retain", "Snapshot", "ReplaceAndDelete", "ReplaceAndRetain", "ReplaceAndSnapshot"}
)
RESOURCE_ATTRIBUTE: Final = frozenset(
    {"Properties", "Metadata", "CreationPolicy", "UpdatePolicy", "DeletionPolicy", "UpdateReplacePolicy", "Tags"}
)
REQUIRES_RECREATION: Final = frozenset({"Never", "Conditionally", "Always"})
EVALUATION_TYPE: Final = frozenset({"Static", "Dynamic"})
CHANGE_SOURCE: Final = frozenset(
    {
        "ResourceReference",
        "ParameterReference",
        "ResourceAttribute",
        "DirectModification",
        "Automatic",
        "NoModification",
    }
)
ATTRIBUTE_CHANGE_TYPE: Final = frozenset({"Add", "Remove", "Modify", "SyncWithActual"})
STACK_RESOURCE_DRIFT_STATUS: Final = frozenset(
    {"IN_SYNC", "MODIFIED", "DELETED", "NOT_CHECKED", "UNKNOWN", "UNSUPPORTED"}
)
