"""A module that raises while it is loaded."""

raise KeyError("stateMachineArn")
