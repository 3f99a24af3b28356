"""A module that raises at import."""

raise KeyError("stateMachineArn")
